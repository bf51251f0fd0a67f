"""Reads of finance: replays that were asked for."""

from __future__ import annotations

import uuid

from entrepot.domains.finance.models import ReplayRun
from entrepot.domains.finance.types import ReplayRequest, ReplayRunView
from entrepot.kernel.errors import NotFound


def replay_runs(*, state: str = "", limit: int = 20) -> tuple[ReplayRunView, ...]:
    """Return replays, the last asked for first; in a state, the first asked for first."""
    rows = ReplayRun.objects.filter(state=state).order_by("id") if state else ReplayRun.objects.order_by("-id")
    return tuple(_view(row) for row in rows[:limit])


def replay_run(*, run_id: str) -> ReplayRunView:
    """Return one replay; raise NotFound."""
    try:
        row = ReplayRun.objects.filter(public_id=uuid.UUID(run_id)).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound(kind="replay", key=run_id[:60])
    return _view(row)


def _view(row: ReplayRun) -> ReplayRunView:
    return ReplayRunView(
        id=str(row.public_id),
        request=ReplayRequest(row.since, row.until, row.rules_on, row.market, row.of_quotes),
        state=row.state,
        total=row.total,
        done=row.done,
        report=row.report,
        document=row.document,
        fault=row.fault,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
    )
