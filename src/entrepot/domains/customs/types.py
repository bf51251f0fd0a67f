"""Frozen nouns of customs: the rules of a territory on a day, and what they come to for a consignment.

Amounts are minor units; a limit or a flat amount has its own currency, which need not be the consignment's.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from entrepot.kernel.trade import Charge, RuleRef

Basis = Literal["intrinsic", "fob", "cif"]


class AddedDuty(msgspec.Struct, frozen=True):
    """A duty on top of the tariff for goods of an origin. With `net_of_base` it only fills up to its rate; with `of_duty` it
    is a rate of the tariff duty, not of the value."""

    rate_ppm: int
    rule: RuleRef
    net_of_base: bool = False
    of_duty: bool = False


class DutyRate(msgspec.Struct, frozen=True):
    """The ad valorem rate of an HS code and origin, with what is added by origin."""

    rate_ppm: int
    rule: RuleRef
    added: tuple[AddedDuty, ...] = ()


class CodeRate(msgspec.Struct, frozen=True):
    """A rate of its own for goods whose HS code begins so, within a treatment of one rate."""

    codes: tuple[str, ...]
    rate_ppm: int
    rule: RuleRef


class Treatment(msgspec.Struct, frozen=True):
    """How a consignment is charged; the first whose conditions hold applies.

    relief: no duty · flat_per_item: `amount_minor` per distinct tariff item of `digits` · ad_valorem: rate of the tariff × value ·
    one_rate: `rate_ppm` × value whatever the tariff says (`code_rates` for some goods), less `deduction_minor` once.

    Conditions. `limit_minor` (inclusive) is compared with the value by `basis`; None is no limit. `schemes` limits it to
    consignments (or lines) under one of these tax schemes; () is all. `not_origins` shuts it for goods of these origins,
    `origins` for all others, `not_codes` for goods of these HS codes; `dispatch` and `modes` are the countries and ways it is
    for; `consumers_only` shuts it for business customers.

    How it rounds. `base_step_minor` cuts a line's value down to whole steps, `amount_step_minor` brings the duty of the
    consignment to whole steps by `step_rounding`; both only where the consignment is in `home`, the currency of the law.
    `collector` is who takes the money. `narrow`: it has a condition on way, dispatch, origin or code (it follows from the rest).
    """

    key: str
    kind: Literal["relief", "flat_per_item", "ad_valorem", "one_rate"]
    rule: RuleRef
    valuation: Literal["cif", "fob"] = "cif"
    limit_minor: int | None = None
    basis: Basis = "intrinsic"
    currency: str = ""
    amount_minor: int = 0
    digits: int = 6
    schemes: tuple[str, ...] = ()
    not_origins: tuple[str, ...] = ()
    consumers_only: bool = False
    origins: tuple[str, ...] = ()
    not_codes: tuple[str, ...] = ()
    dispatch: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    rate_ppm: int = 0
    code_rates: tuple[CodeRate, ...] = ()
    deduction_minor: int = 0
    base_step_minor: int = 0
    amount_step_minor: int = 0
    step_rounding: Literal["down", "up", "half_up"] = "down"
    home: str = ""
    collector: str = "customs"
    narrow: bool = False


class EntryKind(msgspec.Struct, frozen=True):
    """The declaration a consignment is entered with; the first whose limit holds applies."""

    key: str
    rule: RuleRef
    importer_of_record: str
    limit_minor: int | None = None
    basis: Basis = "intrinsic"
    currency: str = ""
    digits: int = 6
    procedure_code: str = ""


class Fee(msgspec.Struct, frozen=True):
    """A fee of the border: per entry or per tariff item, flat or a rate of the goods' value between two limits.

    With `limit_minor` it is due only up to that value (inclusive), with `modes` only for these ways of travel."""

    key: str
    kind: Literal["per_entry", "per_item"]
    rule: RuleRef
    currency: str
    entries: tuple[str, ...] = ()
    amount_minor: int = 0
    rate_ppm: int = 0
    min_minor: int = 0
    max_minor: int | None = None
    limit_minor: int | None = None
    basis: Basis = "intrinsic"
    limit_currency: str = ""
    consumers_only: bool = False
    modes: tuple[str, ...] = ()


class CustomsRules(msgspec.Struct, frozen=True):
    """Everything customs has to say of a destination on a day, for the goods asked about; one load, then pure engines.

    `rates` is by (HS code as asked, origin). `countries` is the territory within which goods move freely.
    """

    destination: str
    territory: str
    countries: frozenset[str]
    on: dt.date
    treatments: tuple[Treatment, ...]
    entries: tuple[EntryKind, ...]
    fees: tuple[Fee, ...]
    rates: dict[tuple[str, str], DutyRate]
    free_movement: RuleRef
    next_boundary: dt.date | None


class CustomsAssessment(msgspec.Struct, frozen=True):
    """Duty and fees per line (in the order of the consignment's lines), the cascade's rows, and how it is entered.

    `taxable_duty` is the duty of each line as an import tax counts it: the same, save where a law cuts it to whole steps first.
    `rules` are the rules behind the rows, in their order.
    """

    duty: list[int]
    fee: list[int]
    charges: list[Charge]
    entry: str
    treatment: str
    importer_of_record: str
    taxable_duty: list[int]
    rules: list[RuleRef]


class PreferenceRow(msgspec.Struct, frozen=True):
    """A preferential rate as stored: for goods of a code under a programme of the territory."""

    code: str
    programme: str
    rate_ppm: int
    from_date: dt.date | None = None
    until: dt.date | None = None
    source: str = ""
    confidence: str = ""


class OriginProofInfo(msgspec.Struct, frozen=True):
    """A proof of origin that the merchant holds: for goods whose HS code begins with `code` ("" all), of an origin, under a
    programme of the territory, from a day until (not on) another. `kind` and `number` are as the paper says."""

    id: str
    territory: str
    programme: str
    origin: str
    code: str
    kind: str
    number: str
    from_date: dt.date
    until: dt.date | None
    entity_id: str = ""


class ProgrammeInfo(msgspec.Struct, frozen=True):
    """An agreement or scheme under which goods of some origins bear less in a territory, and what proves their origin."""

    territory: str
    key: str
    name: str
    origins: tuple[str, ...]
    proofs: tuple[str, ...]
    source: str
    confidence: str


class RuleOption(msgspec.Struct, frozen=True):
    """One of several readings of a rule that stand side by side: what it says, whence, and whether it holds unless one is chosen."""

    option: str
    says: str
    source: str
    confidence: str
    usual: bool


class RuleChoiceInfo(msgspec.Struct, frozen=True):
    """A contradiction in the law of a territory: its readings, and which one the merchant follows on a day, since when.

    `chosen` is the option in force; `since` None where nobody chose. `later` are choices of days to come, as (day, option).
    """

    territory: str
    group: str
    options: tuple[RuleOption, ...]
    chosen: str
    since: dt.date | None
    later: tuple[tuple[dt.date, str], ...] = ()


class MerchantDutyInfo(msgspec.Struct, frozen=True):
    """The merchant's own flat duty for a territory from a day on."""

    territory: str
    rate_ppm: int
    from_date: dt.date


class NomenclatureRow(msgspec.Struct, frozen=True):
    """A code of a nomenclature (HS; LIST, a tariff with descriptions; HTS, the United States schedule) with its text in one language; `parent` is the code above it."""

    code: str
    parent: str
    nomenclature: str
    language: str
    text: str
    notes: str = ""
    source: str = ""


class PastChoice(msgspec.Struct, frozen=True):
    """What a merchant decided for a description: the six digits, and the description's stems."""

    hs6: str
    description: str
    tokens: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True):
    """Why a code was proposed. kind `text`: `words` (as typed) stand in `text`, the text of `code`; `choice`: the merchant
    chose it for the description `text`; `note`: `words` stand in the note `text` of `code`."""

    kind: Literal["text", "choice", "note"]
    code: str
    words: tuple[str, ...]
    text: str
    source: str = ""


class PathStep(msgspec.Struct, frozen=True):
    """A code on the way from section to subheading with its text, note and source."""

    code: str
    text: str
    notes: str
    source: str


class Candidate(msgspec.Struct, frozen=True):
    """A proposed subheading: six digits, its score (comparable within one answer only), path of texts and reasons."""

    hs6: str
    score: float
    path: tuple[PathStep, ...]
    reasons: tuple[Reason, ...]
