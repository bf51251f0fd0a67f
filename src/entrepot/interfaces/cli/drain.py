"""Deliver what a command has published, so that its goods are in the shop when it ends, worker or no worker."""

from __future__ import annotations

import time
from collections.abc import Callable

from entrepot.infra import db, events
from entrepot.kernel.errors import DataFault

# What waits behind a delivery that failed is not counted: it cannot come through now.
_LEFT = """
SELECT count(*) FROM infra_outboxdelivery d JOIN infra_outboxevent e ON e.id = d.event_id
WHERE NOT d.held AND d.attempts = 0 AND e.topic LIKE 'catalogue.%%'
  AND NOT EXISTS (SELECT 1 FROM infra_outboxdelivery p WHERE p.subscriber = d.subscriber AND p.aggregate = d.aggregate
                  AND p.event_id < d.event_id AND (p.held OR p.attempts > 0))
"""
_FAILED = """
SELECT d.subscriber, d.error FROM infra_outboxdelivery d JOIN infra_outboxevent e ON e.id = d.event_id
WHERE d.attempts > 0 AND e.topic LIKE 'catalogue.%%' ORDER BY d.event_id LIMIT 1
"""
_ANOTHER_HAS_THEM_S = 0.05


def left() -> int:
    """Return how many deliveries about the catalogue can still be taken."""
    return db.fetch(_LEFT, [])[0][0]


def drain(progress: Callable[[int], None] = lambda left: None, *, batch: int = 4) -> None:
    """Deliver until nothing about the catalogue is left; a running worker may take a part of it meanwhile.

    Raises:
        DataFault: a delivery failed; it stays in line and a worker tries it again.
    """
    waiting = left()
    while waiting:
        if not events.deliver_batch(batch):
            time.sleep(_ANOTHER_HAS_THEM_S)
        waiting = left()
        progress(waiting)
    failed = db.fetch(_FAILED, [])
    if failed:
        subscriber, error = failed[0]
        raise DataFault(
            what=f"{subscriber} could not follow the catalogue ({error}). A worker tries it again by itself."
        )
