"""Writes of tax."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax.models import Registration
from entrepot.domains.tax.queries import registrations_memo, rules_memo
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput


def _forget() -> None:
    registrations_memo.forget()
    rules_memo.forget()


@service("tax.register")
def register(
    *,
    actor: Actor,
    entity_id: str,
    scheme: str,
    jurisdiction: str,
    number: str,
    from_date: dt.date,
    until: dt.date | None = None,
) -> str:
    """Record a registration (or its new end, or a corrected number) and return its public id.

    Args:
        scheme: ioss, oss, vat, sales_tax … as the tables of law name it. jurisdiction: EU, DE, US-CA …
        until: first day on which it no longer holds.
    Raises:
        NotFound: no such entity.
        InvalidInput: it ends before it begins, or an earlier registration is still open on `from_date`.
    """
    entity = organisation.entity_key(entity_id=entity_id)
    if until is not None and until <= from_date:
        raise InvalidInput(field="until", value=until, rule="A registration ends after it begins.")
    same = Registration.objects.filter(entity_id=entity, scheme=scheme, jurisdiction=jurisdiction)
    for other in same.exclude(from_date=from_date):
        if (until is None or other.from_date < until) and (other.until is None or from_date < other.until):
            raise InvalidInput(
                field="from_date", value=from_date, rule="It overlaps another registration of the scheme."
            )
    row, _ = Registration.objects.update_or_create(
        entity_id=entity,
        scheme=scheme,
        jurisdiction=jurisdiction,
        from_date=from_date,
        defaults={"number": number, "until": until},
    )
    _forget()
    db.on_commit(_forget)
    return str(row.public_id)
