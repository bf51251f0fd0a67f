"""Frozen nouns of replays that were asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec


class ReplayRequest(msgspec.Struct, frozen=True):
    """A period (both days inclusive) and whose law: a day's, or None for each order's own tax point. `market` "" is all."""

    since: dt.date
    until: dt.date
    rules_on: dt.date | None
    market: str = ""
    of_quotes: bool = False


class ReplayRunView(msgspec.Struct, frozen=True):
    """A replay that was asked for. `report` is what it came to (flows/price/replay_run.py says its form), {} until done."""

    id: str
    request: ReplayRequest
    state: Literal["asked", "done", "failed"]
    total: int
    done: int
    report: dict[str, Any]
    document: str
    fault: str
    asked_by: str
    asked_at: dt.datetime
