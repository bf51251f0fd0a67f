"""Send webhooks that are due: taken in one transaction, sent outside any, marked in another."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from entrepot.domains.identity import queries as identity
from entrepot.domains.messages import queries, services
from entrepot.domains.messages.engine.webhooks import SIGNATURE, sign
from entrepot.domains.messages.types import DueWebhook, WebhookAnswer
from entrepot.infra import db, outbound
from entrepot.kernel.actor import SYSTEM

BATCH = 20
MOST_BATCHES = 10
AT_ONCE = 8
_MANAGES = "messages.manage_webhooks"


def send_due_webhooks(at: dt.datetime) -> int:
    """Send deliveries that are due and return how many endpoints took theirs.

    Slow endpoints do not hold up the others: a batch goes out eight at a time, five seconds each from first to last. What fails
    gets a later turn; an endpoint that took nothing for three days is paused and staff get a mail.
    """
    taken = 0
    for _ in range(MOST_BATCHES):
        with db.transaction():
            due = services.take_due_webhooks(actor=SYSTEM, at=at, limit=BATCH)
        if not due:
            break
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(_send, due))
        with db.transaction():
            outcome = {d.id: (d.attempts, answer) for d, answer in zip(due, answers, strict=True)}
            for webhook_id in services.mark_webhooks(actor=SYSTEM, answers=outcome, at=at):
                _tell_staff(webhook_id, at)
        taken += sum(answer.good for answer in answers)
    return taken


def _send(due: DueWebhook) -> WebhookAnswer:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Entrepot-Webhooks/1",
        "Entrepot-Event-Id": due.event_id,
        "Entrepot-Topic": due.topic,
        SIGNATURE: sign(due.secrets, outbound.real_moment(), due.body),
    }
    try:
        answer = outbound.post(due.url, due.body, headers, private=not settings.PRODUCTION)
    except outbound.Refused as fault:
        return WebhookAnswer(None, str(fault))
    return WebhookAnswer(answer.status, answer.start)


def _tell_staff(webhook_id: str, at: dt.datetime) -> None:
    """Mail everybody who manages webhooks that one is paused."""
    endpoint = queries.webhook(webhook_id=webhook_id)
    since = endpoint.failing_since or at
    for member in identity.all_staff():
        if not member.is_active or not identity.actor_of(member).may(_MANAGES):
            continue
        services.queue_message(
            actor=SYSTEM,
            key=f"webhook_paused:{webhook_id}:{since:%Y%m%d%H%M%S}:{member.id}",
            kind="webhook_paused",
            language=member.language,
            recipient=member.email,
            name=member.name,
            context={
                "url": endpoint.url,
                "since": since.date().isoformat(),
                "link": f"{settings.ENTREPOT_BASE_URL}/console/webhooks/{webhook_id}",
                "shop": "Entrepôt",
            },
            about=f"webhook:{webhook_id}",
        )
