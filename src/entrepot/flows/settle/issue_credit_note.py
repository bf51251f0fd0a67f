"""A change of an invoiced order becomes a numbered credit note as PDF, in the language of the order."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from django.utils import translation

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.documents import services as documents
from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.engine import credit_note
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderChanged
from entrepot.domains.organisation import queries as organisation_queries
from entrepot.domains.organisation import services as organisation
from entrepot.domains.organisation.types import EntityInfo
from entrepot.domains.parties.engine.address import postal_lines
from entrepot.infra import db, events, pdf
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import exponent

KIND = "credit_note"


def note_change(event: OrderChanged | OrderCancelled) -> None:
    """Issue the credit note of a change (in the delivery's transaction, which is for it alone)."""
    if event.change_id:
        issue_credit_note(order_id=event.order_id, change_id=event.change_id)


def issue_credit_note(*, order_id: str, change_id: str) -> str:
    """Issue the credit note of an order's change and return its printed number; once per change.

    Of consignments for which no invoice was drawn up there is nothing to correct: returns "".
    """
    with db.transaction():
        known = finance_queries.credit_note_of(change_id=change_id)
        if known is not None:
            return known.number
        change = next(c for c in orders.changed_lines(order_id=order_id) if c.id == change_id)
        touched = {line.consignment_ref for line in change.lines}
        invoices = [i.number for i in declarations.invoices(order_id=order_id) if i.consignment_ref in touched]
        if not invoices or not change.amount_minor:
            return ""
        order, at = orders.order(order_id=order_id), events.moment()
        entity = organisation_queries.entity(entity_id=order.quote.entity_id)
        day = at.astimezone(ZoneInfo(entity.time_zone)).date()
        # Drawing the number locks the series until the commit, so it is the last but the insert; the paper is small.
        number = organisation.draw_number(actor=SYSTEM, entity_id=entity.id, kind=KIND, year=day.year)
        printed = finance_queries.credit_note_number(year=day.year, number=number)
        locale = _locale(order.locale)
        with translation.override(str(locale.language)):
            content = credit_note.content(
                change,
                number=printed,
                on=day,
                order_number=order.number,
                invoices=invoices,
                titles={line.ref: line.title for c in order.quote.consignments for line in c.lines},
                seller=_seller(entity),
                buyer=(order.address.name, *postal_lines(order.address), order.address.country_code),
                currency=order.currency,
                say=translation.gettext,
                amount=lambda minor: _digits(minor, order.currency, locale),
            )
        document = documents.store_file(
            actor=SYSTEM,
            content=pdf.typeset(finance_queries.credit_note_template(), content, at=at),
            mime="application/pdf",
            name=f"credit-note-{printed}.pdf",
            retention="tax_10_years",
        )
        return finance.record_credit_note(
            actor=SYSTEM,
            entity_id=entity.id,
            change=change,
            currency=order.currency,
            year=day.year,
            number=number,
            document_id=document,
            at=at,
        )


def _seller(entity: EntityInfo) -> tuple[str, ...]:
    told = entity.address.get
    lines = (
        told("line1", ""),
        f"{told('postcode', '')} {told('city', '')}".strip(),
        told("region", ""),
        entity.country,
    )
    ids = (f"{kind.upper()} {number}" for kind, number in sorted(entity.tax_ids.items()))
    return (entity.name, *(line for line in lines if line), *ids)


def _locale(order_locale: str) -> Locale:
    for name in (order_locale.replace("-", "_"), order_locale.split("-")[0]):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def _digits(minor: int, currency: str, locale: Locale) -> str:
    places = exponent(currency)
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(Decimal(minor).scaleb(-places), format=pattern, locale=locale, numbering_system="latn")
