"""Webhooks: endpoints, their secrets, the log of what was sent."""

from __future__ import annotations

from typing import Annotated

import msgspec
from django.http import HttpRequest
from ninja import Query, Router, Status

from entrepot.domains.messages import queries as messages
from entrepot.domains.messages import services
from entrepot.domains.messages.types import WebhookDeliveryView, WebhookView
from entrepot.flows.tell.webhooks import TOPICS, register_webhook
from entrepot.flows.tell.webhooks import change_webhook as change
from entrepot.infra import db
from entrepot.interfaces.api import pages
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.shapes import hooks
from entrepot.interfaces.api.shapes.common import Cursor, Limit, Page, PublicId

router = Router()
MANAGE = "messages.manage_webhooks"


@operation(router, "GET", "/webhook-topics", MANAGE, answer=list[hooks.TopicOut])
def list_topics(request: HttpRequest) -> list[hooks.TopicOut]:
    """List what can be heard of."""
    return [hooks.TopicOut(topic=topic, description=words) for topic, words in TOPICS.items()]


@operation(router, "GET", "/webhooks", MANAGE, answer=list[hooks.Webhook])
def list_webhooks(request: HttpRequest) -> list[hooks.Webhook]:
    """List the endpoints."""
    return [_webhook(found) for found in messages.webhooks()]


@operation(router, "POST", "/webhooks", MANAGE, answer=hooks.NewWebhook, status=201)
def create_webhook(request: HttpRequest, body: hooks.WebhookIn) -> Status[hooks.NewWebhook]:
    """Keep an endpoint. Each call to it carries an event id and a signature by the secret, which is shown this once."""
    who = request.caller
    webhook_id, secret = register_webhook(actor=who.actor, url=body.url, topics=body.topics, at=who.at)
    return Status(201, hooks.NewWebhook(webhook=_webhook(messages.webhook(webhook_id=webhook_id)), secret=secret))


@operation(router, "GET", "/webhooks/{webhook_id}", MANAGE, answer=hooks.Webhook)
def get_webhook(request: HttpRequest, webhook_id: PublicId) -> hooks.Webhook:
    """Show an endpoint."""
    return _webhook(messages.webhook(webhook_id=str(webhook_id)))


@operation(router, "PUT", "/webhooks/{webhook_id}", MANAGE, answer=hooks.Webhook)
def change_webhook(request: HttpRequest, webhook_id: PublicId, body: hooks.WebhookChange) -> hooks.Webhook:
    """Change an endpoint, pause it, or let it go on."""
    key = str(webhook_id)
    change(actor=request.caller.actor, webhook_id=key, url=body.url, topics=body.topics, active=body.active)
    return _webhook(messages.webhook(webhook_id=key))


@operation(router, "DELETE", "/webhooks/{webhook_id}", MANAGE, answer=hooks.Removed)
def remove_webhook(request: HttpRequest, webhook_id: PublicId) -> hooks.Removed:
    """Send an endpoint nothing any more; its log stays."""
    with db.transaction():
        return hooks.Removed(removed=services.remove_webhook(actor=request.caller.actor, webhook_id=str(webhook_id)))


@operation(router, "POST", "/webhooks/{webhook_id}/rotate-secret", MANAGE, answer=hooks.NewSecret)
def rotate_webhook_secret(request: HttpRequest, webhook_id: PublicId) -> hooks.NewSecret:
    """Give an endpoint a new secret; for a day calls carry a signature by each of the two."""
    who = request.caller
    with db.transaction():
        secret = services.rotate_webhook_secret(actor=who.actor, webhook_id=str(webhook_id), at=who.at)
    return hooks.NewSecret(secret=secret)


@operation(router, "GET", "/webhooks/{webhook_id}/deliveries", MANAGE, answer=Page[hooks.WebhookDelivery])
def list_webhook_deliveries(
    request: HttpRequest,
    webhook_id: PublicId,
    state: Annotated[str, Query(pattern="^(queued|sent|failed)?$")] = "",
    cursor: Cursor | None = None,
    limit: Limit = pages.DEFAULT,
) -> Page[hooks.WebhookDelivery]:
    """List what was sent to an endpoint and what it answered, newest first."""
    key = messages.webhook(webhook_id=str(webhook_id)).id
    of = pages.of("deliveries", key, state)
    rows = messages.webhook_deliveries(webhook_id=key, state=state, before=pages.read(of, cursor), limit=limit + 1)
    more = pages.write(of, rows[limit - 1].id) if len(rows) > limit else None
    return Page[hooks.WebhookDelivery](items=[_delivery(row) for row in rows[:limit]], next_cursor=more)


@operation(router, "POST", "/webhook-deliveries/{delivery_id}/resend", MANAGE, answer=hooks.Queued)
def resend_webhook(request: HttpRequest, delivery_id: PublicId) -> hooks.Queued:
    """Send an event once more, with its old event id."""
    with db.transaction():
        services.resend_webhook(actor=request.caller.actor, delivery_id=str(delivery_id))
    return hooks.Queued(queued=True)


def _webhook(found: WebhookView) -> hooks.Webhook:
    return hooks.Webhook(**msgspec.structs.asdict(found))


def _delivery(found: WebhookDeliveryView) -> hooks.WebhookDelivery:
    return hooks.WebhookDelivery(**msgspec.structs.asdict(found))
