"""Make the pictures of docs/screens small: as many colours as a page really has (256 at most), written as a palette PNG.

The browser that took the picture counts and matches the colours, for it is quick at that; here only the file is written.
"""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Page

# Colours are gathered in boxes of 4 bits a channel, so that photographs do not crowd out the text; each box is drawn in the mean
# of what lies in it, and boxes beyond the 256 fullest in the nearest of those.
_MATCH = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, image.width, image.height).data;
  const count = new Float64Array(4096), sums = new Float64Array(4096 * 3);
  const box = (i) => (pixels[i] >> 4) << 8 | (pixels[i + 1] >> 4) << 4 | pixels[i + 2] >> 4;
  for (let i = 0; i < pixels.length; i += 4) {
    const at = box(i);
    count[at]++;
    for (let c = 0; c < 3; c++) sums[at * 3 + c] += pixels[i + c];
  }
  const filled = [...count.keys()].filter((at) => count[at]).sort((a, b) => count[b] - count[a]);
  const mean = (at) => [0, 1, 2].map((c) => Math.round(sums[at * 3 + c] / count[at]));
  const palette = filled.slice(0, 256).map(mean);
  const place = new Uint8Array(4096);
  filled.forEach((at, rank) => {
    if (rank < 256) { place[at] = rank; return; }
    const [r, g, b] = mean(at);
    let best = Infinity;
    palette.forEach((p, k) => {
      const far = (p[0] - r) ** 2 + (p[1] - g) ** 2 + (p[2] - b) ** 2;
      if (far < best) { best = far; place[at] = k; }
    });
  });
  const rows = new Uint8Array(image.height * (image.width + 1));
  for (let y = 0, to = 0, i = 0; y < image.height; y++) {
    to++;
    for (let x = 0; x < image.width; x++, i += 4) rows[to++] = place[box(i)];
  }
  let text = "";
  for (let i = 0; i < rows.length; i += 32768) text += String.fromCharCode(...rows.subarray(i, i + 32768));
  return [image.width, image.height, palette.flat(), btoa(text)];
}"""


def shrink(page: Page, path: Path) -> int:
    """Write a PNG anew with a palette where that is smaller; return its size in bytes. `page` is any page of a browser."""
    before = path.read_bytes()
    width, height, palette, rows = page.evaluate(_MATCH, "data:image/png;base64," + base64.b64encode(before).decode())
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(palette)),
        (b"IDAT", zlib.compress(base64.b64decode(rows), 9)),
        (b"IEND", b""),
    )
    after = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)
    if len(after) < len(before):
        path.write_bytes(after)
    return min(len(before), len(after))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
