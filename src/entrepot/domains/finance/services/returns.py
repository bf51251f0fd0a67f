"""Writes of period returns: a version, its filing, its payment. Each is written once; none changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from entrepot.domains.finance.errors import ReturnFiled, ReturnNotFiled
from entrepot.domains.finance.models import FiledRecord, TaxFiling, TaxPayment, TaxReturn
from entrepot.domains.finance.queries.returns import hold_returns
from entrepot.domains.finance.types.returns import ReturnContent
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("finance.prepare_return")
def record_return(*, actor: Actor, entity_id: str, content: ReturnContent) -> str:
    """Store a computed return as the next version and return its id; raise ReturnFiled when its period is filed."""
    c = content
    hold_returns(entity_id=entity_id, form=c.form, jurisdiction=c.jurisdiction)
    of = {"entity_id": entity_id, "form": c.form, "jurisdiction": c.jurisdiction, "period": c.period}
    if TaxFiling.objects.filter(**of).exists():
        raise ReturnFiled(form=c.form, jurisdiction=c.jurisdiction, period=c.period)
    last = TaxReturn.objects.filter(**of).order_by("-version").values_list("version", flat=True).first()
    row = TaxReturn.objects.create(
        **of, since=c.since, until=c.until, version=(last or 0) + 1, due_date=c.due_date, currency=c.currency,
        payable_minor=c.payable_minor, content=msgspec.to_builtins(c), prepared_by=f"{actor.kind}:{actor.id}"[:60],
    )  # fmt: skip
    return str(row.public_id)


@service("finance.file_return")
def record_filing(
    *, actor: Actor, return_id: str, filed_on: dt.date, reference: str, record_ids: Sequence[int]
) -> None:
    """Record that a return was filed, and which tax records it holds; raise ReturnFiled when its period was before."""
    row = TaxReturn.objects.get(public_id=return_id)
    hold_returns(entity_id=str(row.entity_id), form=row.form, jurisdiction=row.jurisdiction)
    of = {"entity_id": row.entity_id, "form": row.form, "jurisdiction": row.jurisdiction, "period": row.period}
    if TaxFiling.objects.filter(**of).exists():
        raise ReturnFiled(form=row.form, jurisdiction=row.jurisdiction, period=row.period)
    filing = TaxFiling.objects.create(
        **of, tax_return=row, filed_on=filed_on, reference=reference[:80], filed_by=f"{actor.kind}:{actor.id}"[:60]
    )
    FiledRecord.objects.bulk_create((FiledRecord(filing=filing, record_id=key) for key in record_ids), batch_size=2000)


@service("finance.file_return")
def record_payment(*, actor: Actor, return_id: str, paid_on: dt.date, reference: str) -> bool:
    """Record that a filed return was paid, once; return whether it was not before. Raise ReturnNotFiled."""
    filing = TaxFiling.objects.filter(tax_return__public_id=return_id).first()
    if filing is None:
        raise ReturnNotFiled()
    _, fresh = TaxPayment.objects.get_or_create(
        filing=filing,
        defaults={"paid_on": paid_on, "reference": reference[:80], "recorded_by": f"{actor.kind}:{actor.id}"[:60]},
    )
    return fresh
