"""Frozen nouns of carriers' and brokers' bills."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from entrepot.kernel.errors import N_

ChargeKind = Literal["freight", "duty", "import_tax", "customs_fee", "surcharge", "storage", "other"]
BillState = Literal["unmatched", "posted", "withdrawn"]
RiskGroup = Literal["carriage", "border"]

CHARGE_KINDS: dict[ChargeKind, str] = {
    "freight": N_("Freight"),
    "duty": N_("Duty"),
    "import_tax": N_("Import tax"),
    "customs_fee": N_("Customs fee"),
    "surcharge": N_("Surcharge"),
    "storage": N_("Storage"),
    "other": N_("Other"),
}
GROUP_OF: dict[str, RiskGroup] = {
    "freight": "carriage",
    "surcharge": "carriage",
    "storage": "carriage",
    "other": "carriage",
    "duty": "border",
    "import_tax": "border",
    "customs_fee": "border",
}
RISK_GROUPS: dict[RiskGroup, str] = {"carriage": N_("Carriage"), "border": N_("Border charges")}


class BillLineDraft(msgspec.Struct, frozen=True):
    """A line of a bill as the file says it. `amount_minor` in `currency`; a credit is negative. `row` of the file, from 2."""

    row: int
    carrier: str
    bill_number: str
    line: int
    bill_date: dt.date
    reference: str
    kind: ChargeKind
    amount_minor: int
    currency: str
    lane: str = ""
    note: str = ""


class BillFault(msgspec.Struct, frozen=True):
    """A row that was refused: which field, what it said, and the rule (a message id with its places in `params`)."""

    row: int
    field: str
    value: str
    rule: str
    params: dict[str, str] = {}


class Lane(msgspec.Struct, frozen=True, order=True):
    """From a country to a country by a service."""

    dispatch: str
    destination: str
    service: str


class Comparison(msgspec.Struct, frozen=True):
    """A bill's line beside what the quote froze, in minor units of the order's currency.

    `quoted_minor` is what this line takes off what was frozen for its kind; `billed_minor` is the bill at the exchange rate of the
    quote, `booked_minor` at the rate of the bill's day (both the bill itself in one currency). `accrued_minor` of the quoted
    stands on the account of bills to come.
    """

    currency: str
    quoted_minor: int
    billed_minor: int
    booked_minor: int
    accrued_minor: int = 0

    @property
    def variance_minor(self) -> int:
        """Billed less quoted: above zero the quote was too low."""
        return self.billed_minor - self.quoted_minor

    @property
    def fx_minor(self) -> int:
        """What the exchange rate moved between quote and bill."""
        return self.booked_minor - self.billed_minor


class BillMatch(msgspec.Struct, frozen=True):
    """Whose consignment a bill's line is for, how that was found (tracking, shipment, order or hand), and the comparison."""

    order_id: str
    order_number: str
    consignment_ref: str
    how: Literal["tracking", "shipment", "order", "hand"]
    lane: Lane
    comparison: Comparison


class BillLineView(msgspec.Struct, frozen=True):
    """A stored line of a bill; the comparison's figures are 0 and the order's ids "" until it is matched.

    `problem` is the code of why it could not be matched or booked, "" otherwise; `problem_words` the English sentence.
    """

    id: str
    entity_id: str
    carrier: str
    bill_number: str
    line: int
    bill_date: dt.date
    reference: str
    kind: ChargeKind
    amount_minor: int
    currency: str
    note: str
    state: BillState
    problem: str
    problem_words: str
    order_id: str
    order_number: str
    consignment_ref: str
    how: str
    lane: Lane | None
    comparison: Comparison | None
    imported_at: dt.datetime

    @property
    def key(self) -> str:
        """Under which its entries are posted."""
        return f"bill:{self.id}"


class LaneVariance(msgspec.Struct, frozen=True):
    """What bills of a lane came to in a month, in minor units of one currency (the orders')."""

    lane: Lane
    month: dt.date
    kind: ChargeKind
    currency: str
    lines: int
    quoted_minor: int
    billed_minor: int
    fx_minor: int

    @property
    def variance_minor(self) -> int:
        """Billed less quoted."""
        return self.billed_minor - self.quoted_minor


class RiskSample(msgspec.Struct, frozen=True):
    """A consignment's bills of a group: minor units of its order's currency."""

    lane: Lane
    group: RiskGroup
    quoted_minor: int
    billed_minor: int


class ReserveProposal(msgspec.Struct, frozen=True):
    """How much more a lane should ask, in ppm of what is quoted, and the figures it rests on (see docs/algorithms/true-up.md).

    `lane_ppm` and `overall_ppm` are the quantiles of the variance per consignment, `weight_ppm` how far the lane's own counts.
    `left_out` consignments had bills but nothing quoted, so that they have no share.
    """

    lane: Lane
    group: RiskGroup
    ppm: int
    lane_ppm: int
    overall_ppm: int
    weight_ppm: int
    consignments: int
    left_out: int


class ReserveView(msgspec.Struct, frozen=True):
    """A reserve that a person decided on: from which day, how much (ppm), and what was proposed."""

    id: str
    lane: Lane
    group: RiskGroup
    ppm: int
    from_date: dt.date
    proposed_ppm: int
    consignments: int
    decided_by: str
    decided_at: dt.datetime
