"""Frozen nouns of pricing."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class PriceFact(msgspec.Struct, frozen=True):
    """The net price of one unit of a SKU in the currency of its list (which need not be the one asked for)."""

    sku: str
    unit_price: Decimal
    currency: str
    price_list: str
