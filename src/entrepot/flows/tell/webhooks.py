"""What programs outside may hear of, and how it is queued for them: ids and codes only, nothing personal.

An event costs nothing while nobody outside wants to hear of its topic: no delivery is written then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

import msgspec

from entrepot.domains.catalogue.events import ProductsChanged, ProductsPublished, ProductsWithdrawn
from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.messages import queries as messages
from entrepot.domains.messages import services
from entrepot.domains.messages.errors import WebhookRule
from entrepot.domains.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderDelivered,
    OrderExpired,
    OrderPlaced,
    OrderShipped,
)
from entrepot.domains.payments.events import RefundDone
from entrepot.infra import db, events
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import N_
from entrepot.kernel.event import Event

EVENTS: tuple[type[Event], ...] = (
    OrderPlaced,
    OrderConfirmed,
    OrderShipped,
    OrderDelivered,
    OrderCancelled,
    OrderExpired,
    ShipmentDispatched,
    RefundDone,
    ProductsPublished,
    ProductsChanged,
    ProductsWithdrawn,
)
TOPICS: dict[str, str] = {event.topic: (event.__doc__ or "").split("\n")[0] for event in EVENTS}


def wanted(topic: str) -> bool:
    """Say whether some endpoint wants to hear of a topic (known within five seconds)."""
    return topic in messages.webhook_topics()


def queue_event(event: Event) -> None:
    """Queue an event for the endpoints that want it, in the transaction in which it is handled."""
    services.queue_webhooks(actor=SYSTEM, topic=event.topic, data=msgspec.to_builtins(event), at=events.moment())


def subscriptions() -> tuple[events.Subscription, ...]:
    """Return a subscription for each topic, taken only while somebody outside wants it."""
    return tuple(
        events.Subscription(f"tell.webhook:{event.topic}", event, queue_event, wanted=partial(wanted, event.topic))
        for event in EVENTS
    )


def register_webhook(*, actor: Actor, url: str, topics: Sequence[str], at: dt.datetime) -> tuple[str, str]:
    """Keep an endpoint for topics that there are; return (public id, signing secret), the secret once. Raises WebhookRule."""
    _refuse_unknown(topics)
    with db.transaction():
        return services.create_webhook(actor=actor, url=url, topics=topics, at=at)


def change_webhook(*, actor: Actor, webhook_id: str, url: str, topics: Sequence[str], active: bool) -> None:
    """Change an endpoint; an active one gets what waited for it. Raises WebhookRule, NotFound."""
    _refuse_unknown(topics)
    with db.transaction():
        services.change_webhook(actor=actor, webhook_id=webhook_id, url=url, topics=topics, active=active)


def _refuse_unknown(topics: Sequence[str]) -> None:
    for topic in topics:
        if topic not in TOPICS:
            raise WebhookRule(field="topics", value=topic[:100], rule=N_("There is no such topic."))
