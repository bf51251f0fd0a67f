"""What is forgotten by the clock: one-time keys a day after their end, sessions that ran out."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.identity import services as identity
from entrepot.infra import db
from entrepot.infra.schedule import Scheduled
from entrepot.kernel.actor import SYSTEM

KEPT = dt.timedelta(days=1)


def forget_keys(at: dt.datetime) -> int:
    """Delete what has ended; return how many rows."""
    with db.transaction():
        return identity.forget_keys(actor=SYSTEM, before=at - KEPT) + identity.forget_sessions(actor=SYSTEM, before=at)


SCHEDULE = (Scheduled("welcome.forget_keys", 3600, forget_keys),)
