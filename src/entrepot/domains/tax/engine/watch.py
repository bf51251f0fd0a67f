"""How far a seller is from a threshold, and when it will be crossed. Pure, in whole minor units and exact fractions.

The forecast: a straight line by least squares through the sums of the last 13 whole weeks (fewer where there were no sales
before; at least 4), without seasons. What the line says of the coming weeks is added to what the measuring period holds, day
by day; days that leave a rolling period are taken off. Around it lies a band of 1.28 standard errors of a week, growing with
the root of the weeks: four of five cases. The story with numbers: docs/domains/tax.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from entrepot.domains.tax.types import Forecast, SoldOn, Threshold, ThresholdLevel, Watched
from entrepot.kernel.money import PPM

NEAR_PPM = 800_000
IN_SIGHT = dt.timedelta(days=90)
MOST_WEEKS, LEAST_WEEKS = 13, 4
HORIZON_DAYS = 366
_BAND = Fraction(128, 100)


def year_before(day: dt.date) -> dt.date:
    """Return the first day of the twelve months that end on a day."""
    try:
        return day.replace(year=day.year - 1) + dt.timedelta(days=1)
    except ValueError:  # 29 February
        return dt.date(day.year - 1, 3, 1)


def periods(kind: str, on: dt.date) -> tuple[tuple[dt.date, dt.date], ...]:
    """Return the measuring periods that count on a day, half-open, the current one last."""
    this, last = dt.date(on.year, 1, 1), dt.date(on.year - 1, 1, 1)
    after = dt.date(on.year + 1, 1, 1)
    if kind == "rolling_12_months":
        return ((year_before(on), on + dt.timedelta(days=1)),)
    return ((last, this),) if kind == "previous_year" else ((last, this), (this, after))


def since(on: dt.date) -> dt.date:
    """Return the first day whose sales any threshold may ask for on a day."""
    return dt.date(on.year - 1, 1, 1)


def watched(threshold: Threshold, sold: Sequence[SoldOn], on: dt.date, *, registered: bool = False) -> Watched:
    """Return how far a seller is from a threshold on a day.

    Args:
        sold: what counts towards it, in its currency, any order; days after `on` are not looked at.
    """
    known = [one for one in sold if one.day <= on]
    found = []
    for start, end in periods(threshold.period, on):
        inside = [one for one in known if start <= one.day < end]
        amount, number = sum(one.minor for one in inside), sum(one.orders for one in inside)
        found.append((_share_ppm(threshold, amount, number), start, end, amount, number))
    share, start, end, amount, number = max(found, key=lambda one: (one[0], one[1]))
    ahead = forecast(threshold, known, on)
    return Watched(
        threshold=threshold,
        period_from=start,
        period_until=end,
        amount_minor=amount,
        orders=number,
        share_ppm=share,
        level=_level(share, ahead, on),
        forecast=ahead,
        registered=registered,
    )


def _share_ppm(threshold: Threshold, amount: int, number: int) -> int:
    """What part of the threshold is used up: of the amount, of the number of sales, whichever the rule looks at."""
    shares = [max(0, amount) * PPM // threshold.amount_minor] if threshold.amount_minor else []
    if threshold.transactions:
        shares.append(number * PPM // threshold.transactions)
    return min(shares) if threshold.both else max(shares, default=0)


def _level(share: int, ahead: Forecast, on: dt.date) -> ThresholdLevel:
    if share >= PPM:
        return "reached"
    if share >= NEAR_PPM:
        return "near"
    return "in_sight" if ahead.crossing is not None and ahead.crossing - on <= IN_SIGHT else "fine"


def weekly_sums(sold: Sequence[SoldOn], on: dt.date) -> list[int]:
    """Return the sums of the last whole weeks that end on a day, oldest first: since the first sale, at most 13."""
    if not sold:
        return []
    first = min(one.day for one in sold)
    weeks = min(MOST_WEEKS, ((on - first).days + 1) // 7)
    sums = [0] * weeks
    for one in sold:
        back = (on - one.day).days // 7
        if 0 <= back < weeks:
            sums[weeks - 1 - back] += one.minor
    return sums


def line(sums: Sequence[int]) -> tuple[Fraction, Fraction, int]:
    """Return the straight line through weekly sums: its value at the last week, its slope, and the standard error of a week."""
    n = len(sums)
    middle, mean = Fraction(n - 1, 2), Fraction(sum(sums), n)
    spread = sum((x - middle) ** 2 for x in range(n))
    slope = sum(((x - middle) * (y - mean) for x, y in enumerate(sums)), Fraction(0)) / spread
    at_last = mean + slope * (n - 1 - middle)
    off = sum(((y - (mean + slope * (x - middle))) ** 2 for x, y in enumerate(sums)), Fraction(0)) / (n - 2)
    return at_last, slope, isqrt(int(off))


def forecast(threshold: Threshold, sold: Sequence[SoldOn], on: dt.date) -> Forecast:
    """Return when the amount of a threshold will be reached within its current period, at most a year ahead.

    A number of sales is not forecast; nor is a threshold that the previous year alone decides.
    """
    sums = weekly_sums(sold, on)
    if len(sums) < LEAST_WEEKS or not threshold.amount_minor or threshold.period == "previous_year":
        return Forecast(weeks=0)
    level, slope, error = line(sums)
    start, end = periods(threshold.period, on)[-1]
    rolling = threshold.period == "rolling_12_months"
    by_day: dict[dt.date, int] = {}
    for one in sold:
        if start <= one.day <= on:
            by_day[one.day] = by_day.get(one.day, 0) + one.minor
    held, gained = sum(by_day.values()), Fraction(0)
    last = HORIZON_DAYS if rolling else min(HORIZON_DAYS, (end - on).days - 1)
    found: list[dt.date | None] = [None, None, None]  # the line itself, its upper and its lower edge
    for ahead in range(last + 1):
        day = on + dt.timedelta(days=ahead)
        if ahead:
            gained += max(Fraction(0), level + slope * Fraction(ahead, 7)) / 7
            if rolling:
                held -= by_day.get(year_before(day) - dt.timedelta(days=1), 0)
        band = _BAND * error * isqrt(ahead * 10_000 // 7) / 100
        for place, more in enumerate((Fraction(0), band, -band)):
            if found[place] is None and held + gained + more >= threshold.amount_minor:
                found[place] = day
        if found[2] is not None:
            break
    return Forecast(found[0], found[1], found[2], max(0, int(level)), len(sums))
