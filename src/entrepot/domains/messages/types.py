"""Frozen nouns of messages."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

MessageState = Literal["queued", "sent", "failed", "skipped"]


class Rendered(msgspec.Struct, frozen=True):
    """A mail in one language: one line of subject, a plain text and an HTML page that say the same."""

    subject: str
    text: str
    html: str


class MessageView(msgspec.Struct, frozen=True):
    """A mail in the log. `recipient` is masked; `failed` means that it waits for an operator."""

    id: str
    kind: str
    about: str
    language: str
    recipient: str
    subject: str
    state: MessageState
    attempts: int
    error: str
    message_id: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None


class DueMessage(msgspec.Struct, frozen=True):
    """A mail taken for sending, whole. Sent again it carries the same `message_id`."""

    id: str
    recipient: str
    name: str
    message_id: str
    language: str
    attempts: int
    body: Rendered


class WebhookView(msgspec.Struct, frozen=True):
    """An endpoint without its secret. `failing_since` is set while nothing gets through."""

    id: str
    url: str
    topics: tuple[str, ...]
    state: Literal["active", "paused", "removed"]
    failing_since: dt.datetime | None
    created_at: dt.datetime
    rotating_until: dt.datetime | None = None


class WebhookDeliveryView(msgspec.Struct, frozen=True):
    """An event for one endpoint in the log: how it stands, what the endpoint said last, and what it was sent."""

    id: str
    webhook_id: str
    event_id: str
    topic: str
    state: Literal["queued", "sent", "failed"]
    attempts: int
    answer_status: int | None
    answer: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None
    due_at: dt.datetime | None
    body: str


class DueWebhook(msgspec.Struct, frozen=True):
    """A delivery taken for sending, whole, with the secrets that are valid now."""

    id: str
    url: str
    event_id: str
    topic: str
    body: str
    secrets: tuple[str, ...]
    attempts: int


class WebhookAnswer(msgspec.Struct, frozen=True):
    """What came of a try: the HTTP status (None when nobody answered) and the beginning of the answer, or the fault."""

    status: int | None
    text: str

    @property
    def good(self) -> bool:
        """Whether the endpoint took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300
