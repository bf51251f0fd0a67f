"""Believe what a carrier says of the cash of a parcel: record it, and post what it paid out in the same transaction."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance.engine import entries
from entrepot.domains.ledger import services as ledger
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import AppliedCollection, Collection
from entrepot.kernel.actor import SYSTEM


def apply_collection(
    attempt_id: str, said: Collection, at: dt.datetime, *, provider: str = "", message_id: str | None = None
) -> AppliedCollection:
    """Record what was collected, refused or paid out; cash paid out is money that came in, and is booked with it.

    The caller holds the transaction. For the rest see `payments.services.apply_collection`.
    """
    applied = payments.apply_collection(
        actor=SYSTEM, attempt_id=attempt_id, said=said, at=at, provider=provider, message_id=message_id
    )
    capture = applied.capture
    if capture is not None:
        draft = entries.remittance(
            attempt_id=capture.attempt_id,
            part=capture.part,
            order_id=capture.order_id,
            entity_id=capture.entity_id,
            amount_minor=capture.amount_minor,
            currency=capture.currency,
            on=at.date(),
        )
        ledger.post_entry(actor=SYSTEM, draft=draft)
    return applied
