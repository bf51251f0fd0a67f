"""What starts selling's reactions."""

from entrepot.domains.fulfilment.events import (
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentRefused,
    ShipmentReturned,
)
from entrepot.domains.payments.events import PaymentAccepted, PaymentCaptured, PaymentFailed, PaymentMismatched
from entrepot.flows.sell.confirm_order import confirm_order, note_failed_payment, note_mismatched_payment
from entrepot.flows.sell.deliver_order import deliver_order, ship_order
from entrepot.flows.sell.refuse_parcel import refuse_parcel, take_back_parcel
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (
    Subscription("sell.confirm_order", PaymentCaptured, confirm_order),
    Subscription("sell.confirm_promised", PaymentAccepted, confirm_order),
    Subscription("sell.note_failed_payment", PaymentFailed, note_failed_payment),
    Subscription("sell.note_mismatched_payment", PaymentMismatched, note_mismatched_payment),
    Subscription("sell.ship_order", ShipmentDispatched, ship_order),
    Subscription("sell.deliver_order", ShipmentDelivered, deliver_order),
    Subscription("sell.refuse_parcel", ShipmentRefused, refuse_parcel),
    Subscription("sell.take_back_parcel", ShipmentReturned, take_back_parcel),
)
