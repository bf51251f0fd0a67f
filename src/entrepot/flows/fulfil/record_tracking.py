"""What carriers say of parcels: verified, recorded once, applied forward only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from entrepot.domains.documents import services as documents
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.logistics import queries as logistics_queries
from entrepot.domains.logistics import services as logistics
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import TrackingMessage, TrackingStep
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import NotFound


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

    Delivery keeps the carrier's statement as proof and, with the last parcel of a shipment, marks the shipment delivered.
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
            siblings = logistics_queries.parcels(shipment_ids=[step.shipment_id])
            if all(parcel.state == "delivered" for parcel in siblings):
                fulfilment.mark_delivered(actor=SYSTEM, shipment_id=step.shipment_id, at=at)
        elif step.fresh and step.state != step.before and step.state in ("refused", "returned"):
            _come_back(step.shipment_id, step.state, at)
    return step.fresh


def _come_back(shipment_id: str, state: str, at: dt.datetime) -> None:
    """One box that is refused, or back, stands for its shipment; word of its return may come before word of its refusal."""
    fulfilment.mark_refused(actor=SYSTEM, shipment_id=shipment_id, at=at)
    if state == "returned":
        fulfilment.mark_returned(actor=SYSTEM, shipment_id=shipment_id, at=at)


def enter_tracking(
    *, actor: Actor, parcel_id: str, code: str, place: str, words: str, signed_by: str, at: dt.datetime
) -> bool:
    """Record what a person saw or was told of a parcel whose carrier sends no messages; False when it was known.

    The same step of a parcel counts once. Raises NotFound, InvalidInput (a code that is none of ours), PermissionDenied.
    """
    actor.require("logistics.track")
    found = logistics_queries.parcels(parcel_id=parcel_id)
    if not found:
        raise NotFound(kind="parcel", key=parcel_id)
    parcel = found[0]
    event_id = f"hand-{parcel.id}-{code}" if code != "exception" else f"hand-{parcel.id}-{at.isoformat()}"
    message = TrackingMessage(
        carrier=parcel.carrier,
        event_id=event_id,
        tracking_number=parcel.tracking_number,
        shipment_id=parcel.shipment_id,
        step=TrackingStep(code=code, at=at, place=place, words=words),
        signed_by=signed_by,
    )
    return record_tracking(message, at=at)


def ask_carrier(*, actor: Actor, parcel_id: str, at: dt.datetime) -> int:
    """Ask the carrier where a parcel is, record what is new and return how many steps were.

    Raises NotFound, CarrierUnavailable, NotByRemote, PermissionDenied.
    """
    actor.require("logistics.track")
    found = logistics_queries.parcels(parcel_id=parcel_id)
    if not found:
        raise NotFound(kind="parcel", key=parcel_id)
    messages = CARRIERS.get(found[0].carrier).track(found[0].tracking_number)
    return sum(record_tracking(message, at=at) for message in messages)
