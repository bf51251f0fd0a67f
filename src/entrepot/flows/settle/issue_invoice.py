"""The tax invoice of an order: its content is frozen and numbered when the first of it leaves, its forms are drawn when wanted.

Why at dispatch: what was paid and left is what is invoiced, so an order that is changed before needs no credit note; and a
number costs nothing in the path of buying. Which event it is, is data by country (finance/refdata/invoicing.yaml).
"""

from __future__ import annotations

import datetime as dt

import msgspec
from django.utils import translation

from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.engine import invoice
from entrepot.domains.finance.engine.invoice_shares import as_placed
from entrepot.domains.finance.types import INVOICE_CODE, TaxInvoice
from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderConfirmed
from entrepot.domains.orders.types import OrderView
from entrepot.domains.organisation import queries as organisation_queries
from entrepot.domains.organisation import services as organisation
from entrepot.domains.organisation.types import EntityInfo
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.ports import METHODS
from entrepot.flows.settle import invoice_facts
from entrepot.infra import db, events
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import N_, DataFault

KIND = "invoice"
TO_PAY = N_("To be paid to the carrier on delivery.")


def anyone_at_confirmation() -> bool:
    """Say whether any country's invoices are issued at confirmation; asked when an order is confirmed, so it costs nothing."""
    return any(row.at == "confirmation" for row in finance_queries.invoicing().issue)


def invoice_confirmed(event: OrderConfirmed) -> None:
    """Issue the invoice of a confirmed order where that is the moment (in the delivery's transaction, for it alone)."""
    _at("confirmation", event.order_id)


def invoice_dispatched(event: ShipmentDispatched) -> None:
    """Issue the invoice of an order of which something has left, where that is the moment."""
    _at("dispatch", event.order_id)


def _at(moment: str, order_id: str) -> None:
    order = orders.order(order_id=order_id, lock=True)
    if finance_queries.invoicing().issued_at(order.quote.country) == moment:
        issue_invoice(order=order, at=events.moment())


def issue_invoice(*, order: OrderView, at: dt.datetime) -> str:
    """Issue the tax invoice of an order and return its printed number; once per order.

    The caller holds the order's lock: what was taken from the order until now is not invoiced, and what is taken later gets a
    credit note. Returns "" when nothing is left to invoice. About five statements; the number is drawn last but the insert.

    Raises:
        InvoiceBreaksRule: the document breaks a rule of EN 16931 or of ours; nothing is issued.
        NoRate, StaleRate: the law wants the tax in a currency for which there is no rate.
    """
    with db.transaction():
        known = finance_queries.invoice_of(order_id=order.id)
        if known is not None:
            return known.number
        if not order.total_minor:
            return ""
        entity = organisation_queries.entity(entity_id=order.entity_id)
        day = invoice_facts.civil_day(order, at)
        document = draft(order=order, entity=entity, on=day)
        number = organisation.draw_number(actor=SYSTEM, entity_id=entity.id, kind=KIND, year=day.year)
        return finance.record_invoice(
            actor=SYSTEM,
            entity_id=entity.id,
            order_id=order.id,
            year=day.year,
            number=number,
            document=numbered(document, finance_queries.invoice_number(year=day.year, number=number)),
            at=at,
        )


def numbered(document: TaxInvoice, number: str) -> TaxInvoice:
    """Return a draft under its number."""
    return msgspec.structs.replace(document, number=number)


def draft(*, order: OrderView, entity: EntityInfo, on: dt.date) -> TaxInvoice:
    """Return what the invoice of an order says as it stands now, issued on a day, without a number.

    Raises DataFault when its total is not what the order comes to: such a document must not leave the house.
    """
    held = invoice_facts.numbers_held(entity.id, on)
    language = order.locale
    shares = orders.open_lines(order_id=order.id) if order.changes else as_placed(order.quote)
    paid_by = _paid_by(order, language)
    paid = min(sum(amount for _, amount in paid_by), order.total_minor)
    head = invoice.Head(
        number="",
        issued_on=on,
        code=INVOICE_CODE,
        language=language,
        order_number=order.number,
        seller=invoice_facts.seller(entity, order.quote, held),
        buyer=invoice_facts.buyer(order),
        deliver_to=order.address.country_code,
        supplied_on=on,
        routes=invoice_facts.routes(order.quote, held),
        union=invoice_facts.in_union(order.quote),
        notes=invoice_facts.notes(order, entity.id, order.quote.tax_point),
        terms=_say(TO_PAY, language) if paid < order.total_minor else "",
        paid_minor=paid,
        paid_by=paid_by,
        changes=tuple(change.id for change in order.changes),
    )
    document = invoice_facts.composed(head, order, shares, language, on)
    if document.totals.gross_minor != order.total_minor:
        raise DataFault(what=f"the invoice of order {order.number} does not come to its total")
    return document


def _paid_by(order: OrderView, language: str) -> tuple[tuple[str, int], ...]:
    """What came in for an order, less what has gone back, by means of payment."""
    found: dict[str, int] = {}
    for capture in payments.captures(order_id=order.id):
        name = _say(METHODS.get(capture.method).name, language)
        found[name] = found.get(name, 0) + capture.amount_minor - capture.refunded_minor
    return tuple((name, amount) for name, amount in found.items() if amount)


def _say(text: str, language: str) -> str:
    with translation.override(language):
        return translation.gettext(text)
