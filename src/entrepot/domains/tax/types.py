"""Frozen nouns of tax: the rules of a destination on a day for one seller, and what they come to for a consignment."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from entrepot.kernel.trade import Charge, RuleRef


class FurtherTax(msgspec.Struct, frozen=True):
    """A tax beside the main one, with its own name and row: a rate of the same base, or a share of the main tax.

    `share` (numerator, denominator) of the main tax as it is collected; (0, 1) where it is a rate of the base.
    """

    name: str
    rate_ppm: int
    rule: RuleRef
    share: tuple[int, int] = (0, 1)


class TaxRate(msgspec.Struct, frozen=True):
    """The rate of a tax category. `reason` says why it is zero, when it is.

    With `exempt_below_minor` a line whose unit costs less is free (a cliff, not an allowance), by `exemption`. `name` takes the
    place of the scheme's name in the cascade. `inside`: the rate is a share of the price that includes the tax. `further` are
    taxes beside it.
    """

    rate_ppm: int
    rule: RuleRef
    reason: str = ""
    exempt_below_minor: int = 0
    exempt_currency: str = ""
    exemption: RuleRef | None = None
    name: str = ""
    inside: bool = False
    further: tuple[FurtherTax, ...] = ()


class TaxScheme(msgspec.Struct, frozen=True):
    """Who charges the tax, when and on what; the first whose conditions hold applies.

    Conditions. `movement`: import (from outside the territory), inside (from within it) or any. `limit_minor` (inclusive, or
    with `limit_exclusive` not) is compared with the value by `basis` (intrinsic: goods alone; cif: with freight), of the whole
    consignment, or with `limit_per` item of one unit of each article: then each article goes under its own scheme.
    `registration` names what the seller must hold, "" nothing. `customers`, `modes`, `dispatch` (countries), `origins` (of all
    goods): () is all. `not_codes` (beginnings of HS codes) and `not_categories` shut it for goods.

    `facilitated`: only for what is sold through a marketplace that the law takes for the supplier; `not_sellers_of` shuts it for
    sellers established in those countries. `across`: only where goods leave another country than they arrive in.

    What it does. `taxed` False is a stated zero. `uplift_ppm` of the goods is added to the base. A lower sum for the whole
    consignment than `minimum_minor` is not collected (with `minimum_inclusive` the sum itself neither). `invoice_note` must stand on the invoice. `label_by_entry`: the
    consignment is called after its customs entry, not after this scheme.

    `by_goods`: it depends on the single article, so that lines of one consignment may differ. `narrow`: it has a condition on
    buyer, way, dispatch or origin. Both follow from the rest and spare the engine to look.

    How it rounds. `level` line: each line and the freight once; total: once per rate on everything. `base_step_minor` cuts the
    base of a line down to whole steps, `amount_step_minor` brings each tax of the consignment to whole steps, in the direction
    `step_rounding`; both only where the consignment is in `home`, the currency of the law.
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
    limit_exclusive: bool = False
    limit_per: Literal["consignment", "item"] = "consignment"
    basis: Literal["intrinsic", "cif"] = "intrinsic"
    customers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    dispatch: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    not_codes: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    uplift_ppm: int = 0
    minimum_inclusive: bool = False
    level: Literal["line", "total"] = "line"
    base_step_minor: int = 0
    amount_step_minor: int = 0
    step_rounding: Literal["down", "up", "half_up"] = "down"
    home: str = ""
    invoice_note: str = ""
    facilitated: bool = False
    across: bool = False
    not_sellers_of: frozenset[str] = frozenset()

    by_goods: bool = False
    narrow: bool = False

    @property
    def plain(self) -> bool:
        """Whether its sum is a rate of the base, rounded by line."""
        return self.level == "line" and not (self.uplift_ppm or self.base_step_minor or self.amount_step_minor)


class TaxRules(msgspec.Struct, frozen=True):
    """Everything tax has to say of a destination on a day, for one seller's registrations.

    `rates` is by tax category, "standard" always there. `territory` is where goods move without import.
    `by_goods`: some scheme may fit some lines only. `staged` names the schemes whose sum takes the long way (`engine.stages`).
    `exempts`: some category is free below a price.
    """

    destination: str
    region: str
    territory: frozenset[str]
    on: dt.date
    schemes: tuple[TaxScheme, ...]
    rates: dict[str, TaxRate]
    rounding: Literal["half_up", "half_even", "down", "up"]
    next_boundary: dt.date | None
    by_goods: bool = False
    staged: frozenset[str] = frozenset()
    exempts: bool = False


