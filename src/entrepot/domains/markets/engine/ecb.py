"""Exchange rates as the European Central Bank publishes them: the wide table (Date, USD, JPY, …) or the long one
(Date, Currency, Rate); units of the currency per one euro. Refuses: a header of neither form, a number that is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from entrepot.kernel.errors import InvalidInput

BASE = "EUR"
_NOTHING = {"", "N/A", "-"}


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        pass
    try:
        return dt.datetime.strptime(text.strip(), "%d %B %Y").date()  # noqa: DTZ007 a civil date, the daily file's form
    except ValueError as fault:
        raise InvalidInput(field="Date", value=text, rule="A date is YYYY-MM-DD.") from fault


def _rate(text: str, currency: str, day: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation as fault:
        raise InvalidInput(field=f"{currency} {day}", value=text, rule="A rate is a number.") from fault


def read(rows: Iterable[Sequence[str]]) -> Iterator[tuple[dt.date, str, Decimal]]:
    """Return (date, currency, units per euro) of a CSV file's rows, header first; empty cells are left out."""
    lines = iter(rows)
    header = [name.strip() for name in next(lines, [])]
    if header[:1] != ["Date"]:
        raise InvalidInput(field="file", value=",".join(header)[:60], rule="The first column of an ECB file is Date.")
    if header[:3] == ["Date", "Currency", "Rate"]:
        for row in lines:
            if len(row) >= 3 and row[2].strip() not in _NOTHING:
                yield _date(row[0]), row[1].strip(), _rate(row[2], row[1], row[0])
        return
    for row in lines:
        if not row:
            continue
        day = _date(row[0])
        for currency, text in zip(header[1:], row[1:], strict=False):
            if currency and text.strip() not in _NOTHING:
                yield day, currency, _rate(text, currency, row[0])
