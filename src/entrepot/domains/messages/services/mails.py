"""Writes of messages."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from entrepot.domains.messages.engine import backoff, mail
from entrepot.domains.messages.models import Message
from entrepot.domains.messages.types import DueMessage, Rendered
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

_KEYS = uuid.UUID("5a0e3f0c-5d0b-4f3e-9a57-8c1d5f1f9b6e")


@service("messages.queue_message")
def queue_message(
    *,
    actor: Actor,
    key: str,
    kind: str,
    language: str,
    recipient: str,
    name: str,
    context: Mapping[str, Any],
    about: str = "",
) -> str:
    """Render a mail and queue it, once per key, in one statement; return its public id (the same for the same key).

    The Message-ID follows from the key, so that a mail sent twice is one mail to the reader's program.

    Args:
        key: what makes it once-only, e.g. `order_confirmed:<order id>`.
        kind: one of engine.kinds.KINDS.
        language: BCP 47 tag; English where no translation is.
        context: what `engine.mail.render` takes as facts.
        about: `order:<public id>`, for the log.
    Raises:
        UnknownKind: nobody has written that mail.
    """
    with translation.override(language.lower()):
        body = mail.render(kind, {"name": name, **context}, language=language, translate=translation.gettext)
    identity = uuid.uuid5(_KEYS, key)
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    row = Message(
        public_id=identity,
        key=key,
        kind=kind,
        about=about,
        language=language,
        recipient=recipient,
        name=name,
        subject=body.subject,
        text=body.text,
        html=body.html,
        message_id=f"<{identity.hex}@{host}>",
    )
    db.insert(row, once=True)
    return str(identity)


@service("messages.take_due")
def take_due(*, actor: Actor, at: dt.datetime, limit: int = 20) -> tuple[DueMessage, ...]:
    """Take mails that are due, for as long as the lease lasts: who dies while sending gives them back.

    Commit before sending; then call `mark_sent` or `mark_failed`.
    """
    ids = [
        row[0]
        for row in db.fetch(
            "UPDATE messages_message SET due_at = %s, attempts = attempts + 1 WHERE id IN ("
            "  SELECT id FROM messages_message WHERE state = 'queued' AND (due_at IS NULL OR due_at <= %s)"
            "  ORDER BY due_at NULLS FIRST, id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
            [at + backoff.LEASE, at, limit],
        )
    ]
    rows = Message.objects.filter(id__in=ids).order_by("id") if ids else ()
    return tuple(
        DueMessage(
            id=str(row.public_id),
            recipient=row.recipient,
            name=row.name,
            message_id=row.message_id,
            language=row.language,
            attempts=row.attempts,
            body=Rendered(subject=row.subject, text=row.text, html=row.html),
        )
        for row in rows
    )


@service("messages.mark_sent")
def mark_sent(*, actor: Actor, message_ids: Sequence[str], at: dt.datetime) -> int:
    """Mark mails as handed to the mail server and return how many."""
    return Message.objects.filter(public_id__in=message_ids, state="queued").update(
        state="sent", sent_at=at, due_at=None, error=""
    )


@service("messages.mark_failed")
def mark_failed(*, actor: Actor, failures: Mapping[str, tuple[int, str]], at: dt.datetime) -> int:
    """Put mails back with a later turn, or give them to a person after the last; return how many were given up.

    Args:
        failures: public id → (attempts so far, what the mail server said).
    """
    given_up = 0
    for message_id, (attempts, reason) in failures.items():
        due = backoff.next_try(attempts, at)
        given_up += due is None
        Message.objects.filter(public_id=message_id, state="queued").update(
            state="queued" if due else "failed", due_at=due, error=reason[:500]
        )
    return given_up


@service("messages.resend")
def resend(*, actor: Actor, message_id: str) -> None:
    """Put a mail that was given up or skipped back in line; a sent one goes out once more with its old Message-ID."""
    if not Message.objects.filter(public_id=message_id).update(state="queued", attempts=0, due_at=None, error=""):
        raise NotFound(kind="mail", key=message_id)


@service("messages.skip")
def skip(*, actor: Actor, message_id: str) -> None:
    """Give a mail up for good: it stays in the log as skipped. Raises NotFound when it was sent meanwhile."""
    if not Message.objects.filter(public_id=message_id, state__in=["failed", "queued"]).update(state="skipped"):
        raise NotFound(kind="unsent mail", key=message_id)
