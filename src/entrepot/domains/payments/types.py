"""Frozen nouns of payments."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

AttemptState = Literal["started", "pending", "action_needed", "captured", "failed", "cancelled", "expired"]


class NextAction(msgspec.Struct, frozen=True):
    """What the buyer does next; a closed set, so that the storefront needs to know no method.

    none: wait · redirect: go to `url` (a challenge) · show_code: pay `code` until `expires_at` (text and QR)
    """

    kind: Literal["none", "redirect", "show_code"]
    url: str = ""
    code: str = ""
    expires_at: dt.datetime | None = None


class MethodView(msgspec.Struct, frozen=True):
    """A method a buyer may pick. `note` is a message id that says what happens next, `test` marks the sandbox."""

    code: str
    name: str
    note: str
    provider: str
    hold_s: int
    test: bool


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
    """Money that came in with an attempt. `refunded_minor` is what went or is going back of it."""

    attempt_id: str
    order_id: str
    entity_id: str
    provider: str
    amount_minor: int
    refunded_minor: int
    currency: str
    at: dt.datetime


class ProviderState(msgspec.Struct, frozen=True):
    """What a provider says of a payment, from an answer, a webhook or a poll. `event_id` is "" for answers and polls."""

    reference: str
    status: Literal["pending", "action_needed", "captured", "failed", "cancelled"]
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


class AppliedState(msgspec.Struct, frozen=True):
    """What came of a provider's statement: `outcome` is applied, stale (nothing new), or mismatch (another amount).

    `capture` is set when money came in with this very statement, so that the books follow in the same transaction.
    """

    outcome: Literal["applied", "stale", "mismatch"]
    attempt: AttemptView
    capture: CaptureView | None = None


class StartRequest(msgspec.Struct, frozen=True):
    """What a provider is asked to collect. `attempt_id` is the idempotency key."""

    attempt_id: str
    method: str
    amount_minor: int
    currency: str
    return_url: str
    description: str
    expires_at: dt.datetime


class ProviderNotice(msgspec.Struct, frozen=True):
    """A provider's message in the house's words: about a payment (`state`) or about a refund (`refund_id`)."""

    event_id: str
    reference: str
    attempt_id: str
    state: ProviderState | None = None
    refund_id: str = ""
    refund_status: Literal["", "pending", "done", "failed"] = ""


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
    """Where a method is offered, and how long its hold lives: a row of refdata/methods.json. "*" means all."""

    method: str
    provider: str
    hold_s: int
    markets: tuple[str, ...] = ("*",)
    currencies: tuple[str, ...] = ("*",)
    min_minor: int = 1
    max_minor: int = 1_000_000_000
