"""Events of orders; the aggregate is `order:<public id>`."""

from entrepot.kernel.event import Event


class OrderPlaced(Event, frozen=True, topic="orders.order_placed.v1"):
    """Stock is held for `hold_s` seconds and a payment attempt is open; nothing is paid."""

    order_id: str
    hold_s: int = 0


class OrderConfirmed(Event, frozen=True, topic="orders.order_confirmed.v1"):
    """The money is there and the stock is allocated. `late`: it came after the hold had ended.

    `unpaid`: the money comes at the door, and is only promised.
    """

    order_id: str
    late: bool = False
    unpaid: bool = False


class OrderExpired(Event, frozen=True, topic="orders.order_expired.v1"):
    """Nobody paid within the hold; the stock is free again."""

    order_id: str


class OrderCancelled(Event, frozen=True, topic="orders.order_cancelled.v1"):
    """The order was called off before it left. `refund_minor` goes back to the buyer, 0 when nothing was paid.

    `confirmed`: it was confirmed before, so the books know the sale (cash on delivery confirms without money).
    """

    order_id: str
    refund_minor: int
    change_id: str = ""
    confirmed: bool = False


class OrderShipped(Event, frozen=True, topic="orders.order_shipped.v1"):
    """Every consignment that is not cancelled has left its warehouse."""

    order_id: str


class OrderDelivered(Event, frozen=True, topic="orders.order_delivered.v1"):
    """Every parcel has arrived."""

    order_id: str


class LateMoneyReturned(Event, frozen=True, topic="orders.late_money_returned.v1"):
    """Money came for an order that could not be confirmed any more; `amount_minor` goes back in full."""

    order_id: str
    amount_minor: int
    reason: str


class OrderChanged(Event, frozen=True, topic="orders.order_changed.v1"):
    """Something was taken from a confirmed order (kind release, return, goodwill or refused); `amount_minor` is negative."""

    order_id: str
    change_id: str
    kind: str
    amount_minor: int


class OrderRefused(Event, frozen=True, topic="orders.order_refused.v1"):
    """Every parcel that left was refused at the door."""

    order_id: str
