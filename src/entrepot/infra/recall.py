"""What was read for an event, kept for its other subscribers: three of them read the same order within some milliseconds.

It lasts for the deliveries of one event within one transaction, and until a service of the domain that answered is called. Nothing
is kept outside a batch of deliveries, nor what is read inside a savepoint, which may be rolled back. A read that locks asks anew.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

T = TypeVar("T")

_kept: contextvars.ContextVar[dict[str, dict[Hashable, Any]] | None] = contextvars.ContextVar("recall", default=None)


@contextlib.contextmanager
def recalling() -> Iterator[Callable[[], None]]:
    """Keep answers within; what it yields forgets them all (the next event begins)."""
    answers: dict[str, dict[Hashable, Any]] = {}
    token = _kept.set(answers)
    try:
        yield answers.clear
    finally:
        _kept.reset(token)


def recall(domain: str, key: Hashable, ask: Callable[[], T], *, anew: bool = False) -> T:
    """Return the kept answer of a domain, or ask and keep it. `anew`: ask in any case."""
    answers = _kept.get()
    if answers is None or connections[DEFAULT_DB_ALIAS].savepoint_ids:
        return ask()
    of_domain = answers.setdefault(domain, {})
    if anew or key not in of_domain:
        of_domain[key] = ask()
    return of_domain[key]  # type: ignore[no-any-return]


def forget(domain: str) -> None:
    """Drop what a domain answered: it is about to write, or has."""
    answers = _kept.get()
    if answers is not None:
        answers.pop(domain, None)
