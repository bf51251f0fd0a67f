"""An order follows its parcels: shipped when the last one has left, delivered when the last one has arrived."""

from __future__ import annotations

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.events import ShipmentDelivered, ShipmentDispatched
from entrepot.domains.orders import services as orders
from entrepot.flows.sell.confirm_order import moment
from entrepot.kernel.actor import SYSTEM


def ship_order(event: ShipmentDispatched) -> None:
    """Write a parcel's departure on the timeline; mark the order as shipped once nothing of it waits in a warehouse."""
    at = moment()
    params = {"consignment": event.consignment_ref, "tracking_number": event.tracking_number}
    orders.add_timeline(
        actor=SYSTEM, order_id=event.order_id, kind="parcel_shipped", params=params, for_buyer=True, at=at
    )
    if not fulfilment.unshipped(order_id=event.order_id):
        orders.mark_shipped(actor=SYSTEM, order_id=event.order_id, at=at)


def deliver_order(event: ShipmentDelivered) -> None:
    """Write a parcel's arrival on the timeline; mark the order as delivered once every parcel has arrived.

    The two subscriptions do not wait for each other, so an arrival may be handled before the departure: it then marks
    the order as shipped first.
    """
    at = moment()
    params = {"consignment": event.consignment_ref}
    orders.add_timeline(
        actor=SYSTEM, order_id=event.order_id, kind="parcel_delivered", params=params, for_buyer=True, at=at
    )
    if not fulfilment.undelivered(order_id=event.order_id):
        orders.mark_shipped(actor=SYSTEM, order_id=event.order_id, at=at)
        orders.mark_delivered(actor=SYSTEM, order_id=event.order_id, at=at)
