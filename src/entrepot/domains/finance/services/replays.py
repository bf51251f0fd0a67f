"""Writes of replays that were asked for."""

from __future__ import annotations

from typing import Any

from entrepot.domains.finance.models import ReplayRun
from entrepot.domains.finance.types import ReplayRequest
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("finance.replay")
def ask_replay(*, actor: Actor, request: ReplayRequest, total: int) -> str:
    """Record that a replay is wanted, of `total` orders or quotes, and return its id."""
    row = ReplayRun.objects.create(
        since=request.since,
        until=request.until,
        rules_on=request.rules_on,
        market=request.market,
        of_quotes=request.of_quotes,
        total=total,
        asked_by=actor.id,
    )
    return str(row.public_id)


@service("finance.replay")
def record_replay(
    *,
    actor: Actor,
    run_id: str,
    done: int,
    state: str = "asked",
    report: dict[str, Any] | None = None,
    document: str = "",
    fault: str = "",
) -> None:
    """Record how far a replay is, or (state done or failed) what it came to and the id of its CSV."""
    ReplayRun.objects.filter(public_id=run_id).update(
        done=done, state=state, report=report or {}, document=document, fault=fault[:500]
    )
