"""Frozen nouns of pricing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec


class PriceFact(msgspec.Struct, frozen=True):
    """The net price of one unit of a SKU in the currency of its list (which need not be the one asked for)."""

    sku: str
    unit_price: Decimal
    currency: str
    price_list: str


class PriceListInfo(msgspec.Struct, frozen=True):
    """A price list of a store; other currencies are converted from its base list."""

    code: str
    currency: str
    base: bool
    prices: int


class LoggedPrice(msgspec.Struct, frozen=True):
    """A price that was set: for which list, from which day, when and by whom; None ended it."""

    price_list: str
    currency: str
    unit_price: Decimal | None
    from_date: dt.date
    recorded_at: dt.datetime
    actor: str


class CostFact(msgspec.Struct, frozen=True):
    """What one unit of a SKU costs the shop itself since a day, in major units of a currency."""

    sku: str
    unit_cost: Decimal
    currency: str
    from_date: dt.date
