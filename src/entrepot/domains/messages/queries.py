"""Reads of messages."""

from __future__ import annotations

from django.db.models import Count

from entrepot.domains.messages.engine.account_kinds import SECRET
from entrepot.domains.messages.models import Message, WebhookDelivery, WebhookEndpoint
from entrepot.domains.messages.types import MessageView, Rendered, WebhookDeliveryView, WebhookView
from entrepot.infra import db
from entrepot.infra.memo import Memo
from entrepot.kernel.errors import NotFound

# An endpoint hears of what happens from these seconds after it was made.
webhook_memo = Memo(ttl_s=5)


def messages(
    *, order_id: str = "", about: str = "", state: str = "", before: str = "", limit: int = 50
) -> tuple[MessageView, ...]:
    """Return mails of the log, newest first.

    Args:
        order_id: only those about the order with that public id; `about` does the same for any `<kind>:<id>`.
        before: the id of the last one already seen.
    """
    rows = Message.objects.order_by("-id").defer("text", "html", "name")
    if order_id or about:
        rows = rows.filter(about=about or f"order:{order_id}")
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(id__lt=Message.objects.filter(public_id=before).values("id")[:1])
    return tuple(_view(row) for row in rows[:limit])


def counts() -> dict[str, int]:
    """Return how many mails stand in each state."""
    return dict(Message.objects.values_list("state").annotate(Count("id")).order_by())


def body(*, message_id: str) -> tuple[MessageView, Rendered]:
    """Return a mail with its text, as it was or will be sent; raise NotFound.

    The text of a mail that holds a key to somebody's account is left out: whoever reads the log must not become him.
    """
    row = Message.objects.filter(public_id=message_id).first()
    if row is None:
        raise NotFound(kind="mail", key=message_id)
    if row.kind in SECRET:
        return _view(row), Rendered(subject=row.subject, text="", html="")
    return _view(row), Rendered(subject=row.subject, text=row.text, html=row.html)


def _view(row: Message) -> MessageView:
    return MessageView(
        id=str(row.public_id),
        kind=row.kind,
        about=row.about,
        language=row.language,
        recipient=_masked(row.recipient),
        subject=row.subject,
        state=row.state,  # type: ignore[arg-type]
        attempts=row.attempts,
        error=row.error,
        message_id=row.message_id,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
    )


def _masked(address: str) -> str:
    name, at, host = address.partition("@")
    return f"{name[:1]}•••{at}{host}" if at else "•••"


def webhooks() -> tuple[WebhookView, ...]:
    """Return the endpoints that were not removed, the oldest first."""
    return tuple(_endpoint(row) for row in WebhookEndpoint.objects.exclude(state="removed").order_by("id"))


def webhook(*, webhook_id: str) -> WebhookView:
    """Return one endpoint that was not removed; raise NotFound."""
    row = WebhookEndpoint.objects.exclude(state="removed").filter(public_id=webhook_id).first()
    if row is None:
        raise NotFound(kind="webhook", key=webhook_id)
    return _endpoint(row)


def webhook_topics() -> frozenset[str]:
    """Return the topics that some active endpoint wants to hear of; kept for five seconds, for every event asks."""
    return webhook_memo.get("topics", _topics)


def _topics() -> frozenset[str]:
    rows = db.fetch("SELECT DISTINCT unnest(topics)::text FROM messages_webhookendpoint WHERE state = 'active'")
    return frozenset(row[0] for row in rows)


def webhook_deliveries(
    *, webhook_id: str = "", state: str = "", before: str = "", limit: int = 50
) -> tuple[WebhookDeliveryView, ...]:
    """Return the log of deliveries, newest first; `before` is the id of the last one already seen."""
    rows = WebhookDelivery.objects.select_related("endpoint").order_by("-id")
    if webhook_id:
        rows = rows.filter(endpoint__public_id=webhook_id)
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(id__lt=WebhookDelivery.objects.filter(public_id=before).values("id")[:1])
    return tuple(
        WebhookDeliveryView(
            id=str(row.public_id),
            webhook_id=str(row.endpoint.public_id),
            event_id=str(row.event_id),
            topic=row.topic,
            state=row.state,
            attempts=row.attempts,
            answer_status=row.answer_status,
            answer=row.answer,
            queued_at=row.queued_at,
            sent_at=row.sent_at,
            due_at=row.due_at,
            body=row.body,
        )
        for row in rows[:limit]
    )


def _endpoint(row: WebhookEndpoint) -> WebhookView:
    return WebhookView(
        id=str(row.public_id),
        url=row.url,
        topics=tuple(row.topics),
        state=row.state,
        failing_since=row.failing_since,
        created_at=row.created_at,
        rotating_until=row.secret_before_until,
    )
