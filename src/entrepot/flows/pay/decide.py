"""What a person decides about money: send a payment of another amount back, ask for a failed refund again, pay one by bank."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance.engine import entries
from entrepot.domains.ledger import services as ledger
from entrepot.domains.orders import services as orders
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import RefundView
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor


def send_back(*, actor: Actor, attempt_id: str, by: str, at: dt.datetime) -> RefundView:
    """Ask for a payment of another amount to go back as it came, and write down who decided it (`by`, a name).

    The provider is told by the schedule. Raises what `payments.services.send_back` raises.
    """
    with db.transaction():
        refund = payments.send_back(actor=actor, attempt_id=attempt_id)
        _write_down(refund, by, at)
    return refund


def retry_refund(*, actor: Actor, refund_id: str, by: str, at: dt.datetime) -> RefundView:
    """Ask for a failed refund once more, and write down who decided it (`by`, a name).

    The provider is told by the schedule. Raises what `payments.services.retry_refund` raises.
    """
    with db.transaction():
        refund = payments.retry_refund(actor=actor, refund_id=refund_id)
        _write_down(refund, by, at)
    return refund


def mark_paid(*, actor: Actor, refund_id: str, note: str, by: str, at: dt.datetime) -> RefundView:
    """Record that a person has paid a refund by bank transfer (`note`: the bank's reference), and post it.

    Raises RefundNotPayable, and Overdrawn while the change of the order is on its way to the books (try again in a moment).
    """
    with db.transaction():
        refund = payments.take_paid(actor=actor, refund_id=refund_id, note=note)
        done = payments.record_refund(actor=SYSTEM, refund_id=refund_id, status="done", at=at)
        if done is not None:
            draft = entries.refund_by_bank(
                refund_id=done.id,
                order_id=done.order_id,
                entity_id=done.entity_id,
                amount_minor=done.amount_minor,
                currency=done.currency,
                on=at.date(),
                note=note,
            )
            ledger.post_entry(actor=SYSTEM, draft=draft)
        _write_down(refund, by, at)
    return refund


def _write_down(refund: RefundView, by: str, at: dt.datetime) -> None:
    params = {"by": by, "reason": refund.reason, "amount_minor": str(refund.amount_minor), "currency": refund.currency}
    orders.add_timeline(
        actor=SYSTEM, order_id=refund.order_id, kind="refund_requested", params=params, for_buyer=False, at=at
    )
