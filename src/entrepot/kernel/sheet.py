"""Cells of a file that a person may open as a sheet: nobody's words become a formula there."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?[0-9][0-9 ().,/-]*")


def calm(cell: object) -> str:
    """Return a cell as text, with an apostrophe before what a spreadsheet would take for a formula; numbers stay as they are."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _NUMBER.fullmatch(text) else text
