"""A record set as a file: JSON, or CSV with a row per article and the head repeated in each."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec

from entrepot.domains.declarations.types import RecordSet, RecordValue
from entrepot.kernel.sheet import calm

FORMATS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
FIRST = ("set", "form_version", "dataset", "dataset_version")


def written(told: RecordSet, form: str) -> bytes:
    """Return a record set in a form of `FORMATS`; the same set gives the same bytes."""
    return as_json(told) if form == "json" else as_csv(told)


def as_json(told: RecordSet) -> bytes:
    """Return a record set as JSON: head and items by the authority's field, fields left to others without value left out."""
    content: dict[str, Any] = {
        "set": told.kind,
        "form_version": told.version,
        "dataset": told.dataset_id,
        "dataset_version": told.dataset_version,
        "source": told.source,
        "confidence": told.confidence,
        "head": _by_field(told.head),
        "items": [_by_field(item) for item in told.items],
        "open": [f"{value.field} {value.name}" for value in told.head if value.by and not value.value],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


def as_csv(told: RecordSet) -> bytes:
    """Return a record set as CSV: columns are the authority's fields; a cell that a spreadsheet would run is defused."""
    columns = [*FIRST, *(f"{v.field} {v.name}" for v in told.head)]
    columns += [f"{v.field} {v.name}" for v in told.items[0]] if told.items else []
    first = [told.kind, told.version, told.dataset_id, str(told.dataset_version), *(v.value for v in told.head)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for item in told.items or ((),):
        writer.writerow([calm(cell) for cell in (*first, *(v.value for v in item))])
    return out.getvalue().encode("utf-8-sig")


def _by_field(values: tuple[RecordValue, ...]) -> dict[str, dict[str, str]]:
    return {v.field: {"name": v.name, "value": v.value} for v in values if v.value}
