"""The only clock of the house. Interfaces and jobs read it once and pass the time down as an argument.

With `ENTREPOT_DEMO_DATE=YYYY-MM-DD` the civil date stands still at that day while the time of day runs,
so that a demo or a test meets the same law and the same exchange rates every day.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings


def demo_date() -> dt.date | None:
    """Return the stated day of the demo, None in real life."""
    return settings.ENTREPOT_DEMO_DATE


def now() -> dt.datetime:
    """Return the present moment in UTC (on the demo's day, if one is set)."""
    real = dt.datetime.now(dt.UTC)
    day = demo_date()
    return real if day is None else dt.datetime.combine(day, real.timetz())


def today(zone: str = "UTC") -> dt.date:
    """Return the civil date in a time zone."""
    return now().astimezone(ZoneInfo(zone)).date()
