"""Reads of finance: credit notes."""

from __future__ import annotations

from entrepot.domains.finance.models import CreditNote
from entrepot.domains.finance.types import CreditNoteView


def credit_note_number(*, year: int, number: int) -> str:
    """Return how a credit note's number is printed."""
    return f"CN-{year}-{number:06d}"


def credit_notes(*, order_id: str) -> tuple[CreditNoteView, ...]:
    """Return the credit notes of an order, oldest first."""
    return tuple(_view(row) for row in CreditNote.objects.filter(order_id=order_id).order_by("id"))


def credit_note_of(*, change_id: str) -> CreditNoteView | None:
    """Return the credit note of a change, None when there is none."""
    row = CreditNote.objects.filter(change_id=change_id).first()
    return _view(row) if row else None


def credit_notes_numbered(*, text: str) -> tuple[CreditNoteView, ...]:
    """Return the credit notes that bear a printed number (one of each entity at most), none for another text."""
    asked = text.strip().upper()
    head, _, number = asked.rpartition("-")
    year = head[-4:]
    if not (year.isdecimal() and number.isdecimal() and len(number) < 10):
        return ()
    if credit_note_number(year=int(year), number=int(number)) != asked:
        return ()
    return tuple(_view(row) for row in CreditNote.objects.filter(year=int(year), number=int(number)).order_by("id"))


def _view(row: CreditNote) -> CreditNoteView:
    return CreditNoteView(
        number=credit_note_number(year=row.year, number=row.number),
        order_id=str(row.order_id),
        change_id=str(row.change_id),
        currency=row.currency,
        amount_minor=row.amount_minor,
        tax_minor=row.tax_minor,
        document_id=row.document_id,
        issued_at=row.issued_at,
    )
