"""Bring in nomenclatures: texts and notes of codes, from any file whose form is known."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec

from entrepot.domains.customs import services as customs
from entrepot.domains.customs.engine.nomenclature_files import read_rows
from entrepot.flows.bring_in.import_fx import opened
from entrepot.infra import db
from entrepot.kernel.actor import Actor


class NomenclatureImported(msgspec.Struct, frozen=True):
    """What became of a file: codes read, and rows that differed from what was stored."""

    read: int
    changed: int


def import_nomenclature(*, actor: Actor, path: Path, source: str) -> NomenclatureImported:
    """Load a nomenclature file (.csv or .csv.gz); rows that are as stored stay untouched.

    Raises:
        NotFound, InvalidInput: no such file, or a header of no form we know; then nothing is stored.
    """
    with opened(path) as handle:
        reader = csv.DictReader(handle)
        rows = list(read_rows(reader.fieldnames or (), reader))
    with db.transaction():
        changed = customs.import_nomenclature(actor=actor, rows=rows, source=source)
    return NomenclatureImported(len(rows), changed)
