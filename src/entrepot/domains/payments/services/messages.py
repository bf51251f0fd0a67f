"""What providers send: kept as it came, marked with what was made of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from entrepot.domains.payments.events import ProviderMessageStored
from entrepot.domains.payments.models import ProviderMessage
from entrepot.domains.payments.types import ProviderNotice
from entrepot.infra import crypto, db
from entrepot.infra.events import publish
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("payments.store_message")
def store_message(*, actor: Actor, provider: str, notice: ProviderNotice, body: bytes, at: dt.datetime) -> str | None:
    """Keep a verified message as it came and publish ProviderMessageStored; return its id, None when we have it already.

    Nothing is believed yet. One statement (two when new).
    """
    public_id = new_id()
    sealed = crypto.encrypt(body.decode(errors="replace"), f"payments_providermessage.body.{public_id}")
    fresh = db.execute(
        "INSERT INTO payments_providermessage"
        " (public_id, provider, event_id, reference, attempt_id, outcome, body, received_at)"
        " VALUES (%s, %s, %s, %s, %s, 'stored', %s, %s) ON CONFLICT (provider, event_id) DO NOTHING",
        [public_id, provider, notice.event_id, notice.reference, notice.attempt_id, sealed, at],
    )
    if not fresh:
        return None
    about = notice.attempt_id or f"{provider}:{notice.reference}"
    publish(ProviderMessageStored(message_id=str(public_id)), aggregate=f"payment:{about}")
    return str(public_id)


@service("payments.mark_message")
def mark_message(*, actor: Actor, message_id: str, outcome: str, attempt_id: str = "") -> None:
    """Write down what was made of a message: applied, stale, mismatch or unmatched."""
    fields: dict[str, Any] = {"outcome": outcome, **({"attempt_id": attempt_id} if attempt_id else {})}
    ProviderMessage.objects.filter(public_id=message_id).update(**fields)