class TaxAssessment(msgspec.Struct, frozen=True):
    """Tax per line (on goods, duty and fee) and on freight, with the cascade's rows and the rules behind them, in their order."""

    line_tax: list[int]
    freight_tax_minor: int
    charges: list[Charge]
    rules: list[RuleRef]


class RegistrationInfo(msgspec.Struct, frozen=True):
    """A registration of an entity: scheme (ioss, oss, vat, sales_tax …) in a jurisdiction (EU, DE, US-CA …)."""

    scheme: str
    jurisdiction: str
    number: str
    from_date: dt.date
    until: dt.date | None


class LocalTax(msgspec.Struct, frozen=True):
    """What is added to a region's rate at a postal code: counties, cities and districts together."""

    postcode: str
    rate_ppm: int
    source: str
    confidence: str
    from_date: dt.date
    until: dt.date | None = None


class TaxNumberKind(msgspec.Struct, frozen=True):
    """How companies of a country are known: what the number is called, how it is checked and what proves it.

    `register` names the register that is asked; "" where the number and the buyer's word are enough. `holds_days` is how long
    an answer is relied upon.
    """

    country: str
    kind: str
    label: str
    prefix: str
    checks: tuple[str, ...]
    example: str
    register: str
    holds_days: int
    source: str
    confidence: str


class TaxNumber(msgspec.Struct, frozen=True):
    """A tax number whose check digits fit, in its compact form with the prefix of its country where it has one."""

    country: str
    kind: str
    number: str


class RegisterAnswer(msgspec.Struct, frozen=True):
    """What a register said of a number: name and address as answered, "" where it keeps them to itself.

    `consultation` is the number under which the register remembers the question, "" where it gives none.
    """

    valid: bool
    consultation: str = ""
    name: str = ""
    address: str = ""


class ProofView(msgspec.Struct, frozen=True):
    """A stored answer about a buyer's number. `answer` is valid, invalid or stated (the buyer's own word).

    It may be relied upon until `holds_until` (not on it). `test`: a sandbox answered, not the authority.
    """

    id: str
    country: str
    kind: str
    number: str
    register: str
    answer: str
    consultation: str
    name: str
    address: str
    asked_at: dt.datetime
    holds_until: dt.datetime
    test: bool


class Collecting(msgspec.Struct, frozen=True):
    """Who collects the tax of a line: seller, carrier, customs or marketplace, "" where none is due, for `reason`."""

    line: str
    collector: str
    scheme: str
    reason: str
    rule: RuleRef


class Threshold(msgspec.Struct, frozen=True):
    """A threshold of registration on a day: so much (or so many sales) within a measuring period asks for `registration`.

    `counts` is to, import, across or inside (see `refdata/watch/thresholds.yaml`); `customers` () is all. `period` is
    rolling_12_months, previous_year or previous_or_current_year. `established` inside or outside narrows it to sellers
    established there. `amount_minor` 0 with `transactions` counts sales alone; `both`: amount and number must be reached.
    """

    key: str
    title: str
    jurisdiction: str
    region: str
    registration: str
    amount_minor: int
    currency: str
    counts: str
    customers: tuple[str, ...]
    period: str
    established: str
    rule: RuleRef
    transactions: int = 0
    both: bool = False


class SoldOn(msgspec.Struct, frozen=True):
    """What was sold on a day, in minor units of a threshold's currency without tax, and with how many orders."""

    day: dt.date
    minor: int
    orders: int = 1


class Forecast(msgspec.Struct, frozen=True):
    """When a threshold will be crossed: about `crossing`, in four of five cases between `earliest` and `latest`.

    None is: not before the horizon. `weekly_minor` is what a week brings now, `weeks` how many the line was drawn through
    (0: too few for a forecast).
    """

    crossing: dt.date | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    weekly_minor: int = 0
    weeks: int = 0


ThresholdLevel = Literal["fine", "in_sight", "near", "reached"]


class Watched(msgspec.Struct, frozen=True):
    """A threshold and how far the seller is: the sum and number of the measuring period that is fullest, and what comes.

    `share_ppm` of the threshold is used up. `registered`: it is held already, so that nothing has to be done. `left_out` are
    currencies of sales without an exchange rate.
    """

    threshold: Threshold
    period_from: dt.date
    period_until: dt.date
    amount_minor: int
    orders: int
    share_ppm: int
    level: ThresholdLevel
    forecast: Forecast
    registered: bool = False
    left_out: tuple[str, ...] = ()


class NoticeView(msgspec.Struct, frozen=True):
    """That a level of a threshold was told."""

    threshold: str
    period_from: dt.date
    level: str
    amount_minor: int
    currency: str
    crossing: dt.date | None
    at: dt.datetime
