"""Reads of finance: tax invoices, and with them credit notes as documents."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from entrepot.domains.finance.engine.invoice_reasons import CategoryRow, Invoicing
from entrepot.domains.finance.errors import NoSuchInvoice
from entrepot.domains.finance.models import CreditNote, Invoice, InvoicePaper
from entrepot.domains.finance.queries.credit_notes import credit_note_number
from entrepot.domains.finance.types import InvoiceView, NumberSeries, TaxInvoice
from entrepot.infra import db

_ROOM = Path(__file__).parent.parent
_document = msgspec.json.Decoder(TaxInvoice).decode
_NUMBER = re.compile(r"(INV|CN)-(\d{4})-(\d{6,9})")
KINDS: dict[str, Any] = {"invoice": Invoice, "credit_note": CreditNote}


@functools.cache
def invoicing() -> Invoicing:
    """Return what law and merchant want of invoices, from refdata, read once per process."""
    told = yaml.safe_load((_ROOM / "refdata" / "invoicing.yaml").read_text("utf-8"))
    return msgspec.convert(told, Invoicing)


@functools.cache
def tax_categories() -> dict[str, CategoryRow]:
    """Return what the reason of a zero means in the norm, by reason."""
    return dict(invoicing().by_reason())


@functools.cache
def invoice_template() -> str:
    """Return the typst template of invoices and credit notes; `engine.invoice_print` says what it reads."""
    return (_ROOM / "templates" / "invoice.typ").read_text("utf-8")


def invoice_number(*, year: int, number: int) -> str:
    """Return how an invoice's number is printed: INV-2026-000042."""
    return f"INV-{year}-{number:06d}"


def invoice_of(*, order_id: str) -> InvoiceView | None:
    """Return the invoice of an order, None when there is none yet; one statement."""
    row = Invoice.objects.filter(order_id=order_id).defer("content").first()
    return _invoice(row) if row else None


def invoice_document(*, order_id: str) -> TaxInvoice | None:
    """Return what the invoice of an order says, None when there is none yet; one statement."""
    row = Invoice.objects.filter(order_id=order_id).first()
    return _document(row.content) if row else None


def document(*, view: InvoiceView) -> TaxInvoice | None:
    """Return what an invoice or credit note says; None of a credit note from before tax invoices."""
    row = KINDS[view.kind].objects.filter(public_id=view.id).first()
    if row is None:
        raise NoSuchInvoice(kind=view.kind, key=view.number)
    return _document(row.content) if row.content else None


def invoice_view(*, id: str) -> InvoiceView:
    """Return an invoice or credit note by its id; raise NoSuchInvoice. Two statements at most."""
    row = Invoice.objects.filter(public_id=id).defer("content").first()
    if row is not None:
        return _invoice(row)
    note = CreditNote.objects.filter(public_id=id).defer("content").first()
    if note is None:
        raise NoSuchInvoice(kind="invoice", key=id)
    return _note(note)


def documents_between(*, since: dt.datetime, until: dt.datetime) -> Iterator[tuple[InvoiceView, TaxInvoice | None]]:
    """Yield each invoice and credit note issued between two moments (half-open) with what it says; a thousand at a time.

    None of a credit note from before tax invoices.
    """
    for model, view in ((Invoice, _invoice), (CreditNote, _note)):
        rows = model.objects.filter(issued_at__gte=since, issued_at__lt=until).order_by("id")
        for row in rows.iterator(chunk_size=1000):
            yield view(row), _document(row.content) if row.content else None


def invoices_of(*, order_id: str) -> tuple[InvoiceView, ...]:
    """Return the invoice and the credit notes of an order, in the order of issue; two statements."""
    rows = [_invoice(r) for r in Invoice.objects.filter(order_id=order_id).defer("content")]
    notes = [_note(r) for r in CreditNote.objects.filter(order_id=order_id).defer("content").order_by("id")]
    return (*rows, *notes)


