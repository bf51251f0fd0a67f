"""Runs what flows have scheduled, each entry in one worker at a time and not more often than it asks."""

from __future__ import annotations

import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import OperationalError, connection

from entrepot.infra import clock, db, metrics, schedule
from entrepot.infra.schedule import Scheduled

log = structlog.get_logger(__name__)

_TICK_S = 0.1
_THREADS = 4

# The row decides whose turn it is: of two workers one gets the update, the other finds the moment taken.
_CLAIM = """
INSERT INTO infra_schedulerun (name, started_at, error) VALUES (%s, clock_timestamp(), '')
ON CONFLICT (name) DO UPDATE SET started_at = clock_timestamp(), finished_at = NULL
WHERE infra_schedulerun.started_at <= clock_timestamp() - make_interval(secs => %s)
RETURNING name
"""


def run(stop: threading.Event) -> None:
    """Run due entries until `stop` is set; then wait for those at work."""
    due = {entry.name: time.monotonic() for entry in schedule.entries()}
    busy: set[str] = set()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="schedule") as pool:
        while not stop.wait(_TICK_S):
            for entry in schedule.entries():
                if time.monotonic() < due[entry.name] or entry.name in busy:
                    continue
                due[entry.name] = time.monotonic() + entry.every_s
                busy.add(entry.name)
                pool.submit(_run_in_thread, entry, busy)


def _run_in_thread(entry: Scheduled, busy: set[str]) -> None:
    try:
        run_once(entry)
    except OperationalError as fault:
        log.warning("schedule_without_database", entry=entry.name, fault=str(fault).splitlines()[0])
        connection.close()
    except Exception:
        log.exception("schedule_broken", entry=entry.name)
    finally:
        busy.discard(entry.name)


def run_once(entry: Scheduled) -> bool:
    """Run an entry if it is due and nobody else runs it; return whether it ran. Its faults are recorded, not raised.

    A tenth of the interval is forgiven, so that a worker that wakes a moment early does not skip a turn.
    """
    lock = zlib.crc32(f"schedule:{entry.name}".encode())
    if not db.fetch("SELECT pg_try_advisory_lock(%s)", [lock])[0][0]:
        return False
    try:
        if not db.fetch(_CLAIM, [entry.name, entry.every_s * 0.9]):
            return False
        error = _call(entry)
        db.execute(
            "UPDATE infra_schedulerun SET finished_at = clock_timestamp(), error = %s WHERE name = %s",
            [error, entry.name],
        )
        return True
    finally:
        db.fetch("SELECT pg_advisory_unlock(%s)", [lock])


def _call(entry: Scheduled) -> str:
    try:
        entry.run(clock.now())
        return ""
    except OperationalError:
        raise
    except Exception as fault:
        log.exception("schedule_failed", entry=entry.name)
        metrics.scheduled_failures.labels(entry.name).inc()
        return f"{type(fault).__name__}: {fault}"[:2000]
