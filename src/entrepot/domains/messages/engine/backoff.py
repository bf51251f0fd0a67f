"""When a mail that could not be sent is tried again, and when it is given to a person."""

from __future__ import annotations

import datetime as dt

MAX_ATTEMPTS = 8
LEASE = dt.timedelta(minutes=5)
"""How long a sender may hold a mail before another takes it for lost and sends it again."""


def next_try(attempts: int, at: dt.datetime) -> dt.datetime | None:
    """Return when to try again after so many failed attempts: 30 s, 1, 2, 4 … up to 60 minutes; None = give it up.

    >>> next_try(1, dt.datetime(2026, 11, 25)).minute, next_try(8, dt.datetime(2026, 11, 25))
    (0, None)
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return at + dt.timedelta(seconds=min(3600, 30 * 2 ** max(0, attempts - 1)))
