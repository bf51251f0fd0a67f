"""Writes of credit notes."""

from __future__ import annotations

import datetime as dt

import msgspec

from entrepot.domains.finance.engine.en16931.rules import refuse_broken
from entrepot.domains.finance.models import CreditNote
from entrepot.domains.finance.queries import credit_note_number
from entrepot.domains.finance.types import TaxInvoice
from entrepot.domains.orders.types import ChangedLines
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("finance.issue_credit_note")
def record_credit_note(
    *,
    actor: Actor,
    entity_id: str,
    change: ChangedLines,
    currency: str,
    year: int,
    number: int,
    document: TaxInvoice,
    at: dt.datetime,
) -> str:
    """Record an issued credit note and return its printed number.

    The database refuses a second one for the same change and a number used before. Raises InvoiceBreaksRule.
    """
    refuse_broken(document)
    CreditNote.objects.create(
        entity_id=entity_id,
        year=year,
        number=number,
        order_id=change.order_id,
        change_id=change.id,
        currency=currency,
        amount_minor=-change.amount_minor,
        tax_minor=document.totals.tax_minor,
        document_id="",
        content=msgspec.json.encode(document).decode(),
        issued_at=at,
    )
    return credit_note_number(year=year, number=number)
