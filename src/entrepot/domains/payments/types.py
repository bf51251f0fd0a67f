"""Frozen nouns of payments."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

AttemptState = Literal["started", "pending", "action_needed", "accepted", "captured", "failed", "cancelled", "expired"]
Tender = Literal["original", "store_credit", "bank_transfer"]


class NextAction(msgspec.Struct, frozen=True):
    """What the buyer does next; a closed set, so that the storefront needs to know no method.

    none: wait · redirect: go to `url` (a challenge) · show_code: pay `code` until `expires_at` (text and QR)
    """

    kind: Literal["none", "redirect", "show_code"]
    url: str = ""
    code: str = ""
    expires_at: dt.datetime | None = None


class MethodView(msgspec.Struct, frozen=True):
    """A method a buyer may pick. `note` is a message id that says what happens next, `test` marks the sandbox.

    `at_the_door`: the courier collects the money.
    """

    code: str
    name: str
    note: str
    provider: str
    hold_s: int
    test: bool
    pay_s: int = 0
    at_the_door: bool = False


class AttemptView(msgspec.Struct, frozen=True):
    """One try to pay an order."""

    id: str
    order_id: str
    method: str
    provider: str
    amount_minor: int
    currency: str
    state: AttemptState
    reference: str
    next_action: NextAction
    refusal: str
    created_at: dt.datetime
    expires_at: dt.datetime
    store_id: str = ""
    entity_id: str = ""
    return_url: str = ""
    mismatch: bool = False


class CaptureView(msgspec.Struct, frozen=True):
    """Money that came in with an attempt. `refunded_minor` is what went or is going back of it.

    `part` is the parcel (shipment id) whose cash it is, "" when the money came whole. `method` is the attempt's.
    """

    attempt_id: str
    order_id: str
    entity_id: str
    provider: str
    amount_minor: int
    refunded_minor: int
    currency: str
    at: dt.datetime
    part: str = ""
    method: str = ""
    credit_id: str = ""


class ProviderState(msgspec.Struct, frozen=True):
    """What a provider says of a payment, from an answer, a webhook or a poll. `event_id` is "" for answers and polls.

    accepted: the provider will collect the money at the door; it is promised, and not here yet.
    """

    reference: str
    status: Literal["pending", "action_needed", "accepted", "captured", "failed", "cancelled"]
    amount_minor: int
    currency: str
    next_action: NextAction = NextAction("none")
    refusal: str = ""
    event_id: str = ""
    attempt_id: str = ""


class RefundView(msgspec.Struct, frozen=True):
    """Money going back. `overdue`: asked for long ago and not done. `retried`: it failed, and another one was asked for.

    A failed one with `done_at` was sent and came back.
    """

    id: str
    attempt_id: str
    amount_minor: int
    currency: str
    state: Literal["requested", "done", "failed"]
    reason: str
    order_id: str = ""
    entity_id: str = ""
    provider: str = ""
    reference: str = ""
    requested_at: dt.datetime | None = None
    done_at: dt.datetime | None = None
    overdue: bool = False
    retried: bool = False
    tender: Tender = "original"
    credit_id: str = ""


class AppliedState(msgspec.Struct, frozen=True):
    """What came of a provider's statement: `outcome` is applied, stale (nothing new), or mismatch (another amount).

    `capture` is set when money came in with this very statement, `accepted` when it was promised with it, so that the books
    follow in the same transaction.
    """

    outcome: Literal["applied", "stale", "mismatch"]
    attempt: AttemptView
    capture: CaptureView | None = None
    accepted: bool = False


class StartRequest(msgspec.Struct, frozen=True):
    """What a provider is asked to collect. `attempt_id` is the idempotency key."""

    attempt_id: str
    method: str
    amount_minor: int
    currency: str
    return_url: str
    description: str
    expires_at: dt.datetime


class Collection(msgspec.Struct, frozen=True):
    """What a carrier did at the door with the cash of a parcel: took it, was refused, or paid it out to us.

    `part` is the parcel's shipment id; `amount_minor` is what was, or was to be, collected.
    """

    part: str
    status: Literal["collected", "refused", "remitted"]
    amount_minor: int
    currency: str


class CollectionView(msgspec.Struct, frozen=True):
    """What became of the cash of a parcel until now."""

    part: str
    state: Literal["collected", "refused", "remitted"]
    amount_minor: int
    at: dt.datetime


class AppliedCollection(msgspec.Struct, frozen=True):
    """What a carrier's statement changed. `capture` is set when cash was paid out with it. `refused`: no cash of that parcel."""

    outcome: Literal["applied", "stale", "mismatch"]
    attempt: AttemptView
    capture: CaptureView | None = None
    refused: bool = False


class ProviderNotice(msgspec.Struct, frozen=True):
    """A provider's message in the house's words: about a payment (`state`), a refund (`refund_id`), or a parcel's cash."""

    event_id: str
    reference: str
    attempt_id: str
    state: ProviderState | None = None
    refund_id: str = ""
    refund_status: Literal["", "pending", "done", "failed"] = ""
    collection: Collection | None = None


class MessageView(msgspec.Struct, frozen=True):
    """A stored message of a provider. `outcome` says what came of it; `body` is as it arrived."""

    id: str
    provider: str
    event_id: str
    reference: str
    attempt_id: str
    outcome: Literal["stored", "applied", "stale", "mismatch", "unmatched"]
    body: str
    received_at: dt.datetime


class MethodTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a method is offered, and how long its hold lives: a row of refdata/methods.json. "*" means all.

    `pay_s`: how long one try lives (0: as long as the hold), so that a buyer may try again while the goods are held.
    `shown_as`: under which of the method's own names a market knows it. `source` and `confidence` say where this is from;
    the row holds from `since` until the day before `until`.
    """

    method: str
    provider: str
    hold_s: int
    pay_s: int = 0
    shown_as: str = ""
    since: dt.date = dt.date.min
    until: dt.date = dt.date.max
    source: str = ""
    confidence: str = ""
    markets: tuple[str, ...] = ("*",)
    currencies: tuple[str, ...] = ("*",)
    min_minor: int = 1
    max_minor: int = 1_000_000_000_000


class CreditView(msgspec.Struct, frozen=True):
    """Store credit: money of a buyer that the shop owes in goods. The code itself is told only once, by mail."""

    id: str
    currency: str
    issued_minor: int
    balance_minor: int
    expires_at: dt.datetime | None
    created_at: dt.datetime
    hint: str = ""
    order_id: str = ""


class CreditMove(msgspec.Struct, frozen=True):
    """A movement of a store credit: issue, hold (for an order), back (the order lapsed), expire. Signed minor units."""

    kind: str
    amount_minor: int
    order_id: str
    at: dt.datetime


class RefundShare(msgspec.Struct, frozen=True):
    """What goes back of one capture, and how."""

    attempt_id: str
    part: str
    amount_minor: int
    tender: Tender


class Money(msgspec.Struct, frozen=True):
    """What an order's money is: came in, went (or goes) back, and what is promised at the door. Minor units."""

    captured_minor: int = 0
    refunded_minor: int = 0
    promised_minor: int = 0
