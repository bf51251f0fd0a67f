"""Frozen nouns of markets."""

from __future__ import annotations

from typing import Literal

import msgspec


class MarketInfo(msgspec.Struct, frozen=True):
    """A place we sell to. `locales` are BCP 47 language tags of the shop (`de`, `en`), the first is the default.

    In a URL a locale is `<language>-<country>`, lower case: `/de-de/`, `/ar-sa/`, `/en-sa/`.
    """

    id: str
    code: str
    country: str
    currency: str
    locales: tuple[str, ...]
    tax_display: Literal["incl", "excl"]
    time_zone: str
    open: bool
    display_decimals: int = 2
