"""When a log-in is heard: a few wrong tries cost nothing, more cost time, and a guesser gets nowhere.

Two counters, by e-mail and by network address, over the same window. A success clears the e-mail's counter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

WINDOW = dt.timedelta(minutes=15)
TRIES_PER_EMAIL = 5
TRIES_PER_ADDRESS = 30


def wait_s(failures: Sequence[dt.datetime], at: dt.datetime, tries: int) -> int:
    """Return for how many seconds no further try is heard, 0 when one is.

    Args:
        failures: moments of the failed tries of one subject, in any order.
        tries: how many failures within WINDOW are borne.
    """
    recent = sorted(moment for moment in failures if moment > at - WINDOW)
    if len(recent) < tries:
        return 0
    opens = recent[-tries] + WINDOW
    return max(1, int((opens - at).total_seconds()) + 1)


def tries_left(failures: Sequence[dt.datetime], at: dt.datetime, tries: int) -> int:
    """Return how many more wrong tries are borne before the wait."""
    return max(0, tries - sum(1 for moment in failures if moment > at - WINDOW))
