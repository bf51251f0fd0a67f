"""Frozen nouns of tax records: how each part of a sale was taxed, and what was taken back of it later."""

from __future__ import annotations

import datetime as dt

import msgspec


class TaxRecord(msgspec.Struct, frozen=True):
    """One tax on one part of a sale (a line's goods, a consignment's freight), or what a change took from it.

    `date` is when it counts (a civil day of its tax law, at most one beside its entry's), `origin_date` the tax point of the sale it belongs to: they differ in a
    correction. `net_minor` is the price of the part without tax, told once per part however many taxes it bears; `base_minor`
    is what this tax was worked out on. Amounts are minor units of `currency`, below zero in a correction. `account` is where
    the entry `entry_key` owes the tax, "" where it is not ours to owe. `country` and `region` are where it is taxed.
    """

    entry_key: str
    place: int
    kind: str
    date: dt.date
    origin_date: dt.date
    document: str
    consignment_ref: str
    part: str
    ref: str
    dispatch_country: str
    country: str
    region: str
    locality: str
    scheme: str
    supply: str
    customer: str
    name: str
    category: str
    rate_ppm: int
    reason: str
    collector: str
    account: str
    net_minor: int
    base_minor: int
    tax_minor: int
    currency: str
    rule_table: str = ""
    rule_key: str = ""
    rule_source: str = ""


class TaxSum(msgspec.Struct, frozen=True):
    """Tax records that are alike in all that a return asks for, added up; `records` says how many.

    `date` is the day they count, `origin` the first day of the month of their sale.
    """

    date: dt.date
    origin: dt.date
    dispatch_country: str
    country: str
    region: str
    locality: str
    scheme: str
    supply: str
    customer: str
    name: str
    category: str
    rate_ppm: int
    reason: str
    collector: str
    account: str
    currency: str
    net_minor: int
    base_minor: int
    tax_minor: int
    records: int = 1


class StoredRecord(msgspec.Struct, frozen=True):
    """A tax record as it is stored, with its number."""

    id: int
    record: TaxRecord
