"""What runs by the clock: each process declares its `SCHEDULE` in `flows/<process>/schedule.py`.

A scheduled flow must be harmless when it runs once too often: the guard is a lock, not a promise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import msgspec


class Scheduled(msgspec.Struct, frozen=True):
    """`run(at)` is called about every `every_s` seconds by one worker at a time; it opens its own transactions.

    `name` is `<process>.<function>`; keep it stable, for it names the lock and the row of the last run.
    """

    name: str
    every_s: float
    run: Callable[[dt.datetime], Any]


_by_name: dict[str, Scheduled] = {}


def register(entries: Iterable[Scheduled]) -> None:
    """Add entries; a name already known is left as it is, so that loading twice is harmless."""
    for entry in entries:
        _by_name.setdefault(entry.name, entry)


def entries() -> list[Scheduled]:
    """Return all registered entries by name."""
    return [_by_name[name] for name in sorted(_by_name)]
