"""Half-open periods of civil dates, and dated tables without gap or overlap."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec

from entrepot.kernel.errors import N_, DataFault


class GapOrOverlap(DataFault):
    """A dated table has a gap or an overlap. Params: table, key, what."""

    code = "GAP_OR_OVERLAP"
    sentence = N_("%(table)s, %(key)s: %(what)s. Mend the dates in that file; nothing was loaded.")


class Period(msgspec.Struct, frozen=True):
    """From `start` (inclusive) until `end` (exclusive); None is open on that side."""

    start: dt.date | None = None
    end: dt.date | None = None

    def __contains__(self, day: dt.date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


class Dated(Protocol):
    """Any row with a period."""

    @property
    def period(self) -> Period:
        """When the row is in force."""
        ...


Row = TypeVar("Row", bound=Dated)


def next_boundary(rows: Iterable[Dated], on: dt.date) -> dt.date | None:
    """Return the first day after `on` at which any row starts or ends, None when nothing changes."""
    edges = [edge for row in rows for edge in (row.period.start, row.period.end) if edge is not None and edge > on]
    return min(edges, default=None)


def refuse_gap_or_overlap(rows: Iterable[Dated], *, table: str, key: str) -> None:
    """Raise GapOrOverlap unless the rows follow each other without gap or overlap.

    An open start of the first and an open end of the last row are allowed; a table that simply begins is no gap.
    """
    ordered = sorted(rows, key=lambda row: row.period.start or dt.date.min)
    for before, after in itertools.pairwise(ordered):
        end, start = before.period.end, after.period.start
        if end is None or start is None or start < end:
            raise GapOrOverlap(table=table, key=key, what=f"two rows are in force on {start or end}")
        if start > end:
            raise GapOrOverlap(table=table, key=key, what=f"no row is in force from {end} until {start}")
