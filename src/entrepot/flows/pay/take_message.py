"""Take a provider's message at the door: verify, keep as it came, and only later believe it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

from entrepot.domains.payments import services as payments
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import ProviderNotice
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import Actor


def take_message(provider: str, headers: Mapping[str, str], body: bytes, *, at: dt.datetime, now: dt.datetime) -> bool:
    """Verify a message and keep it; return False when we have it already.

    `at` is the house's time, `now` real time, against which the signature is held. A signed message that is not in the
    agreed form is kept too, for a person to look at.

    Raises:
        NotFound: there is no such provider.
        ForgedMessage: the signature is missing, wrong or older than 5 minutes; nothing is stored.
    """
    adapter = PROVIDERS.get(provider)
    adapter.verify(headers, body, now)
    try:
        notice = adapter.parse(body)
    except ValueError:
        notice = ProviderNotice(event_id=f"unread:{hashlib.sha256(body).hexdigest()}", reference="", attempt_id="")
    actor = Actor("provider", provider, frozenset({"payments.store_message"}))
    with db.transaction():
        kept = payments.store_message(actor=actor, provider=provider, notice=notice, body=body, at=at)
    crash_point("pay.message_stored")
    return kept is not None
