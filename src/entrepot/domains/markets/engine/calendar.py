"""On which days the European Central Bank publishes: the days of the TARGET calendar."""

from __future__ import annotations

import datetime as dt

_FIXED = {(1, 1), (5, 1), (12, 25), (12, 26)}


def easter(year: int) -> dt.date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return dt.date(year, f // 31, f % 31 + 1)


def publishes(day: dt.date) -> bool:
    """Say whether rates are published on a day: no weekend, no TARGET holiday."""
    if day.weekday() >= 5 or (day.month, day.day) in _FIXED:
        return False
    return day - easter(day.year) not in (dt.timedelta(days=-2), dt.timedelta(days=1))


def rate_day(period_end: dt.date) -> dt.date:
    """Return the day whose rates a return of a period uses: its last day, or the next day of publication.

    Source: European Commission, One Stop Shop, declare and pay.
    """
    day = period_end
    while not publishes(day):
        day += dt.timedelta(days=1)
    return day
