"""PDF by typst: a template and plain data in, bytes out. Text in the data is text, never markup.

Fonts come from settings.ENTREPOT_FONTS (Noto, with Arabic and Chinese); where that folder is empty, typst's own are used.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from babel.core import get_global
from django.conf import settings

from entrepot.infra import lazy


@functools.cache
def _fonts(folder: str) -> Any:
    places = [folder] if any(Path(folder).glob("*.[to]tf")) else []
    return lazy.module("typst").Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=places)


def typeset(template: str, data: Any, *, at: dt.datetime) -> bytes:
    """Return the PDF of a typst template; it reads `data` by `json(bytes(sys.inputs.data))`.

    `at` is the document's date in its metadata, so that the same input gives the same bytes.
    """
    return lazy.module("typst").compile(
        template.encode(),
        format="pdf",
        font_paths=_fonts(str(settings.ENTREPOT_FONTS)),
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        timestamp=int(at.timestamp()),
    )


_HAN = ("Noto Sans SC", "Noto Sans JP", "Noto Sans JP Whole")
_HAN_BY_SCRIPT = {"Jpan": ("Noto Sans JP", "Noto Sans JP Whole", "Noto Sans SC")}


def han_fonts(country: str) -> tuple[str, ...]:
    """Return the fonts for Han signs on a paper for a country, in order: Japan and China draw the same sign differently."""
    likely = str(get_global("likely_subtags").get(f"und_{country.upper()}", ""))
    return next((fonts for script, fonts in _HAN_BY_SCRIPT.items() if script in likely), _HAN)


_PLAIN_UNTIL = 0x52F  # what the fonts that typst brings can draw, where ours were not made


@functools.cache
def _drawable(folder: str) -> frozenset[int]:
    files = sorted(Path(folder).glob("*.[to]tf"))
    font = lazy.module("fontTools.ttLib").TTFont
    return frozenset(sign for file in files for sign in font(file, lazy=True).getBestCmap())


def unprintable(*texts: str) -> str:
    """Return the signs of texts that none of the papers' fonts has, each once, in order; "" when all can be printed."""
    known = _drawable(str(settings.ENTREPOT_FONTS))
    signs = dict.fromkeys(sign for text in texts for sign in text if not sign.isspace() and ord(sign) > 0x7F)
    return "".join(sign for sign in signs if (ord(sign) not in known if known else ord(sign) > _PLAIN_UNTIL))


_JOINED = """
#let d = json(bytes(sys.inputs.data))
#set page(width: auto, height: auto, margin: 0pt)
#for one in d.papers { for number in range(one.pages) { page(image(bytes(one.bytes), format: "pdf", page: number + 1)) } }
"""


def joined(papers: Sequence[bytes], *, at: dt.datetime) -> bytes:
    """Return one PDF with all pages of several, each page in its own size."""
    told = [{"pages": page_count(paper), "bytes": list(paper)} for paper in papers]
    return typeset(_JOINED, {"papers": told}, at=at)


def page_count(paper: bytes) -> int:
    """Return how many pages a PDF has: the largest count of its page trees (1 where they cannot be read)."""
    return max((int(count) for count in re.findall(rb"/Count\s+(\d+)", paper)), default=1)
