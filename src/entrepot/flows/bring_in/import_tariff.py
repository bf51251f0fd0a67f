"""Bring in a customs tariff: read, check every line, store the good ones in one statement, tell of the bad ones."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import msgspec

from entrepot.domains.customs import services as customs
from entrepot.domains.customs.engine.tariff_files import (
    BadLine,
    TariffLine,
    preference_rates,
    read_lines,
    tariff_rows,
)
from entrepot.domains.customs.queries import column_of, programmes
from entrepot.flows.bring_in.import_fx import opened
from entrepot.infra import db
from entrepot.kernel.actor import Actor


class TariffImported(msgspec.Struct, frozen=True):
    """What became of a file: lines read, rows stored (with the six-digit ones), rows that differed from before,
    lines left out because their rate is specific or compound, the lines that could not be used, and preferential rates stored."""

    read: int
    stored: int
    changed: int
    compound: int
    bad: tuple[BadLine, ...]
    preferences: int = 0


def import_tariff(
    *,
    actor: Actor,
    path: Path,
    territory: str,
    from_date: dt.date,
    source: str,
    until: dt.date | None = None,
    added: str = "",
) -> TariffImported:
    """Load a tariff file for a territory from a day on; open rows of an older edition end on that day.

    Args:
        added: name of a duty that comes on top of the base rate (by code and origin); "" for the tariff itself.
    Raises:
        NotFound, InvalidInput: no such file or territory, or a header of no form we know; then nothing is stored.
    """
    with opened(path) as handle:
        reader = csv.DictReader(handle)
        found = list(read_lines(reader.fieldnames or (), reader, column_of(territory=territory)))
    lines = [line for line in found if isinstance(line, TariffLine)]
    rows = tariff_rows(lines, name=added, added=bool(added))
    known = {one.key for one in programmes(on=from_date) if one.territory == territory}
    preferences = preference_rates(lines, known) if not added else {}
    with db.transaction():
        changed = customs.import_tariff(
            actor=actor, territory=territory, rows=rows, from_date=from_date, until=until, source=source,
            added=bool(added),
        )  # fmt: skip
        if preferences:
            changed += customs.import_preferences(
                actor=actor, territory=territory, rates=preferences, from_date=from_date, until=until, source=source,
                listed={line.code for line in lines},
            )  # fmt: skip
    return TariffImported(
        read=len(found),
        stored=len(rows),
        changed=changed,
        compound=sum(line.rate_ppm is None for line in lines),
        bad=tuple(line for line in found if isinstance(line, BadLine)),
        preferences=len(preferences),
    )
