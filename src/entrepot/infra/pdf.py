"""PDF by typst: a template and plain data in, bytes out. Text in the data is text, never markup.

Fonts come from settings.ENTREPOT_FONTS (Noto, with Arabic and Chinese); where that folder is empty, typst's own are used.
"""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any

import msgspec
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
