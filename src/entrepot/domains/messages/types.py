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
