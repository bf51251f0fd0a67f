"""Reads of period returns: the forms (data), stored versions, what was filed and paid."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from pathlib import Path
from typing import Any

import msgspec
import yaml

from entrepot.domains.finance.errors import NoSuchReturn
from entrepot.domains.finance.types.returns import FormSpec, ReturnContent, ReturnView
from entrepot.infra import db

_FORMS = Path(__file__).parent.parent / "refdata" / "returns"


@functools.cache
def return_forms() -> dict[str, FormSpec]:
    """Return the forms of all authorities by key, in the order of their files (refdata/returns/*.yaml)."""
    found: dict[str, FormSpec] = {}
    for path in sorted(_FORMS.glob("*.yaml")):
        for form in msgspec.convert(yaml.safe_load(path.read_text("utf-8"))["forms"], list[FormSpec]):
            found[form.key] = form
    return found


def return_form(*, key: str) -> FormSpec:
    """Return a form; raise NoSuchReturn."""
    form = return_forms().get(key)
    if form is None:
        raise NoSuchReturn(kind="form", key=key[:40])
    return form


def hold_returns(*, entity_id: str, form: str, jurisdiction: str) -> None:
    """Keep others from storing or filing a return of a form for a jurisdiction, of any period, till the transaction ends.

    A filing changes what the neighbouring periods hold, so that two of them must not be computed side by side.
    """
    db.fetch("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"return:{entity_id}:{form}:{jurisdiction}"])


_VIEW = """
SELECT t.public_id::text, t.entity_id::text, t.version, t.content, t.prepared_by, t.prepared_at, f.filed_on,
       coalesce(f.reference, ''), coalesce(f.filed_by, ''), p.paid_on, coalesce(p.reference, '')
FROM finance_taxreturn t
LEFT JOIN finance_taxfiling f ON f.tax_return_id = t.id LEFT JOIN finance_taxpayment p ON p.filing_id = f.id
"""


def tax_return(*, return_id: str) -> ReturnView:
    """Return a stored return; raise NoSuchReturn."""
    try:
        key = uuid.UUID(str(return_id))
    except ValueError as fault:
        raise NoSuchReturn(kind="return", key=str(return_id)[:40]) from fault
    rows = db.fetch(f"{_VIEW} WHERE t.public_id = %s", [key])
    if not rows:
        raise NoSuchReturn(kind="return", key=str(return_id)[:40])
    return _view(rows[0])


def tax_returns(*, entity_id: str, form: str = "", jurisdiction: str = "", period: str = "") -> tuple[ReturnView, ...]:
    """Return stored returns, all versions, newest first; "" is all."""
    rows = db.fetch(
        f"{_VIEW} WHERE t.entity_id = %s AND (%s = '' OR t.form = %s) AND (%s = '' OR t.jurisdiction = %s)"
        " AND (%s = '' OR t.period = %s) ORDER BY t.until DESC, t.form, t.jurisdiction, t.version DESC LIMIT 2000",
        [entity_id, form, form, jurisdiction, jurisdiction, period, period],
    )
    return tuple(_view(row) for row in rows)


def _view(row: tuple[Any, ...]) -> ReturnView:
    content = row[3] if isinstance(row[3], str) else msgspec.json.encode(row[3])
    key, entity_id, version, _, *rest = row
    return ReturnView(key, entity_id, version, msgspec.json.decode(content, type=ReturnContent), *rest)


def filed_between(*, entity_id: str, since: dt.date, until: dt.date) -> tuple[ReturnView, ...]:
    """Return filed returns of periods that end between two days."""
    rows = db.fetch(
        f"{_VIEW} WHERE t.entity_id = %s AND t.until BETWEEN %s AND %s AND f.id IS NOT NULL ORDER BY t.until",
        [entity_id, since, until],
    )
    return tuple(_view(row) for row in rows)


_SEEN = """
SELECT DISTINCT r.country, r.region FROM finance_taxrecord r
WHERE r.entity_id = %s AND r.date BETWEEN %s AND %s AND r.collector = 'seller' AND (r.scheme = ANY(%s) OR %s)
"""


def jurisdictions_seen(*, entity_id: str, since: dt.date, until: dt.date, form: FormSpec) -> set[str]:
    """Return for which jurisdictions a form has records the seller collected tax by, in a period (both days inclusive)."""
    rows = db.fetch(_SEEN, [entity_id, since, until, list(form.schemes), not form.schemes])
    found = set()
    for country, region in rows:
        if not form.countries or country in form.countries:
            place = f"{country}-{region}" if form.per == "region" else country
            found.add(form.jurisdiction if form.per == "one" else place)
    return {place for place in found if place and not place.endswith("-")}
