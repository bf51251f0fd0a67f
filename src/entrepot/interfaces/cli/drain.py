"""Deliver what a command has published, so that its goods are in the shop when it ends, worker or no worker."""

from __future__ import annotations

from collections.abc import Callable

from entrepot.infra import db, events

_LEFT = """
SELECT count(*) FROM infra_outboxdelivery d JOIN infra_outboxevent e ON e.id = d.event_id
WHERE NOT d.held AND d.attempts = 0 AND e.topic LIKE 'catalogue.%%'
"""


def left() -> int:
    """Return how many deliveries about the catalogue nobody has taken yet."""
    return db.fetch(_LEFT, [])[0][0]


def drain(progress: Callable[[int], None] = lambda left: None, *, batch: int = 4) -> None:
    """Deliver until nothing about the catalogue is left; a running worker may take a part of it meanwhile."""
    waiting = left()
    while waiting:
        events.deliver_batch(batch)
        waiting = left()
        progress(waiting)
