"""The worker process: one thread delivers events, one keeps the timetable, one works off jobs if there are any.

SIGTERM and SIGINT let each finish what it has in hand. A worker that is killed loses nothing: deliveries and claims are
rows, and what it held is free again once its connection is gone. Several workers may run side by side.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection

from entrepot.infra import events, metrics, schedule
from entrepot.interfaces.jobs import queue, timetable

log = structlog.get_logger(__name__)

BATCH = 64
IDLE_FIRST_S, IDLE_LONGEST_S = 0.02, 0.25
# A batch that was not full is followed by a breath in which the next one gathers: taking, committing and looking again cost
# more than a handler, and a busy shop would else pay them for each order three times.
GATHER_S = 0.03


def run() -> None:
    """Work until told to stop."""
    # A pool is for requests that come and go; each thread here keeps one connection, and must not wait for another's.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    gc.collect()
    gc.freeze()  # what is loaded by now stays for good: the collector need not look through it again and again
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parts: list[Callable[[threading.Event], None]] = [deliver] * int(os.environ.get("ENTREPOT_WORKER_THREADS", "1"))
    if queue.has_tasks():
        schedule.register(queue.SCHEDULE)
        parts.append(queue.run)
    parts.append(timetable.run)
    threads = [threading.Thread(target=_guarded, args=(part, stop), name=part.__name__) for part in parts]
    for thread in threads:
        thread.start()
    log.info("worker_started", subscriptions=len(events.subscriptions()), scheduled=len(schedule.entries()))
    while not stop.wait(0.5):
        pass
    for thread in threads:
        thread.join()
    log.info("worker_stopped")


def _guarded(part: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """A part that breaks takes the process down, so that whoever keeps it alive starts it anew."""
    try:
        part(stop)
    except Exception:
        log.exception("worker_broken", part=part.__name__)
        os.kill(os.getpid(), signal.SIGTERM)


def deliver(stop: threading.Event) -> None:
    """Deliver events until `stop` is set; look less often the longer there is nothing."""
    idle = IDLE_FIRST_S
    while not stop.is_set():
        if done := _deliver_some():
            idle = IDLE_FIRST_S
            if done < BATCH:
                stop.wait(GATHER_S)
        else:
            stop.wait(idle)
            idle = min(idle * 1.5, IDLE_LONGEST_S)


def _deliver_some() -> int:
    try:
        tried = events.deliver_batch(BATCH)
    except (OperationalError, InterfaceError) as fault:
        log.warning("database_lost", fault=_first_line(fault))
        connection.close()
        return 0
    metrics.deliveries.inc(tried)
    return tried


def drain(limit: int = 100_000) -> int:
    """Deliver until nothing is due, in this thread; return how many deliveries were tried. For tests and commands."""
    total = 0
    while total < limit and (done := events.deliver_batch(BATCH)):
        total += done
    return total


def _first_line(fault: Any) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]
