"""A short memory inside one process for answers that seldom change: rules of law, markets, exchange rates.

A writer calls `forget()` on the memo of what it wrote; other processes see the change when the entry's time is up.
Nothing that must be exact this second (stock, money, states) belongs here.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Hashable
from typing import Any

_all: weakref.WeakSet[Memo] = weakref.WeakSet()


class Memo:
    """Values by key, each for `ttl_s` seconds; at `limit` keys it starts afresh."""

    def __init__(self, ttl_s: float, limit: int = 4096) -> None:
        self.ttl_s, self.limit = ttl_s, limit
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        _all.add(self)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the kept value of a key, or make and keep it; an exception is not kept."""
        now = time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and kept[0] > now:
            return kept[1]
        value = make()
        if len(self._kept) >= self.limit:
            self._kept.clear()
        self._kept[key] = (now + self.ttl_s, value)
        return value

    def forget(self) -> None:
        """Drop everything."""
        self._kept.clear()


def forget_all() -> None:
    """Drop every memo of the process (between tests, after a restore)."""
    for memo in _all:
        memo.forget()
