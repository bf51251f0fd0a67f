"""Which methods are offered: the terms are data, the choice is pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from entrepot.domains.payments.types import MethodTerms


def offered(
    terms: Iterable[MethodTerms], *, market: str, currency: str, amount_minor: int, on: dt.date | None = None
) -> tuple[MethodTerms, ...]:
    """Return the terms that hold for a market, a currency and an amount on a day, in their order, one per method.

    An empty market stands for any (when an attempt is opened, the market was already decided), no day for every day.
    """
    chosen: dict[str, MethodTerms] = {}
    for row in terms:
        if (
            (not market or "*" in row.markets or market in row.markets)
            and ("*" in row.currencies or currency in row.currencies)
            and row.min_minor <= amount_minor <= row.max_minor
            and (on is None or row.since <= on <= row.until)
        ):
            chosen.setdefault(row.method, row)
    return tuple(chosen.values())
