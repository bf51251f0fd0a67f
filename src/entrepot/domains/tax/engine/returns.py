"""Periods of returns, and when a return is due."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from entrepot.kernel.errors import N_, InvalidInput

_PERIOD = re.compile(r"(\d{4})-(?:Q([1-4])|(\d{2}))")
_RULE = N_("A period is 2026-11 or 2026-Q4.")


def bounds(period: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a period, given as 2026-11 (month) or 2026-Q4 (quarter); raise InvalidInput."""
    found = _PERIOD.fullmatch(period)
    last = int(found[2]) * 3 if found and found[2] else int(found[3]) if found else 0
    if not found or not 1 <= last <= 12 or not 1900 <= int(found[1]) < 9999:
        raise InvalidInput(field="period", value=period[:20], rule=_RULE)
    year, first = int(found[1]), last - 2 if found[2] else last
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def period_of(day: dt.date, frequency: str) -> str:
    """Return the period a day lies in; `frequency` is month or quarter."""
    if frequency == "month":
        return f"{day:%Y-%m}"
    return f"{day.year}-Q{(day.month + 2) // 3}"


def period_before(period: str) -> str:
    """Return the period before one of the same length; raise InvalidInput."""
    since, _ = bounds(period)
    return period_of(since - dt.timedelta(days=1), "quarter" if "Q" in period else "month")


def due_date(period: str) -> dt.date:
    """Return the last day of the month after a period, given as 2026-11 (month) or 2026-Q4 (quarter).

    Source: European Commission, One Stop Shop: end of the month that follows the period; a weekend does not shift it.
    """
    return due_on(period, {"rule": "end_of_month_after_period", "months": 1})


def due_on(period: str, rule: Mapping[str, Any]) -> dt.date:
    """Return when the return of a period is due, by a rule of the compliance calendar.

    Rules: end_of_month_after_period (months), day_of_month_after_period (months, day), months_days_after_period (months,
    days), days_after_period (days). `exceptions` names the day (MM-DD) by the last month of a period (MM). With `weekend: next`
    a Saturday or Sunday shifts to Monday; public holidays are not known here.

    Raises InvalidInput: no such rule, or no period.
    """
    _, end = bounds(period)
    told = (rule.get("exceptions") or {}).get(f"{end:%m}")
    if told:
        month, day = (int(part) for part in str(told).split("-"))
        due = dt.date(end.year + (month <= end.month), month, day)
    else:
        due = _by_rule(end, rule)
    if rule.get("weekend") == "next" and due.weekday() > 4:
        due += dt.timedelta(days=7 - due.weekday())
    return due


def _by_rule(end: dt.date, rule: Mapping[str, Any]) -> dt.date:
    kind = rule["rule"]
    if kind == "days_after_period":
        return end + dt.timedelta(days=int(rule["days"]))
    year, month = divmod(end.year * 12 + end.month - 1 + int(rule.get("months", 1)), 12)
    last = calendar.monthrange(year, month + 1)[1]
    if kind == "end_of_month_after_period":
        return dt.date(year, month + 1, last)
    if kind == "day_of_month_after_period":
        return dt.date(year, month + 1, min(int(rule["day"]), last))
    if kind == "months_days_after_period":
        return dt.date(year, month + 1, last) + dt.timedelta(days=int(rule["days"]))
    raise InvalidInput(field="due", value=str(kind), rule=N_("There is no such rule of a due date."))
