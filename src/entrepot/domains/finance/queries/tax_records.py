"""Reads of tax records."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Sequence
from pathlib import Path

import yaml

from entrepot.domains.finance.engine.tax_records import Supply, supply_of
from entrepot.domains.finance.types.tax_records import StoredRecord, TaxRecord, TaxSum
from entrepot.infra import db

_SUPPLIES = Path(__file__).parent.parent / "refdata" / "return_supplies.yaml"
_COLUMNS = ", ".join(f"r.{name}" for name in TaxRecord.__struct_fields__)
_FIRST = f"SELECT {_COLUMNS} FROM finance_taxrecord r WHERE r.entry_key = ANY(%s) AND r.place = 0"  # noqa: S608 own columns
_ALIKE = ", ".join(f"r.{name}" for name in TaxSum.__struct_fields__[2:16])


@functools.cache
def supply_kinds() -> Supply:
    """Return what says which kind of supply a sale is (refdata/return_supplies.yaml)."""
    return supply_of(yaml.safe_load(_SUPPLIES.read_text("utf-8"))["kinds"])


def tax_records_of(*, entry_key: str) -> tuple[TaxRecord, ...]:
    """Return the records that were written with an entry, in their order."""
    rows = db.fetch(f"SELECT {_COLUMNS} FROM finance_taxrecord r WHERE r.entry_key = %s ORDER BY r.place", [entry_key])  # noqa: S608 own columns
    return tuple(TaxRecord(*row) for row in rows)


def tax_records_of_document(*, document: str) -> tuple[TaxRecord, ...]:
    """Return all records of a document (`order:<id>`), oldest first."""
    rows = db.fetch(f"SELECT {_COLUMNS} FROM finance_taxrecord r WHERE r.document = %s ORDER BY r.id", [document])  # noqa: S608 own columns
    return tuple(TaxRecord(*row) for row in rows)


# Of a period: what counts in it and stands in no filed return of the form, and what counts earlier but came after that
# period's return was filed. With a filing: what it holds.
_WANTED = """
FROM finance_taxrecord r
WHERE r.entity_id = %(entity)s AND r.date <= %(until)s
  AND (r.date >= %(since)s OR EXISTS (
        SELECT 1 FROM finance_taxfiling f JOIN finance_taxreturn t ON t.id = f.tax_return_id
        WHERE f.entity_id = %(entity)s AND f.form = %(form)s AND f.jurisdiction = %(jurisdiction)s
          AND r.date BETWEEN t.since AND t.until))
  AND NOT EXISTS (
        SELECT 1 FROM finance_filedrecord x JOIN finance_taxfiling f ON f.id = x.filing_id
        WHERE x.record_id = r.id AND f.form = %(form)s AND f.jurisdiction = %(jurisdiction)s)
  AND (r.scheme = ANY(%(schemes)s::text[]) OR cardinality(%(schemes)s::text[]) = 0
       OR r.collector = 'marketplace' AND 'marketplace' = ANY(%(schemes)s::text[]))
  AND (r.country = ANY(%(countries)s::text[]) OR r.dispatch_country = ANY(%(exports)s::text[])
       OR cardinality(%(countries)s::text[]) = 0)
