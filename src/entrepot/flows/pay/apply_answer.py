"""Apply what a provider says of a payment: move the attempt, and post the money in the same transaction."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance.engine import entries
from entrepot.domains.ledger import services as ledger
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import AppliedState, AttemptView, ProviderState
from entrepot.kernel.actor import SYSTEM


def apply_answer(
    attempt_id: str,
    state: ProviderState,
    at: dt.datetime,
    *,
    provider: str = "",
    message_id: str | None = None,
    known: AttemptView | None = None,
) -> AppliedState:
    """Move an attempt by a provider's statement; on a capture, or a promise at the door, the journal entry is written with it.

    The caller holds the transaction. Nothing happens when the statement is stale. A captured amount that is not the one
    asked for is booked as it came, and marked; the order is not confirmed by it. For the other arguments and errors see
    `payments.services.apply_state`.
    """
    applied = payments.apply_state(
        actor=SYSTEM,
        attempt_id=attempt_id,
        state=state,
        at=at,
        provider=provider,
        message_id=message_id,
        known=known,
    )
    capture = applied.capture
    if capture is not None:
        draft = entries.capture(
            attempt_id=capture.attempt_id,
            order_id=capture.order_id,
            entity_id=capture.entity_id,
            amount_minor=capture.amount_minor,
            currency=capture.currency,
            on=capture.at.date(),
            provider=capture.provider,
        )
        ledger.post_entry(actor=SYSTEM, draft=draft)
    elif applied.accepted:
        _post_promise(applied.attempt, at)
    return applied


def _post_promise(attempt: AttemptView, at: dt.datetime) -> None:
    draft = entries.promise(
        attempt_id=attempt.id,
        order_id=attempt.order_id,
        entity_id=attempt.entity_id,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        on=at.date(),
        provider=attempt.provider,
    )
    ledger.post_entry(actor=SYSTEM, draft=draft)
