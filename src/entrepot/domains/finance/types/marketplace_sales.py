"""Frozen nouns of marketplaces' sales reports."""

from __future__ import annotations

import datetime as dt

import msgspec


class MarketplaceSale(msgspec.Struct, frozen=True):
    """A line of a report: what a marketplace sold for us, and the tax that it charged and pays itself.

    Amounts are minor units of `currency`, below zero in a refund. `row` is where it stands in the file (the head is 1).
    """

    row: int
    marketplace: str
    order: str
    line: str
    date: dt.date
    kind: str
    dispatch_country: str
    country: str
    region: str
    postcode: str
    net_minor: int
    tax_minor: int
    currency: str
    sku: str = ""


class SaleFault(msgspec.Struct, frozen=True):
    """A row that was refused: which field, what it said, and the rule (a message id with its places in `params`)."""

    row: int
    field: str
    value: str
    rule: str
    params: dict[str, str] = {}
