"""What carriers say of parcels: verified, recorded once, applied forward only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from entrepot.domains.documents import services as documents
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.logistics import services as logistics
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import TrackingMessage
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM


def receive_tracking(
    *, carrier: str, headers: Mapping[str, str], body: bytes, now: dt.datetime, at: dt.datetime
) -> bool:
    """Verify and record a carrier's webhook; False when it was known. Answer 2xx for both.

    `now` is real time (signatures age by it), `at` the house's time (`infra.clock.now()`).
    Raises ForgedMessage (401), NotFound for an unknown carrier or a parcel not recorded yet (404: the carrier sends again).
    """
    message = CARRIERS.get(carrier).parse_webhook(headers, body, at=now)
    return record_tracking(message, at=at)


def record_tracking(message: TrackingMessage, *, at: dt.datetime) -> bool:
    """Record a message in one transaction; a repeated one changes nothing, a late one does not move the parcel back.

    Delivery keeps the carrier's statement as proof and marks the shipment delivered.
    Raises NotFound when no parcel has that tracking number yet.
    """
    with db.transaction():
        step = logistics.record_tracking_step(actor=SYSTEM, message=message)
        if step.fresh and step.state == "delivered" and step.before != "delivered":
            proof = documents.store_file(
                actor=SYSTEM,
                content=msgspec.json.format(msgspec.json.encode(message), indent=2),
                mime="application/json",
                name=f"proof-of-delivery-{message.tracking_number}.json",
                retention="proof_3_years",
            )
            logistics.record_proof(actor=SYSTEM, parcel_id=step.parcel_id, document=proof)
            fulfilment.mark_delivered(actor=SYSTEM, shipment_id=step.shipment_id, at=at)
    return step.fresh
