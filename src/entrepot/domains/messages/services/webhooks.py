"""Webhooks: endpoints with their secrets, deliveries with their tries."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.conf import settings

from entrepot.domains.messages import queries
from entrepot.domains.messages.engine import webhooks as rules
from entrepot.domains.messages.errors import WebhookRule
from entrepot.domains.messages.models import WebhookDelivery, WebhookEndpoint
from entrepot.domains.messages.types import DueWebhook, WebhookAnswer
from entrepot.infra import db
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, NotFound

MOST_ENDPOINTS = 50


@service("messages.manage_webhooks")
def create_webhook(*, actor: Actor, url: str, topics: Sequence[str], at: dt.datetime) -> tuple[str, str]:
    """Keep an endpoint and return (public id, signing secret); the secret is shown once.

    Raises:
        WebhookRule: no address of the web, no topic, or too many endpoints.
    """
    _refuse(url, topics)
    if WebhookEndpoint.objects.exclude(state="removed").count() >= MOST_ENDPOINTS:
        raise WebhookRule(field="url", value=url[:60], rule=N_("There are as many webhooks as one shop keeps."))
    secret = _secret()
    row = WebhookEndpoint.objects.create(
        url=url, topics=list(dict.fromkeys(topics)), secret=secret, created_at=at, created_by=actor.id[:64]
    )
    _tell()
    return str(row.public_id), secret


@service("messages.manage_webhooks")
def change_webhook(*, actor: Actor, webhook_id: str, url: str, topics: Sequence[str], active: bool) -> None:
    """Change an endpoint's address and topics, pause it, or let it go on: what waited meanwhile is then sent.

    Raises WebhookRule, NotFound.
    """
    _refuse(url, topics)
    state = "active" if active else "paused"
    touched = _kept(webhook_id).update(
        url=url, topics=list(dict.fromkeys(topics)), state=state, **({"failing_since": None} if active else {})
    )
    if not touched:
        raise NotFound(kind="webhook", key=webhook_id)
    _tell()


@service("messages.manage_webhooks")
def rotate_webhook_secret(*, actor: Actor, webhook_id: str, at: dt.datetime) -> str:
    """Give an endpoint a new secret and return it, once; for a day calls carry a signature by the old one, too."""
    row = _kept(webhook_id).select_for_update().first()
    if row is None:
        raise NotFound(kind="webhook", key=webhook_id)
    row.secret_before, row.secret_before_until = row.secret, at + rules.OVERLAP
    row.secret = secret = _secret()
    row.save(update_fields=["secret", "secret_before", "secret_before_until"])
    return secret


@service("messages.manage_webhooks")
def remove_webhook(*, actor: Actor, webhook_id: str) -> bool:
    """Send an endpoint nothing any more; its log stays. False when it was removed before."""
    gone = _kept(webhook_id).update(state="removed")
    _tell()
    return bool(gone)


_QUEUE = """
INSERT INTO messages_webhookdelivery (public_id, endpoint_id, event_id, topic, body, state, attempts, answer, queued_at)
SELECT gen_random_uuid(), id, %(event)s, %(topic)s::varchar, %(body)s, 'queued', 0, '', %(at)s
FROM messages_webhookendpoint WHERE state <> 'removed' AND %(topic)s::varchar = ANY(topics)
"""


@service("messages.queue_webhooks")
def queue_webhooks(*, actor: Actor, topic: str, data: Mapping[str, Any], at: dt.datetime) -> int:
    """Queue an event for every endpoint that wants it, in the caller's transaction; return for how many.

    The text is the same for all, and for every try: {id, topic, at, data}. A paused endpoint gets it once it goes on.
    """
    event = new_id()
    body = msgspec.json.encode({"id": str(event), "topic": topic, "at": at, "data": data}).decode()
    return db.execute(_QUEUE, {"event": event, "topic": topic, "body": body, "at": at})


_TAKE = """
UPDATE messages_webhookdelivery SET due_at = %s, attempts = attempts + 1 WHERE id IN (
  SELECT d.id FROM messages_webhookdelivery d JOIN messages_webhookendpoint e ON e.id = d.endpoint_id
  WHERE d.state = 'queued' AND (d.due_at IS NULL OR d.due_at <= %s) AND e.state = 'active'
  ORDER BY d.due_at NULLS FIRST, d.id LIMIT %s FOR UPDATE OF d SKIP LOCKED) RETURNING id
