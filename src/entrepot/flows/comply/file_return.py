"""Record that a return was filed, and that it was paid: in words, in numbers and in the books."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine import return_entries
from entrepot.domains.finance.errors import PeriodNotOver, RateNotPublished, ReturnFiled, ReturnOutdated
from entrepot.domains.finance.types import FormSpec, ReturnView, StoredRecord
from entrepot.domains.ledger import services as ledger
from entrepot.flows.comply.prepare_return import computed, records_in
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import N_, InvalidInput


def file_return(*, actor: Actor, return_id: str, filed_on: dt.date, reference: str, today: dt.date) -> ReturnView:
    """Freeze a draft as filed: which records it holds, when and under which reference; its tax becomes due in the books.

    Raises:
        NoSuchReturn, ReturnFiled; PeriodNotOver; ReturnOutdated (it would say something else now, or a newer version exists);
        RateNotPublished (an exchange rate is provisional).
        InvalidInput: no reference, or a day before the period's end or after today.
    """
    actor.require("finance.file_return")
    reference = " ".join(reference.split())
    if not reference:
        rule = N_("Give the reference the authority confirmed the filing with.")
        raise InvalidInput(field="reference", value="", rule=rule)
    view = finance.tax_return(return_id=return_id)
    c = view.content
    if today <= c.until:
        raise PeriodNotOver(period=c.period, until=c.until.isoformat())
    if not c.until < filed_on <= today:
        rule = N_("A return is filed after its period, and not in the future.")
        raise InvalidInput(field="filed_on", value=filed_on.isoformat(), rule=rule)
    with db.transaction():
        form = finance.return_form(key=c.form)
        finance.hold_returns(entity_id=view.entity_id, form=c.form, jurisdiction=c.jurisdiction)
        records = _confirmed(view, form)
        services.record_filing(
            actor=actor, return_id=view.id, filed_on=filed_on, reference=reference,
            record_ids=[row.id for row in records],
        )  # fmt: skip
        drafts = return_entries.filed(return_id=view.id, entity_id=view.entity_id, content=c, form=form, on=filed_on)
        for draft in drafts:
            ledger.post_entry(actor=SYSTEM, draft=draft)
    return finance.tax_return(return_id=return_id)


def _confirmed(view: ReturnView, form: FormSpec) -> tuple[StoredRecord, ...]:
    """The records of a draft that may be filed: the newest, and what would be computed of exactly these records now.

    Records are read before they are computed and only ever added, so that as many of both are the same.
    """
    c = view.content
    asked = {"entity_id": view.entity_id, "jurisdiction": c.jurisdiction, "period": c.period}
    versions = finance.tax_returns(form=c.form, **asked)
    if any(one.filed_on is not None for one in versions):
        raise ReturnFiled(form=c.form, jurisdiction=c.jurisdiction, period=c.period)
    records = records_in(form=form, **asked)
    now = computed(form=form, **asked)
    if versions[0].id != view.id or now != c or len(records) != now.records:
        raise ReturnOutdated(period=c.period)
    for rate in now.rates:
        if rate.provisional:
            told = {"day": rate.day.isoformat(), "used": rate.date.isoformat()}
            raise RateNotPublished(currency=rate.currency, **told)
    return records


def pay_return(*, actor: Actor, return_id: str, paid_on: dt.date, reference: str, today: dt.date) -> ReturnView:
    """Record that a filed return was paid, once, and post it; raise ReturnNotFiled, InvalidInput (a day to come)."""
    actor.require("finance.file_return")
    if paid_on > today:
        raise InvalidInput(field="paid_on", value=paid_on.isoformat(), rule=N_("A payment does not lie in the future."))
    view = finance.tax_return(return_id=return_id)
    with db.transaction():
        if services.record_payment(
            actor=actor, return_id=view.id, paid_on=paid_on, reference=" ".join(reference.split())
        ):
            draft = return_entries.paid(return_id=view.id, entity_id=view.entity_id, content=view.content, on=paid_on)
            if draft is not None:
                ledger.post_entry(actor=SYSTEM, draft=draft)
    return finance.tax_return(return_id=return_id)


def stale(view: ReturnView) -> bool:
    """Say whether a draft no longer says what its records do."""
    c = view.content
    if view.filed_on is not None:
        return False
    form = finance.return_form(key=c.form)
    now = computed(entity_id=view.entity_id, form=form, jurisdiction=c.jurisdiction, period=c.period)
    return now != c
