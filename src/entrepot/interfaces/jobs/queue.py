"""Background jobs of procrastinate: run only when some package declares a task, and retried when their worker died.

Most of the house needs none: what follows from a fact is a subscription, what follows from the clock is scheduled.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from typing import Any

import structlog
from procrastinate.contrib.django import app

from entrepot.infra.schedule import Scheduled

log = structlog.get_logger(__name__)

STALLED_AFTER_S = 10


def has_tasks() -> bool:
    """Say whether any package declares a task of its own."""
    return any(not name.startswith(("builtin", "procrastinate.")) for name in app.tasks)


def retry_stalled(at: dt.datetime) -> int:
    """Put jobs whose worker has not been heard of for 10 s back in line (never done by procrastinate itself)."""
    return asyncio.run(_retry_stalled())


async def _retry_stalled() -> int:
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
    for job in stalled:
        await app.job_manager.retry_job(job, retry_at=dt.datetime.now(dt.UTC))
        log.warning("job_retried", job=job.id, task=job.task_name)
    return len(stalled)


SCHEDULE = (Scheduled(name="jobs.retry_stalled", every_s=STALLED_AFTER_S, run=retry_stalled),)


def run(stop: threading.Event) -> None:
    """Work off jobs until `stop` is set; a job at work is finished first."""
    asyncio.run(_work(stop))


async def _work(stop: threading.Event) -> None:
    connector: Any = app.connector  # Django's, which knows how to make the worker's
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            work = asyncio.create_task(
                worker_app.run_worker_async(install_signal_handlers=False, delete_jobs="successful", concurrency=4)
            )
            while not stop.is_set() and not work.done():
                await asyncio.sleep(0.2)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
