"""Events of fulfilment; the aggregate is `order:<public id>`, so that a subscriber meets them in the order's own order."""

from entrepot.kernel.event import Event


class ShipmentPacked(Event, frozen=True, topic="fulfilment.shipment_packed.v1"):
    """The goods are in their box."""

    shipment_id: str
    order_id: str
    consignment_ref: str


class ShipmentDispatched(Event, frozen=True, topic="fulfilment.shipment_dispatched.v1"):
    """The goods have left the warehouse; a carrier has them."""

    shipment_id: str
    order_id: str
    consignment_ref: str
    tracking_number: str = ""


class ShipmentDelivered(Event, frozen=True, topic="fulfilment.shipment_delivered.v1"):
    """The buyer has the goods."""

    shipment_id: str
    order_id: str
    consignment_ref: str = ""


class ShipmentRefused(Event, frozen=True, topic="fulfilment.shipment_refused.v1"):
    """The buyer did not take the goods at the door; they are on their way back."""

    shipment_id: str
    order_id: str
    consignment_ref: str


class ShipmentReturned(Event, frozen=True, topic="fulfilment.shipment_returned.v1"):
    """Refused goods are in the warehouse again."""

    shipment_id: str
    order_id: str
    consignment_ref: str
