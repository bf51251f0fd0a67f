"""Deliver what a command has published, so that its goods are in the shop when it ends, worker or no worker."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event

from entrepot.infra import db, events
from entrepot.interfaces.cli import boot

_LEFT = """
SELECT count(*) FROM infra_outboxdelivery d JOIN infra_outboxevent e ON e.id = d.event_id
WHERE NOT d.held AND d.attempts = 0 AND e.topic LIKE 'catalogue.%%'
"""
_NAP_S = 0.02


def left() -> int:
    """Return how many deliveries about the catalogue are not done yet."""
    return db.fetch(_LEFT, [])[0][0]


def drain(progress: Callable[[int], None] = lambda left: None, *, batch: int = 2) -> None:
    """Deliver until nothing about the catalogue is left; a running worker or helper may take a part of it meanwhile."""
    waiting = left()
    while waiting:
        if not events.deliver_batch(batch):
            time.sleep(_NAP_S)  # somebody else holds the last ones
        waiting = left()
        progress(waiting)


@contextlib.contextmanager
def helpers(count: int | None = None) -> Iterator[None]:
    """Let further processes deliver while this one imports: by default one for each further core, at most three."""
    number = min(3, (os.cpu_count() or 1) - 1) if count is None else count
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    children = [context.Process(target=_help, args=(stop,), daemon=True) for _ in range(number)]
    for child in children:
        child.start()
    try:
        yield
    finally:
        stop.set()
        for child in children:
            child.join(30)


def _help(stop: Event) -> None:
    boot.django()
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        if not events.deliver_batch(2):
            stop.wait(_NAP_S)
