"""Webhooks: endpoints and the log of their deliveries."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, StringConstraints

from entrepot.interfaces.api.shapes.common import In, Out

Topic = Annotated[str, StringConstraints(min_length=3, max_length=100, pattern=r"^[a-z_.0-9]+$")]
Url = Annotated[str, StringConstraints(min_length=8, max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]


class TopicOut(Out):
    """What can be heard of. A topic's version grows when its data change in a way that readers must know of."""

    topic: str
    description: str


class WebhookIn(In):
    """An endpoint: https (in the demo also http to this machine), and what it wants to hear of."""

    url: Url
    topics: Annotated[list[Topic], Field(min_length=1, max_length=40)]


class WebhookChange(WebhookIn):
    """An endpoint as it shall be; `active` false pauses it, and what comes meanwhile waits."""

    active: bool = True


class Webhook(Out):
    """An endpoint. `failing_since` is set while nothing gets through; after three days it is paused."""

    id: str
    url: str
    topics: list[str]
    state: str
    failing_since: dt.datetime | None
    created_at: dt.datetime
    rotating_until: dt.datetime | None


class NewWebhook(Out):
    """A fresh endpoint with its signing secret, which is shown this once."""

    webhook: Webhook
    secret: str


class NewSecret(Out):
    """A fresh signing secret; for a day calls are signed by the one before, too."""

    secret: str


class Removed(Out):
    """Whether the endpoint was there."""

    removed: bool


class WebhookDelivery(Out):
    """An event for an endpoint: how it stands, and what the endpoint answered last."""

    id: str
    event_id: str
    topic: str
    state: str
    attempts: int
    answer_status: int | None
    answer: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None
    due_at: dt.datetime | None
    body: str


class Queued(Out):
    """That a delivery is in line."""

    queued: bool
