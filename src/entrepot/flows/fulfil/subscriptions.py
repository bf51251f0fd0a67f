"""The events that start this process."""

from entrepot.domains.orders.events import OrderCancelled, OrderConfirmed
from entrepot.flows.fulfil.open_shipments import cancel_shipments, open_shipments
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (
    Subscription("fulfil.open_shipments", OrderConfirmed, open_shipments),
    Subscription("fulfil.cancel_shipments", OrderCancelled, cancel_shipments),
)
