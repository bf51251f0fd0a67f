"""Which events a buyer is told of, and which programs outside may hear of."""

from entrepot.domains.fulfilment.events import ShipmentDispatched, ShipmentRefused
from entrepot.domains.orders.events import (
    LateMoneyReturned,
    OrderCancelled,
    OrderConfirmed,
    OrderDelivered,
    OrderExpired,
    OrderPlaced,
)
from entrepot.domains.payments.events import RefundDone, StoreCreditIssued
from entrepot.flows.tell import tell_buyer, webhooks
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (
    Subscription("tell.placed", OrderPlaced, tell_buyer.tell_placed),
    Subscription("tell.confirmed", OrderConfirmed, tell_buyer.tell_confirmed),
    Subscription("tell.shipped", ShipmentDispatched, tell_buyer.tell_shipped),
    Subscription("tell.delivered", OrderDelivered, tell_buyer.tell_delivered),
    Subscription("tell.cancelled", OrderCancelled, tell_buyer.tell_cancelled),
    Subscription("tell.expired", OrderExpired, tell_buyer.tell_expired),
    Subscription("tell.refunded", RefundDone, tell_buyer.tell_refunded),
    Subscription("tell.refused", ShipmentRefused, tell_buyer.tell_refused),
    Subscription("tell.store_credit", StoreCreditIssued, tell_buyer.tell_credit),
    Subscription("tell.late_money", LateMoneyReturned, tell_buyer.tell_late_money),
    *webhooks.subscriptions(),
)
