"""The label of a parcel that was not handed over is voided, and another is booked in its place.

As in `ship_shipment` no lock is held while the carrier is asked: voiding may be repeated, and the new booking has a key of
its own that follows from how many labels were voided before. A kill between the two leaves a parcel without a label; doing
it again books the missing one.
"""

from __future__ import annotations

import datetime as dt

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.logistics import queries as logistics_queries
from entrepot.domains.logistics import services as logistics
from entrepot.domains.logistics.errors import LabelInUse
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import ParcelView
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.booking_request import booking_requests
from entrepot.flows.fulfil.customs_papers import store_papers
from entrepot.flows.fulfil.ship_shipment import book, record_label
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound


def replace_label(*, actor: Actor, parcel_id: str, at: dt.datetime) -> str:
    """Void the label of a parcel, book another and return its tracking number.

    Raises NotFound, PermissionDenied, LabelInUse (the carrier has the parcel), CarrierUnavailable (try again),
    CarrierRefused, CustomsDataMissing (the label is void; mend, then do it again).
    """
    parcel = _parcel(parcel_id)
    actor.require("logistics.void", f"warehouse:{fulfilment.shipment(shipment_id=parcel.shipment_id).warehouse}")
    if parcel.state not in ("booked", "voided"):
        raise LabelInUse(number=parcel.tracking_number, state=parcel.state)
    CARRIERS.get(parcel.carrier).cancel(parcel.shipment_id, parcel.tracking_number)
    with db.transaction():
        logistics.void_parcel(actor=actor, parcel_id=parcel_id)
    with db.transaction():
        shipment = fulfilment.shipment(shipment_id=parcel.shipment_id)
        order = orders.order(order_id=shipment.order_id)
        goods = store_papers(shipment=shipment, order=order, at=at)
        asked = booking_requests(shipment=shipment, order=order, goods=goods, at=at)
    request = next(one for one in asked if one.package == parcel.package)
    booking = book(shipment.carrier, request)
    with db.transaction():
        record_label(shipment, parcel.package, booking)
    return booking.tracking_number


def _parcel(parcel_id: str) -> ParcelView:
    found = logistics_queries.parcels(parcel_id=parcel_id, voided=True)
    if not found:
        raise NotFound(kind="parcel", key=parcel_id)
    return found[0]