"""


@service("messages.take_due")
def take_due_webhooks(*, actor: Actor, at: dt.datetime, limit: int = 20) -> tuple[DueWebhook, ...]:
    """Take deliveries that are due, for as long as the lease lasts. Commit before sending; then `mark_webhooks`."""
    ids = [row[0] for row in db.fetch(_TAKE, [at + rules.LEASE, at, limit])]
    rows = WebhookDelivery.objects.select_related("endpoint").filter(id__in=ids).order_by("id") if ids else ()
    return tuple(
        DueWebhook(
            id=str(row.public_id),
            url=row.endpoint.url,
            event_id=str(row.event_id),
            topic=row.topic,
            body=row.body,
            secrets=_valid(row.endpoint, at),
            attempts=row.attempts,
        )
        for row in rows
    )


def _valid(endpoint: WebhookEndpoint, at: dt.datetime) -> tuple[str, ...]:
    until = endpoint.secret_before_until
    return (endpoint.secret, endpoint.secret_before) if until and until > at else (endpoint.secret,)


@service("messages.mark_sent")
def mark_webhooks(
    *, actor: Actor, answers: Mapping[str, tuple[int, WebhookAnswer]], at: dt.datetime
) -> tuple[str, ...]:
    """Keep what came of tries: sent, another turn later, or failed for good; return the endpoints paused by this.

    Args:
        answers: public id of the delivery → (attempts so far, what the endpoint said).
    """
    paused = []
    for delivery_id, (attempts, answer) in answers.items():
        due = None if answer.good else rules.next_try(attempts, at)
        state = "sent" if answer.good else "queued" if due else "failed"
        said = {"answer_status": answer.status, "answer": answer.text.replace("\x00", "")[:500]}
        WebhookDelivery.objects.filter(public_id=delivery_id, state="queued").update(
            state=state, due_at=due, sent_at=at if answer.good else None, **said
        )
        endpoint = WebhookEndpoint.objects.filter(
            id=WebhookDelivery.objects.filter(public_id=delivery_id).values("endpoint_id")[:1]
        )
        if answer.good:
            endpoint.exclude(failing_since=None).update(failing_since=None)
            continue
        endpoint.filter(failing_since=None).update(failing_since=at)
        late = endpoint.filter(state="active", failing_since__lte=at - rules.PAUSE_AFTER)
        paused += [str(i) for i in late.values_list("public_id", flat=True) if late.update(state="paused")]
    if paused:
        _tell()
    return tuple(paused)


@service("messages.manage_webhooks")
def resend_webhook(*, actor: Actor, delivery_id: str) -> None:
    """Put a delivery back in line, sent or not, with its old event id; a receiver that knows the id does nothing twice."""
    touched = WebhookDelivery.objects.filter(public_id=delivery_id).exclude(endpoint__state="removed")
    if not touched.update(state="queued", attempts=0, due_at=None, sent_at=None):
        raise NotFound(kind="webhook delivery", key=delivery_id)


def _kept(webhook_id: str) -> Any:
    return WebhookEndpoint.objects.exclude(state="removed").filter(public_id=webhook_id)


def _refuse(url: str, topics: Sequence[str]) -> None:
    fault = rules.address_fault(url, loopback=not settings.PRODUCTION)
    if fault:
        raise WebhookRule(field="url", value=url[:60], rule=fault)
    if not topics:
        raise WebhookRule(field="topics", value="", rule=N_("Choose at least one topic."))


def _secret() -> str:
    return "whsec_" + secrets.token_urlsafe(32)


def _tell() -> None:
    queries.webhook_memo.forget()
    db.on_commit(queries.webhook_memo.forget)
