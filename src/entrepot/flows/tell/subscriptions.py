"""Which events a buyer is told of."""

from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.orders.events import (
    LateMoneyReturned,
    OrderCancelled,
    OrderConfirmed,
    OrderDelivered,
    OrderExpired,
    OrderPlaced,
)
from entrepot.domains.payments.events import RefundDone
from entrepot.flows.tell import tell_buyer
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (
    Subscription("tell.placed", OrderPlaced, tell_buyer.tell_placed),
    Subscription("tell.confirmed", OrderConfirmed, tell_buyer.tell_confirmed),
    Subscription("tell.shipped", ShipmentDispatched, tell_buyer.tell_shipped),
    Subscription("tell.delivered", OrderDelivered, tell_buyer.tell_delivered),
    Subscription("tell.cancelled", OrderCancelled, tell_buyer.tell_cancelled),
    Subscription("tell.expired", OrderExpired, tell_buyer.tell_expired),
    Subscription("tell.refunded", RefundDone, tell_buyer.tell_refunded),
    Subscription("tell.late_money", LateMoneyReturned, tell_buyer.tell_late_money),
)
