"""When a return is due."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from entrepot.kernel.errors import InvalidInput

_PERIOD = re.compile(r"(\d{4})-(?:Q([1-4])|(\d{2}))")


def due_date(period: str) -> dt.date:
    """Return the last day of the month after a period, given as 2026-11 (month) or 2026-Q4 (quarter).

    Source: European Commission, One Stop Shop: end of the month that follows the period; a weekend does not shift it.
    """
    found = _PERIOD.fullmatch(period)
    month = int(found[2]) * 3 if found and found[2] else int(found[3]) if found else 0
    if not found or not 1 <= month <= 12:
        raise InvalidInput(field="period", value=period, rule="A period is 2026-11 or 2026-Q4.")
    year = int(found[1])
    year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dt.date(year, month, calendar.monthrange(year, month)[1])
