"""Frozen nouns of tax: the rules of a destination on a day for one seller, and what they come to for a consignment."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from entrepot.kernel.trade import Charge, RuleRef


class TaxRate(msgspec.Struct, frozen=True):
    """The rate of a tax category. `reason` says why it is zero, when it is.

    With `exempt_below_minor` a line whose unit costs less is free (a cliff, not an allowance), by `exemption`.
    """

    rate_ppm: int
    rule: RuleRef
    reason: str = ""
    exempt_below_minor: int = 0
    exempt_currency: str = ""
    exemption: RuleRef | None = None


class TaxScheme(msgspec.Struct, frozen=True):
    """Who charges the tax, when and on what; the first whose conditions hold applies.

    `movement`: import (from outside the territory), inside (from within it) or any. `limit_minor` (inclusive) is compared
    with the intrinsic value. `registration` names what the seller must hold, "" nothing. `taxed` False is a stated zero.
    `minimum_minor`: a lower sum for the whole consignment is not collected. `label_by_entry`: the consignment is called
    after its customs entry, not after this scheme.
    """

    key: str
    name: str
    movement: Literal["import", "inside", "any"]
    rule: RuleRef
    registration: str = ""
    registered: bool = False
    limit_minor: int | None = None
    currency: str = ""
    taxed: bool = True
    reason: str = ""
    on_freight: bool = True
    on_duty: bool = True
    on_fee: bool = True
    collector: str = "seller"
    importer_of_record: str = ""
    minimum_minor: int = 0
    label_by_entry: bool = False
    procedure_code: str = ""


class TaxRules(msgspec.Struct, frozen=True):
    """Everything tax has to say of a destination on a day, for one seller's registrations.

    `rates` is by tax category, "standard" always there. `territory` is where goods move without import.
    """

    destination: str
    region: str
    territory: frozenset[str]
    on: dt.date
    schemes: tuple[TaxScheme, ...]
    rates: dict[str, TaxRate]
    rounding: Literal["half_up", "half_even", "down", "up"]
    next_boundary: dt.date | None


class TaxAssessment(msgspec.Struct, frozen=True):
    """Tax per line (on goods, duty and fee) and on freight, with the cascade's rows."""

    line_tax: list[int]
    freight_tax_minor: int
    charges: list[Charge]


class RegistrationInfo(msgspec.Struct, frozen=True):
    """A registration of an entity: scheme (ioss, oss, vat, sales_tax …) in a jurisdiction (EU, DE, US-CA …)."""

    scheme: str
    jurisdiction: str
    number: str
    from_date: dt.date
    until: dt.date | None
