"""Which events the books follow."""

from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.orders.events import OrderCancelled, OrderChanged, OrderConfirmed
from entrepot.flows.settle.issue_credit_note import note_change
from entrepot.flows.settle.issue_invoice import anyone_at_confirmation, invoice_confirmed, invoice_dispatched
from entrepot.flows.settle.post_sale import post_cancellation, post_change, post_dispatch, post_sale
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (
    Subscription("settle.post_sale", OrderConfirmed, post_sale),
    Subscription("settle.post_dispatch", ShipmentDispatched, post_dispatch),
    Subscription("settle.post_cancellation", OrderCancelled, post_cancellation),
    Subscription("settle.post_change", OrderChanged, post_change),
    # Alone: they draw a gapless number.
    Subscription(
        "settle.invoice_confirmed", OrderConfirmed, invoice_confirmed, alone=True, wanted=anyone_at_confirmation
    ),
    Subscription("settle.invoice_dispatched", ShipmentDispatched, invoice_dispatched, alone=True),
    Subscription("settle.note_change", OrderChanged, note_change, alone=True),
    Subscription("settle.note_cancellation", OrderCancelled, note_change, alone=True),
)
