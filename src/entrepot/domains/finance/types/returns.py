"""Frozen nouns of period returns: the forms (data), a computed return, its filing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which sums a field counts; each list () is all. `taxed` False asks for those without tax, `abroad` for exports."""

    schemes: tuple[str, ...] = ()
    supplies: tuple[str, ...] = ()
    collectors: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    taxed: bool | None = None
    abroad: bool | None = None


class FieldSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of a form. `name` is a message id.

    It is a measure (net, base, tax, gross = net and tax) of what `where` picks; or a sum of other fields (`-6` takes one off), or
    a field times `times` over `over`; or `outside`: what our books of sales do not hold. `whole` cuts minor units off.
    """

    code: str
    name: str
    measure: str = ""
    where: Where = Where()
    sum: tuple[str, ...] = ()
    of: str = ""
    times: int = 1
    over: int = 1
    whole: bool = False
    outside: bool = False


class FormSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A return form of an authority, as refdata/returns/*.yaml has it.

    `per` says how many returns there are: one (for `jurisdiction`), one a country, or one a region. `schemes` and `countries`
    name what it takes, () all; `exports` also what leaves its country untaxed. `currency` "" is the country's own.
    `rate`: period_end (ECB, last day of the period or next publication) or day (of each supply). `corrections`: apart (stated
    by period and state, for `years`) or current (in the period they are made). `payable` names the field that is paid, "" is all
    tax. `own_form`: the layout is ours, for we know no published one.
    """

    key: str
    name: str
    authority: str
    frequency: str
    due: dict[str, Any]
    source: str
    confidence: str
    per: str = "one"
    jurisdiction: str = ""
    countries: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    exports: bool = False
    registrations: tuple[str, ...] = ()
    currency: str = ""
    rate: str = "day"
    corrections: str = "current"
    years: int = 0
    balances: bool = False
    nil: bool = False
    groups: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    payable: str = ""
    own_form: bool = False


class PeriodRate(msgspec.Struct, frozen=True):
    """Units of the return's currency per unit of `currency`; `provisional` where the day's own is not published yet."""

    currency: str
    day: dt.date
    rate: Decimal
    source: str
    date: dt.date
    provisional: bool = False


class ReturnLine(msgspec.Struct, frozen=True):
    """A row of a return's breakdown: its keys in the form's order, and base and tax in the return's currency."""

    keys: tuple[str, ...]
    base_minor: int
    tax_minor: int
    records: int


class ReturnField(msgspec.Struct, frozen=True):
    """A field with what it comes to. `outside`: not from the shop's sales; the accountant adds it."""

    code: str
    name: str
    amount_minor: int
    outside: bool = False


class Correction(msgspec.Struct, frozen=True):
    """What changed of an earlier period in a state."""

    period: str
    country: str
    base_minor: int
    tax_minor: int


class CurrencyTotal(msgspec.Struct, frozen=True):
    """The tax of a return in one currency of sale, and what it comes to in the return's: the ledger's side of the tie-out."""

    currency: str
    tax_minor: int
    converted_minor: int


class ReturnContent(msgspec.Struct, frozen=True):
    """A computed return; amounts are minor units of `currency`. It is stored whole and never changes.

    `payable_minor` is what is owed (below zero: to come back), `rounding_minor` how much of it is the form's own rounding.
    `balances` are (state, tax) where the law wants each state's; `outside` are corrections too old to be stated here.
    """

    form: str
    jurisdiction: str
    period: str
    since: dt.date
    until: dt.date
    due_date: dt.date
    currency: str
    lines: tuple[ReturnLine, ...]
    fields: tuple[ReturnField, ...]
    corrections: tuple[Correction, ...]
    outside: tuple[Correction, ...]
    balances: tuple[tuple[str, int], ...]
    totals: tuple[CurrencyTotal, ...]
    rates: tuple[PeriodRate, ...]
    payable_minor: int
    rounding_minor: int
    records: int


class ReturnView(msgspec.Struct, frozen=True):
    """A stored return: version, who made it, and when it was filed and paid (None: not yet)."""

    id: str
    entity_id: str
    version: int
    content: ReturnContent
    prepared_by: str
    prepared_at: dt.datetime
    filed_on: dt.date | None = None
    reference: str = ""
    filed_by: str = ""
    paid_on: dt.date | None = None
    payment_reference: str = ""

    @property
    def state(self) -> str:
        """draft, filed or paid."""
        return "paid" if self.paid_on else "filed" if self.filed_on else "draft"
