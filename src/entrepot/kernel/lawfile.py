"""Tables of law as read from a file (plain dicts): dated rows, checked one by one, the same for every kind of law.

A row has `from`/`until` (half-open civil dates), `source` and `confidence`, perhaps a `doubt`, and fields of its table.
Refuses a row without source or confidence, an unknown field, a date that is none, a rate written as a float, and a gap or
overlap between rows of one key. The domain that owns the file names the refusal (`bad`): an error with file, row, what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.kernel.errors import DataFault
from entrepot.kernel.period import Period, refuse_gap_or_overlap
from entrepot.kernel.trade import RuleRef

DATED = frozenset({"from", "until", "source", "confidence", "note", "doubt"})


class LawRow(msgspec.Struct, frozen=True):
    """A dated row of a table, with where it stands."""

    file: str
    number: int
    period: Period
    fields: Mapping[str, Any]


def ppm(percent: Any) -> int:
    """Return a rate given in percent (text or int, never float) as parts per million; ValueError otherwise."""
    if isinstance(percent, float):
        raise ValueError("a rate is written as text, never as a float")
    value = Decimal(str(percent)) * 10_000
    if value != int(value) or value < 0:
        raise ValueError(f"{percent} % is no rate of at most four decimals")
    return int(value)


def amount_fault(fields: Mapping[str, Any], names: Iterable[str]) -> str:
    """Say which of the named fields is no amount in major units written as text, "" when all are or are absent."""
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, float):
            return f"{name} is written as text, never as a float"
        try:
            good = Decimal(str(value)).is_finite() and Decimal(str(value)) >= 0
        except ArithmeticError:
            good = False
        if not good:
            return f"{name} {value} is no amount"
    return ""


def rows_of(
    table: str, listed: Sequence[Mapping[str, Any]], *, allowed: Iterable[str], file: str, bad: type[DataFault]
) -> tuple[LawRow, ...]:
    """Check and wrap the rows of one table; raise `bad` naming file, table and row number (from 1).

    `allowed` are the table's own fields; those of every dated row come by themselves.
    """
    known = DATED | set(allowed)
    wrapped = []
    for number, fields in enumerate(listed, 1):
        what = _fault(fields, known)
        if what:
            raise bad(file=file, row=f"{table} {number}", what=what)
        wrapped.append(LawRow(file, number, Period(fields.get("from"), fields.get("until")), fields))
    return tuple(wrapped)


def _fault(fields: Mapping[str, Any], known: frozenset[str]) -> str:
    """Say what is wrong with a row, "" when nothing is."""
    unknown = {str(name) for name in fields} - known
    if unknown:
        return f"unknown field {', '.join(sorted(unknown))}"
    for needed in ("source", "confidence"):
        if not fields.get(needed):
            return f"no {needed}"
    start, end = fields.get("from"), fields.get("until")
    for edge in (start, end):
        if edge is not None and (not isinstance(edge, dt.date) or isinstance(edge, dt.datetime)):
            return f"{edge} is no civil date"
    if start and end and end <= start:
        return "it ends before it begins"
    try:
        if "rate" in fields:
            ppm(fields["rate"])
    except (ValueError, ArithmeticError) as fault:
        return str(fault)
    return ""


def refuse_contradictions(rows: Iterable[LawRow], *, file: str, key_of: Callable[[LawRow], str]) -> None:
    """Raise GapOrOverlap, naming file and rows, unless the rows of each key follow each other exactly."""
    by_key: dict[str, list[LawRow]] = {}
    for row in rows:
        by_key.setdefault(key_of(row), []).append(row)
    for key, group in by_key.items():
        numbers = ", ".join(str(row.number) for row in group)
        refuse_gap_or_overlap(group, table=file, key=f"{key} (rows {numbers})")


def with_doubt(source: Any, doubt: Any) -> str:
    """Return a source in one line; a doubt is said along with it, so that it is read wherever the source is."""
    return " ".join((f"{source}; doubt: {doubt}" if doubt else str(source)).split())


def reference(row: LawRow, table: str, key: str, value: str) -> RuleRef:
    """Return the RuleRef of a row, with its doubt."""
    fields = row.fields
    since = row.period.start.isoformat() if row.period.start else ""
    until = row.period.end.isoformat() if row.period.end else ""
    source = with_doubt(fields["source"], fields.get("doubt"))
    return RuleRef(table, key, value, source, str(fields["confidence"]), since, until)
