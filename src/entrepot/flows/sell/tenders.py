"""Money beside the method's own: store credit set aside and taken for an order, a promise at the door called off."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance.engine import entries
from entrepot.domains.ledger import queries as ledger_queries
from entrepot.domains.ledger import services as ledger
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import AttemptView
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.quote import FrozenQuote


def set_aside(
    quote: FrozenQuote, order_id: str, code: str, method: str, at: dt.datetime, until: dt.datetime
) -> AttemptView:
    """Set aside what an order being placed needs of a store credit; `method` pays the rest. The caller holds the transaction."""
    return payments.hold_credit(
        actor=SYSTEM,
        code=code,
        order_id=order_id,
        store_id=quote.store_id,
        entity_id=quote.entity_id,
        method=method,
        due_minor=quote.total_minor,
        currency=quote.currency,
        at=at,
        until=until,
    )


def take_credit(order_id: str, at: dt.datetime) -> None:
    """Take the store credit set aside for an order that was confirmed just now, and post it. The caller holds the transaction."""
    for capture in payments.capture_credit(actor=SYSTEM, order_id=order_id, at=at):
        draft = entries.credit_spent(
            attempt_id=capture.attempt_id,
            credit_id=capture.credit_id,
            order_id=capture.order_id,
            entity_id=capture.entity_id,
            amount_minor=capture.amount_minor,
            currency=capture.currency,
            on=at.date(),
        )
        ledger.post_entry(actor=SYSTEM, draft=draft)


def withdraw(order_id: str, attempt_id: str, at: dt.datetime) -> None:
    """Call off what was promised at the door for an order that never was confirmed by it, and reverse its entry."""
    for attempt in payments.withdraw_promise(actor=SYSTEM, order_id=order_id, at=at, attempt_id=attempt_id):
        entry_id = ledger_queries.entry_id(key=entries.promise_key(attempt.id))
        ledger.reverse_entry(actor=SYSTEM, entry_id=entry_id, on=at.date(), reason="promise called off")
