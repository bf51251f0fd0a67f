"""Bring in local tax rates by postal code: read, check every line, store the good ones in one statement, tell of the bad ones."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import msgspec

from entrepot.domains.tax import services as tax
from entrepot.domains.tax.engine.local_files import BadLocalLine, LocalLine, read_lines
from entrepot.flows.bring_in.import_fx import opened
from entrepot.infra import db
from entrepot.kernel.actor import Actor


class LocalTaxImported(msgspec.Struct, frozen=True):
    """What became of a file: lines read, rows stored, rows that differed from before, and lines that could not be used."""

    read: int
    stored: int
    changed: int
    bad: tuple[BadLocalLine, ...]


def import_local_tax(
    *, actor: Actor, path: Path, jurisdiction: str, from_date: dt.date, source: str
) -> LocalTaxImported:
    """Load a file of local rates that hold from a day on; open rows of an older edition end on that day.

    Raises:
        NotFound, InvalidInput: no such file or jurisdiction, or a header of no form we know; then nothing is stored.
    """
    with opened(path) as handle:
        reader = csv.DictReader(handle)
        found = list(read_lines(reader.fieldnames or (), reader))
    lines = {(line.region, line.postcode): line for line in found if isinstance(line, LocalLine)}
    with db.transaction():
        changed = tax.import_local_rates(
            actor=actor, jurisdiction=jurisdiction, lines=lines.values(), from_date=from_date, source=source
        )
    bad = tuple(line for line in found if isinstance(line, BadLocalLine))
    return LocalTaxImported(read=len(found), stored=len(lines), changed=changed, bad=bad)
