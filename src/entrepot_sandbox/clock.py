"""Two clocks: `now` follows ENTREPOT_DEMO_DATE like the shop it serves, `real` is for signatures and retries."""

from __future__ import annotations

import datetime as dt
import os
import time


def real() -> float:
    """Return the present moment as Unix seconds."""
    return time.time()


def now() -> dt.datetime:
    """Return the present moment in UTC, on the stated day of the demo if there is one."""
    moment = dt.datetime.now(dt.UTC)
    day = os.environ.get("ENTREPOT_DEMO_DATE", "")
    return dt.datetime.combine(dt.date.fromisoformat(day), moment.timetz()) if day else moment


def stamp() -> str:
    """Return `now` as ISO text."""
    return now().isoformat(timespec="milliseconds")
