"""A packed shipment gets its label and leaves.

Three parts, so that no lock is held while the carrier is asked and a kill at any point can be mended:
1. one transaction says that the booking is begun, and settles the customs data (no label without them);
2. the carrier books each box, outside any transaction; the parcel's key makes a repetition harmless;
3. one transaction records labels and parcels, takes the goods off the stock and tells that they have left.
`finish_bookings` takes up what was begun and never recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from django.conf import settings

from entrepot.domains.declarations.errors import CustomsDataMissing
from entrepot.domains.documents import services as documents
from entrepot.domains.fulfilment import queries as fulfilment_queries
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.fulfilment.engine import states
from entrepot.domains.fulfilment.errors import StepRefused
from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.domains.inventory import services as inventory
from entrepot.domains.logistics import queries as logistics_queries
from entrepot.domains.logistics import services as logistics
from entrepot.domains.logistics.errors import CarrierRefused
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import Booking, BookingRequest
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.booking_request import booking_requests
from entrepot.flows.fulfil.customs_papers import store_papers
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import EntrepotError

log = structlog.get_logger(__name__)

BOOKING_PATIENCE_S = 20


def ship_shipment(*, actor: Actor, shipment_id: str, at: dt.datetime) -> str:
    """Book the carrier, record label and dispatch, and return the tracking number; repeating it changes nothing.

    Raises:
        StepRefused: not packed, or its order may not leave.
        CustomsDataMissing: see `pack_shipment`; the data changed since. The shipment is free again (to be mended, cancelled),
            also when a booking was begun before and cut off; the carrier's own, if there is one, is left to lapse.
        CarrierUnavailable: nobody knows whether the carrier booked; the schedule asks again by itself.
        CarrierRefused: the carrier's words; the shipment stays packed and free for another try.
    """
    try:
        with db.transaction():
            fresh = fulfilment.begin_booking(actor=actor, shipment_id=shipment_id, at=at)
            shipment = fulfilment_queries.shipment(shipment_id=shipment_id)
            requests = _requests(shipment, at) if fresh else ()
    except CustomsDataMissing as missing:
        # One begun earlier and cut off would be retried for ever, and forbid to cancel; one begun just now may be under way.
        cut_off = at - dt.timedelta(seconds=BOOKING_PATIENCE_S)
        with db.transaction():
            fulfilment.end_booking(
                actor=SYSTEM, shipment_id=shipment_id, problem=missing.message(), begun_before=cut_off
            )
        raise
    crash_point("fulfil.booking_begun")
    if requests:
        try:
            bookings = [(request.package, book(shipment.carrier, request)) for request in requests]
        except CarrierRefused as refusal:
            with db.transaction():
                fulfilment.end_booking(actor=SYSTEM, shipment_id=shipment_id, problem=refusal.message())
            raise
        crash_point("fulfil.booked")
        with db.transaction():
            _record(shipment, bookings, at)
        crash_point("fulfil.shipped")
    return logistics_queries.parcels(shipment_ids=[shipment_id])[0].tracking_number


def book(carrier: str, request: BookingRequest) -> Booking:
    """Ask a carrier for a label. Call it outside any transaction. Raises CarrierUnavailable, CarrierRefused."""
    callback = f"{settings.ENTREPOT_BASE_URL}/webhooks/carriers/{carrier}"
    return CARRIERS.get(carrier).book(request, callback_url=callback)


def _requests(shipment: ShipmentView, at: dt.datetime) -> tuple[BookingRequest, ...]:
    order = orders.order(order_id=shipment.order_id)
    if order.state not in ("confirmed", "shipped"):
        key = f"{shipment.order_number}/{shipment.consignment_ref}"
        raise StepRefused(kind="shipment", key=key, state=shipment.state, reason=states.ORDER_GONE)
    goods = store_papers(shipment=shipment, order=order, at=at)
    return booking_requests(shipment=shipment, order=order, goods=goods, at=at)


def _record(shipment: ShipmentView, bookings: Sequence[tuple[int, Booking]], at: dt.datetime) -> None:
    """Record bookings and let the goods leave, all or nothing; a second caller finds it done."""
    numbers = ", ".join(booking.tracking_number for _, booking in bookings)
    if not fulfilment.ship(actor=SYSTEM, shipment_id=shipment.id, at=at, tracking_number=numbers):
        return
    for package, booking in bookings:
        record_label(shipment, package, booking)
    inventory.consume_stock(
        actor=SYSTEM,
        order_id=shipment.order_id,
        warehouse=shipment.warehouse,
        items=[(line.sku, line.quantity) for line in shipment.lines],
        reference=f"shipment:{shipment.id}",
    )


def record_label(shipment: ShipmentView, package: int, booking: Booking) -> str:
    """Keep the label of a box and record its parcel; return the parcel's id. Call it in a transaction."""
    label = documents.store_file(
        actor=SYSTEM,
        content=booking.label,
        mime="application/pdf",
        name=f"label-{booking.tracking_number}.pdf",
        retention="shipping_1_year",
    )
    return logistics.record_booking(
        actor=SYSTEM,
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        carrier=shipment.carrier,
        service=shipment.service,
        tracking_number=booking.tracking_number,
        label_document=label,
        package=package,
    )


def finish_bookings(at: dt.datetime) -> int:
    """Take up bookings begun more than 20 s ago and never recorded (a kill, a silent carrier); return how many shipped."""
    patience = dt.timedelta(seconds=BOOKING_PATIENCE_S)
    done = 0
    for shipment_id in fulfilment_queries.unfinished_bookings(begun_before=at - patience):
        try:
            ship_shipment(actor=SYSTEM, shipment_id=shipment_id, at=at)
            done += 1
        except EntrepotError as fault:
            log.warning("booking_unfinished", shipment=shipment_id, code=fault.code, why=fault.message())
    return done
