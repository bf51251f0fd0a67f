"""Writes of tax records."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from entrepot.domains.finance.types.tax_records import TaxRecord
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor

_COLUMNS = TaxRecord.__struct_fields__
_KINDS = {"place": "int", "rate_ppm": "int", "net_minor": "bigint", "base_minor": "bigint", "tax_minor": "bigint",
          "date": "date", "origin_date": "date"}  # fmt: skip
_RECORD = f"""
WITH fresh AS (
    INSERT INTO finance_taxrecord (entity_id, {", ".join(_COLUMNS)})
    SELECT %s, {", ".join(f"r.{name}" for name in _COLUMNS)}
    FROM jsonb_to_recordset(%s::jsonb) AS r({", ".join(f"{name} {_KINDS.get(name, 'text')}" for name in _COLUMNS)})
    WHERE NOT EXISTS (SELECT 1 FROM finance_taxrecord x WHERE x.entry_key = r.entry_key)
    ON CONFLICT (entry_key, place) DO NOTHING RETURNING 1
)
SELECT count(*) FROM fresh
"""  # noqa: S608 names of columns, from the type


@service("finance.record_tax")
def record_tax(*, actor: Actor, entity_id: str, records: Sequence[TaxRecord]) -> int:
    """Store tax records that are not stored yet and return how many those were. One statement; none for no records.

    An entry's records are stored all at once or not at all: where there are any of it, nothing is added.
    """
    if not records:
        return 0
    return int(db.fetch(_RECORD, [entity_id, msgspec.json.encode(records).decode()])[0][0])
