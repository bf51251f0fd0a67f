"""Once a day, forget what visitors left lying: quotes never placed, carts never ordered, facts that everybody has taken."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.checkout import services as checkout
from entrepot.infra import db, events, idempotency, throttle
from entrepot.kernel.actor import SYSTEM

QUOTES = dt.timedelta(days=30)  # a price binds for hours; a buyer may still be shown what changed since, for a month
CARTS = dt.timedelta(days=90)  # a visitor who comes back after a season begins anew
EVENTS = dt.timedelta(days=90)  # a quarter's books are closed by then, and nobody traces a fault further back
COUNTS = dt.timedelta(days=1)  # no window of a throttle is longer


def forget_abandoned(at: dt.datetime) -> int:
    """Delete unplaced quotes, abandoned carts, delivered events, counts of callers and kept answers past their time; return how many.

    Each kind in a transaction of its own, quotes first, for they keep their carts. Orders and placed quotes stay.
    """
    with db.transaction():
        gone = checkout.forget_quotes(actor=SYSTEM, before=at - QUOTES)
    with db.transaction():
        gone += checkout.forget_carts(actor=SYSTEM, older_than=CARTS)
    with db.transaction():
        gone += events.forget_delivered(older_than=EVENTS)
    with db.transaction():
        gone += throttle.forget(before=at - COUNTS)
    with db.transaction():
        gone += idempotency.forget(older_than=COUNTS)
    return gone
