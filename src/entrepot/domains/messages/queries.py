"""Reads of messages."""

from __future__ import annotations

from django.db.models import Count

from entrepot.domains.messages.engine.account_kinds import SECRET
from entrepot.domains.messages.models import Message
from entrepot.domains.messages.types import MessageView, Rendered
from entrepot.kernel.errors import NotFound


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
