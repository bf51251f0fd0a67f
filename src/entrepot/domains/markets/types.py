"""Frozen nouns of markets."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec


class MarketInfo(msgspec.Struct, frozen=True):
    """A place we sell to. `locales` are BCP 47 language tags of the shop (`de`, `en`), the first is the default.

    `price_policy` says what a price list holds for it: same_net, what the shop gets, so that duty and tax come on top; same_gross,
    what the buyer pays (tax in it only where the market shows it so), so that the shop gets what they leave.
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
    position: int = 0
    price_policy: Literal["same_net", "same_gross"] = "same_net"


class FxSourceInfo(msgspec.Struct, frozen=True):
    """Who says what a currency is worth; the lowest priority is asked first, a rate older than its limit is not used."""

    code: str
    base: str
    age_limit_days: int
    priority: int
    note: str


class FxRateInfo(msgspec.Struct, frozen=True):
    """Units of a currency per one unit of a source's base, of a day."""

    source: str
    base: str
    currency: str
    rate: Decimal
    date: dt.date
