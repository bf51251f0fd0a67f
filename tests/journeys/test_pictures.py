"""Pictures of the docs are written small, and still show the colours they showed."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.journeys import buyer_walk
from tools.pictures import shrink

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

PIXEL = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
  pen.drawImage(image, 0, 0);
  return [[10, 10], [10, 60], [10, 110]].map(([x, y]) => [...pen.getImageData(x, y, 1, 1).data].slice(0, 3));
}"""


def test_a_picture_becomes_smaller_and_keeps_its_colours(tmp_path: Path):
    place = tmp_path / "page.png"
    with buyer_walk.browser() as chromium:
        page = chromium.new_page(viewport={"width": 400, "height": 150})
        page.set_content(
            "<style>body{margin:0}div{height:50px}</style><div style='background:#0b5963'></div>"
            "<div style='background:#ffc845'></div><div style='background:#f3f6f6'>some words, in black</div>"
        )
        page.screenshot(path=str(place))
        before = place.stat().st_size
        assert shrink(page, place) == place.stat().st_size < before
        seen = page.evaluate(PIXEL, "data:image/png;base64," + base64.b64encode(place.read_bytes()).decode())
    near = [(0x0B, 0x59, 0x63), (0xFF, 0xC8, 0x45), (0xF3, 0xF6, 0xF6)]
    for got, want in zip(seen, near, strict=True):
        assert max(abs(a - b) for a, b in zip(got, want, strict=True)) <= 8
