"""The forms of an issued invoice or credit note, PDF and XML, drawn when first wanted and kept from then on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.utils import translation

from entrepot.domains.documents import services as documents
from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.engine import invoice_print
from entrepot.domains.finance.engine.en16931 import ubl
from entrepot.domains.finance.errors import NoSuchInvoice, NoXml
from entrepot.domains.finance.types import InvoiceView, TaxInvoice
from entrepot.infra import db, pdf
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import PPM, exponent

MIME = {"pdf": "application/pdf", "xml": "application/xml"}


def draw_invoice(*, view: InvoiceView, form: str) -> str:
    """Return the document id of a form (pdf, xml) of an invoice or credit note; drawn once, sealed for ten years.

    Raises:
        NoSuchInvoice: there is no such form.
        NoXml: the norm has no words for what this document says.
    """
    if form not in MIME:
        raise NoSuchInvoice(kind="form", key=f"{view.number}.{form[:10]}")
    if form == "pdf" and view.document_id:  # a credit note from before tax invoices has its print alone
        return view.document_id
    known = finance_queries.drawn(of_id=view.id, form=form)
    if known:
        return known
    document = finance_queries.document(view=view)
    if document is None:
        raise NoSuchInvoice(kind="form", key=f"{view.number}.{form}")
    content = xml_of(document) if form == "xml" else print_of(document, at=view.issued_at)
    with db.transaction():
        stored = documents.store_file(
            actor=SYSTEM, content=content, mime=MIME[form], name=f"{view.number}.{form}", retention="tax_10_years"
        )
        finance.record_paper(actor=SYSTEM, of_id=view.id, form=form, document_id=stored, at=view.issued_at)
    return stored


def xml_of(document: TaxInvoice) -> bytes:
    """Return the EN 16931 UBL file of a document; raise NoXml where the norm has no words for it."""
    if document.profile != "en16931":
        raise NoXml(number=document.number, why=document.why_own)
    return ubl.document(document)


def print_of(document: TaxInvoice, *, at: dt.datetime) -> bytes:
    """Return the PDF of a document, in its language; the same document and moment give the same bytes."""
    locale = _locale(document.language)
    with translation.override(document.language):
        content = invoice_print.content(
            document,
            say=translation.gettext,
            amount=lambda minor: _digits(minor, document.currency, locale),
            rate=lambda ppm: _rate(ppm, locale),
            day=lambda day: format_date(day, "medium", locale=locale),
            country=lambda code: str(locale.territories.get(code, code)),
            home_amount=lambda minor, currency: _digits(minor, currency, locale),
        )
    return pdf.typeset(finance_queries.invoice_template(), content, at=at)


def _locale(language: str) -> Locale:
    for name in (language.replace("-", "_"), language.split("-")[0]):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def _digits(minor: int, currency: str, locale: Locale) -> str:
    places = exponent(currency)
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(Decimal(minor).scaleb(-places), format=pattern, locale=locale, numbering_system="latn")


def _rate(ppm: int, locale: Locale) -> str:
    return format_percent(Decimal(ppm) / PPM, format="#,##0.####%", locale=locale, numbering_system="latn")
