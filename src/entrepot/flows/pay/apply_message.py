"""Believe a stored message of a provider: once, in one transaction with what follows from it."""

from __future__ import annotations

import structlog

from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services
from entrepot.domains.payments.events import ProviderMessageStored
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import MessageView, ProviderNotice
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.pay.apply_collection import apply_collection
from entrepot.flows.pay.execute_refund import post_refund, reverse_refund
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound

log = structlog.get_logger(__name__)


def on_message_stored(event: ProviderMessageStored) -> None:
    """Apply the message that an event tells of; runs in the transaction of the delivery."""
    apply_provider_message(event.message_id)


def apply_provider_message(message_id: str) -> str:
    """Apply a stored message and return what came of it: applied, stale, mismatch or unmatched.

    Duplicates and old news are stale and change nothing; a message about a payment we do not know stays as unmatched,
    for a person to look at. A message that was applied before is left alone.
    """
    message = payments.message(message_id=message_id)
    if message.outcome != "stored":
        return message.outcome
    with db.transaction(savepoint=False):  # a delivery has one of its own
        return _apply(message)


def _apply(message: MessageView) -> str:
    try:
        notice = PROVIDERS.get(message.provider).parse(message.body.encode())
    except ValueError:
        return _mark(message, "unmatched")
    if notice.state is None and notice.collection is None:
        return _mark(message, _apply_refund(notice, message))
    # Our own id first; a provider that does not keep it is found by its reference.
    for attempt_id in (notice.attempt_id, ""):
        attempt_id = attempt_id or payments.attempt_for(provider=message.provider, reference=notice.reference)
        try:
            return _apply_payment(attempt_id, notice, message)
        except NotFound:
            continue
    return _mark(message, "unmatched")


def _apply_payment(attempt_id: str, notice: ProviderNotice, message: MessageView) -> str:
    at, provider = message.received_at, message.provider
    if notice.state is not None:
        return apply_answer(attempt_id, notice.state, at, provider=provider, message_id=message.id).outcome
    assert notice.collection is not None, "a notice is about a payment, a refund or a parcel's cash"
    return apply_collection(attempt_id, notice.collection, at, provider=provider, message_id=message.id).outcome


def _mark(message: MessageView, outcome: str) -> str:
    services.mark_message(actor=SYSTEM, message_id=message.id, outcome=outcome)
    return outcome


def _apply_refund(notice: ProviderNotice, message: MessageView) -> str:
    known = payments.refund_known(refund_id=notice.refund_id, provider=message.provider)
    if not known:
        return "unmatched"
    moved = services.record_refund(
        actor=SYSTEM, refund_id=notice.refund_id, status=notice.refund_status, at=message.received_at, bounces=True
    )
    if moved is None:
        return "stale"
    if moved.state == "done":
        post_refund(moved, message.received_at)
    else:
        log.error("refund_bounced", refund=moved.id)
        reverse_refund(moved, message.received_at)
    return "applied"
