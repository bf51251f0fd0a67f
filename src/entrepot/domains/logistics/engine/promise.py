"""When goods arrive: the cut-off of the warehouse, working days of handling, transit and customs."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from entrepot.domains.logistics.types import Calendar, LaneRate
from entrepot.kernel.quote import Promise

EVERY_DAY = Calendar("", frozenset(), frozenset())


def working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """Return the day itself, or the next one on which people work."""
    while calendar.rests(day):
        day += dt.timedelta(days=1)
    return day


def add_working_days(day: dt.date, days: int, calendar: Calendar) -> dt.date:
    """Return the working day that lies `days` working days after `day` (0: the day itself or the next working day)."""
    day = working_day(day, calendar)
    for _ in range(days):
        day = working_day(day + dt.timedelta(days=1), calendar)
    return day


def promise(
    rate: LaneRate,
    *,
    cutoff: str,
    time_zone: str,
    at: dt.datetime,
    origin: Calendar = EVERY_DAY,
    destination: Calendar = EVERY_DAY,
) -> Promise:
    """Return the first and last day of arrival of an order confirmed at `at`, and until when that holds.

    Until the cut-off (local clock of the warehouse, on its working days) an order belongs to that day, after it to the
    next working day. Then: handling in working days of the origin, transit in calendar days, customs in working days
    of the destination, and delivery on a working day there. `order_by` is the next cut-off.
    """
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    closing = dt.time.fromisoformat(cutoff)
    day = working_day(local.date(), origin)
    order_by = dt.datetime.combine(day, closing, tzinfo=zone)
    if local >= order_by:
        day = working_day(day + dt.timedelta(days=1), origin)
        order_by = dt.datetime.combine(day, closing, tzinfo=zone)
    leaves = add_working_days(day, rate.handling_days, origin)
    first, last = (
        add_working_days(leaves + dt.timedelta(days=transit), rate.customs_days, destination)
        for transit in (rate.transit_min_days, rate.transit_max_days)
    )
    return Promise(first=first, last=last, order_by=order_by.astimezone(dt.UTC))


def dispatch_by(*, cutoff: str, time_zone: str, at: dt.datetime, handling_days: int, origin: Calendar) -> dt.datetime:
    """Return the moment by which goods of an order confirmed at `at` must leave: the cut-off after handling, in UTC."""
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    closing = dt.time.fromisoformat(cutoff)
    day = working_day(local.date(), origin)
    if local >= dt.datetime.combine(day, closing, tzinfo=zone):
        day = working_day(day + dt.timedelta(days=1), origin)
    leaves = add_working_days(day, handling_days, origin)
    return dt.datetime.combine(leaves, closing, tzinfo=zone).astimezone(dt.UTC)