def invoices_numbered(*, text: str, kind: str = "") -> tuple[InvoiceView, ...]:
    """Return what bears a printed number (one of each entity at most), () for another text; `kind` narrows."""
    found = _NUMBER.fullmatch(text.strip().upper())
    if found is None:
        return ()
    what = "invoice" if found[1] == "INV" else "credit_note"
    if kind and kind != what:
        return ()
    rows = KINDS[what].objects.filter(year=int(found[2]), number=int(found[3])).defer("content").order_by("id")
    views = tuple(_invoice(row) if what == "invoice" else _note(row) for row in rows)
    return tuple(view for view in views if view.number == text.strip().upper())


def notes_of(*, order_ids: Sequence[str]) -> tuple[tuple[InvoiceView, TaxInvoice | None], ...]:
    """Return all credit notes of some orders with what each says, whenever issued; one statement."""
    rows = CreditNote.objects.filter(order_id__in=list(order_ids)).order_by("id")
    return tuple((_note(row), _document(row.content) if row.content else None) for row in rows)


def drawn(*, of_id: str, form: str) -> str:
    """Return the document id of a drawn form (pdf, xml) of an invoice or credit note, "" when it was not drawn yet."""
    rows = InvoicePaper.objects.filter(of_id=of_id, form=form)
    return rows.values_list("document_id", flat=True).first() or ""


_LIST = """
SELECT public_id::text, kind, year, number, order_id::text, currency, amount_minor, tax_minor, issued_at, document_id, change_id
FROM (SELECT public_id, 'invoice' AS kind, year, number, order_id, currency, amount_minor, tax_minor, issued_at,
        '' AS document_id, '' AS change_id FROM finance_invoice
      UNION ALL SELECT public_id, 'credit_note', year, number, order_id, currency, amount_minor, tax_minor, issued_at,
        document_id, change_id::text FROM finance_creditnote) all_of_them
WHERE (%(kind)s = '' OR kind = %(kind)s) AND (%(since)s::timestamptz IS NULL OR issued_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR issued_at < %(until)s) AND (%(order)s = '' OR order_id::text = %(order)s)
  AND (%(before)s = '' OR public_id < %(before)s::uuid)
ORDER BY public_id DESC LIMIT %(limit)s
"""


def invoices(
    *,
    kind: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    order_id: str = "",
    before: str = "",
    limit: int = 50,
) -> tuple[InvoiceView, ...]:
    """Return invoices and credit notes issued between two moments (half-open), the newest first; one statement.

    Args:
        kind: invoice or credit_note, "" both. before: the id of the last row of the page before.
    """
    params = {"kind": kind, "since": since, "until": until, "order": order_id, "before": before, "limit": limit}
    found = []
    for row in db.fetch(_LIST, params):
        printed = (invoice_number if row[1] == "invoice" else credit_note_number)(year=row[2], number=row[3])
        found.append(InvoiceView(row[0], row[1], printed, *row[4:]))
    return tuple(found)


_GAPS = """
SELECT kind, entity, year, count(*), min(number), max(number) FROM (
  SELECT 'invoice' AS kind, entity_id::text AS entity, year, number FROM finance_invoice
  UNION ALL SELECT 'credit_note', entity_id::text, year, number FROM finance_creditnote) numbered
GROUP BY kind, entity, year ORDER BY year DESC, kind DESC, entity
"""


def series() -> tuple[NumberSeries, ...]:
    """Return every series of invoices and credit notes as issued, with whether a number is missing; one statement."""
    return tuple(NumberSeries(*row) for row in db.fetch(_GAPS))


def _invoice(row: Any) -> InvoiceView:
    return InvoiceView(
        id=str(row.public_id),
        kind="invoice",
        number=invoice_number(year=row.year, number=row.number),
        order_id=str(row.order_id),
        currency=row.currency,
        amount_minor=row.amount_minor,
        tax_minor=row.tax_minor,
        issued_at=row.issued_at,
    )


def _note(row: Any) -> InvoiceView:
    return InvoiceView(
        id=str(row.public_id),
        kind="credit_note",
        number=credit_note_number(year=row.year, number=row.number),
        order_id=str(row.order_id),
        currency=row.currency,
        amount_minor=row.amount_minor,
        tax_minor=row.tax_minor,
        issued_at=row.issued_at,
        document_id=row.document_id,
        change_id=str(row.change_id),
    )
