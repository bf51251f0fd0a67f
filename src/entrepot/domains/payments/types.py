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
    """Money going back."""

    id: str
    attempt_id: str
    amount_minor: int
    currency: str
    state: Literal["requested", "done", "failed"]
    reason: str
