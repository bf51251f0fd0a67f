"""Writes of tax invoices and of the forms drawn from them."""

from __future__ import annotations

import datetime as dt

import msgspec

from entrepot.domains.finance.engine.en16931.rules import refuse_broken
from entrepot.domains.finance.models import Invoice, InvoicePaper
from entrepot.domains.finance.queries.invoices import invoice_number
from entrepot.domains.finance.types import TaxInvoice
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("finance.issue_invoice")
def record_invoice(
    *, actor: Actor, entity_id: str, order_id: str, year: int, number: int, document: TaxInvoice, at: dt.datetime
) -> str:
    """Record an issued invoice and return its printed number; one statement, the last of its transaction.

    The database refuses a second one for the same order and a number used before.

    Raises:
        InvoiceBreaksRule: it breaks a rule; nothing is issued.
    """
    refuse_broken(document)
    Invoice.objects.create(
        entity_id=entity_id,
        order_id=order_id,
        year=year,
        number=number,
        currency=document.currency,
        amount_minor=document.totals.gross_minor,
        tax_minor=document.totals.tax_minor,
        content=msgspec.json.encode(document).decode(),
        issued_at=at,
    )
    return invoice_number(year=year, number=number)


@service("finance.draw_invoice")
def record_paper(*, actor: Actor, of_id: str, form: str, document_id: str, at: dt.datetime) -> None:
    """Record a drawn form of an invoice or credit note; a second drawing of the same changes nothing."""
    row = InvoicePaper(of_id=of_id, form=form, document_id=document_id, drawn_at=at)
    InvoicePaper.objects.bulk_create([row], ignore_conflicts=True)
