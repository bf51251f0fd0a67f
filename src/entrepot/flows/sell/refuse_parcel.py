"""A parcel is refused at the door, and comes back: the order, its money and the stock follow."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.events import ShipmentRefused, ShipmentReturned
from entrepot.domains.inventory import services as inventory
from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders import services as orders
from entrepot.domains.payments import queries as payment_queries
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import Collection
from entrepot.flows.sell.confirm_order import moment
from entrepot.kernel.actor import SYSTEM


def refuse_parcel(event: ShipmentRefused) -> None:
    """Write down that a parcel was refused; where its cash was to come at the door, the buyer owes nothing for it.

    A parcel that was paid before is a person's to decide on: its money is given back by a refund, or not. Once every parcel
    is where it ends, the order is delivered (one was taken) or refused (none was).
    """
    at = moment()
    params = {"consignment": event.consignment_ref}
    orders.add_timeline(
        actor=SYSTEM, order_id=event.order_id, kind="parcel_refused", params=params, for_buyer=True, at=at
    )
    _owe_nothing(event, at)
    if fulfilment.undelivered(order_id=event.order_id):
        return
    orders.mark_shipped(actor=SYSTEM, order_id=event.order_id, at=at)
    states = {shipment.state for shipment in fulfilment.shipments(order_id=event.order_id)}
    finish = orders.mark_delivered if "delivered" in states else orders.mark_refused
    finish(actor=SYSTEM, order_id=event.order_id, at=at)


def _owe_nothing(event: ShipmentRefused, at: dt.datetime) -> None:
    promise = payment_queries.door_attempt(order_id=event.order_id)
    known = {one.part: one.state for one in payment_queries.collections(order_id=event.order_id)}
    if promise is None or known.get(event.shipment_id, "refused") != "refused":
        return  # paid before, or the carrier says that its cash came in after all: a person decides
    lines = [
        line
        for line in order_queries.open_lines(order_id=event.order_id)
        if line.consignment_ref == event.consignment_ref and line.quantity
    ]
    if not lines:
        return
    change = orders.give_back(
        actor=SYSTEM,
        order_id=event.order_id,
        kind="refused",
        reason="refused",
        at=at,
        units={(line.kind, line.ref): line.quantity for line in lines},
        gone=[event.consignment_ref],
        for_buyer=False,
    )
    said = Collection(event.shipment_id, "refused", -change.amount_minor, promise.currency)
    payments.apply_collection(actor=SYSTEM, attempt_id=promise.id, said=said, at=at)


def take_back_parcel(event: ShipmentReturned) -> None:
    """Put the goods of a refused parcel, which is in the warehouse again, back to stock; once per shipment."""
    at = moment()
    shipment = fulfilment.shipment(shipment_id=event.shipment_id)
    inventory.receive_stocks(
        actor=SYSTEM,
        rows=[(shipment.warehouse, line.sku, line.quantity) for line in shipment.lines],
        reference=f"returned:{event.shipment_id}",
    )
    params = {"consignment": event.consignment_ref}
    orders.add_timeline(
        actor=SYSTEM, order_id=event.order_id, kind="parcel_returned", params=params, for_buyer=False, at=at
    )