"""


def tax_sums(
    *, entity_id: str, since: dt.date, until: dt.date, form: str, jurisdiction: str,
    schemes: Sequence[str], countries: Sequence[str], exports: Sequence[str],
) -> tuple[TaxSum, ...]:  # fmt: skip
    """Return what a return of a period (both days inclusive) may hold, added up by the database; one statement.

    Args:
        schemes, countries: () is all. exports: countries of dispatch whose sales abroad count too.
    """
    asked = _asked(entity_id, since, until, form, jurisdiction, schemes, countries, exports)
    rows = db.fetch(
        f"SELECT r.date, date_trunc('month', r.origin_date)::date, {_ALIKE}, sum(r.net_minor)::bigint,"
        f" sum(r.base_minor)::bigint, sum(r.tax_minor)::bigint, count(*) {_WANTED}"
        f" GROUP BY 1, 2, {_ALIKE}",
        asked,
    )
    return tuple(TaxSum(*row) for row in rows)


def return_records(
    *, entity_id: str, since: dt.date, until: dt.date, form: str, jurisdiction: str,
    schemes: Sequence[str], countries: Sequence[str], exports: Sequence[str],
) -> tuple[StoredRecord, ...]:  # fmt: skip
    """Return the same record by record, with their numbers."""
    asked = _asked(entity_id, since, until, form, jurisdiction, schemes, countries, exports)
    rows = db.fetch(f"SELECT r.id, {_COLUMNS} {_WANTED} ORDER BY r.id", asked)
    return tuple(StoredRecord(row[0], TaxRecord(*row[1:])) for row in rows)


def filed_records(*, return_id: str) -> tuple[StoredRecord, ...]:
    """Return the records that a filed return holds; none of a draft."""
    rows = db.fetch(
        f"SELECT r.id, {_COLUMNS} FROM finance_filedrecord x JOIN finance_taxrecord r ON r.id = x.record_id"  # noqa: S608 own columns
        " JOIN finance_taxfiling f ON f.id = x.filing_id JOIN finance_taxreturn t ON t.id = f.tax_return_id"
        " WHERE t.public_id = %s ORDER BY r.id",
        [uuid.UUID(return_id)],
    )
    return tuple(StoredRecord(row[0], TaxRecord(*row[1:])) for row in rows)


def _asked(
    entity_id: str, since: dt.date, until: dt.date, form: str, jurisdiction: str,
    schemes: Sequence[str], countries: Sequence[str], exports: Sequence[str],
) -> dict[str, object]:  # fmt: skip
    return {
        "entity": entity_id, "since": since, "until": until, "form": form, "jurisdiction": jurisdiction,
        "schemes": list(schemes), "countries": list(countries), "exports": list(exports),
    }  # fmt: skip


_BY_ENTRY = """
SELECT r.entry_key, r.date, r.account, r.currency, sum(r.tax_minor)::bigint FROM finance_taxrecord r
WHERE r.entity_id = %s AND r.date BETWEEN %s AND %s GROUP BY 1, 2, 3, 4
"""


def recorded_tax(*, entity_id: str, since: dt.date, until: dt.date) -> tuple[tuple[str, dt.date, str, str, int], ...]:
    """Return (entry key, day, account, currency, tax) of all records of a period, both days inclusive; account "" bears none."""
    return tuple(db.fetch(_BY_ENTRY, [entity_id, since, until]))  # type: ignore[arg-type]


_BY_SCHEME = """
SELECT r.account, r.country, r.region, r.scheme, r.currency, sum(r.tax_minor)::bigint, count(*) FROM finance_taxrecord r
WHERE r.entity_id = %s AND r.date BETWEEN %s AND %s AND r.account <> '' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


def recorded_by_scheme(
    *, entity_id: str, since: dt.date, until: dt.date
) -> tuple[tuple[str, str, str, str, str, int, int], ...]:
    """Return (account, country, region, scheme, currency, tax, records) of a period, by account and place."""
    return tuple(db.fetch(_BY_SCHEME, [entity_id, since, until]))  # type: ignore[arg-type]


_ON_ENTRIES = """
SELECT r.entry_key, r.currency, sum(r.tax_minor)::bigint FROM finance_taxrecord r
WHERE r.entry_key = ANY(%s) AND r.account = %s GROUP BY 1, 2
"""


def recorded_on(*, keys: Sequence[str], account: str) -> dict[tuple[str, str], int]:
    """Return the tax of all records of some entries on an account, by (entry key, currency). One statement."""
    return {(key, currency): amount for key, currency, amount in db.fetch(_ON_ENTRIES, [list(keys), account])}


def records_by_entry(*, keys: Sequence[str]) -> dict[str, TaxRecord]:
    """Return the first record of each of these entries that has one, by entry key. One statement."""
    rows = db.fetch(_FIRST, [list(keys)])
    return {row[0]: TaxRecord(*row) for row in rows}
