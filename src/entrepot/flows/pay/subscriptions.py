"""What starts paying's reactions."""

from entrepot.domains.payments.events import ProviderMessageStored
from entrepot.flows.pay.apply_message import on_message_stored
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (Subscription("pay.apply_provider_message", ProviderMessageStored, on_message_stored),)
