"""A change of an invoiced order becomes a numbered credit note, in the language of the order; its forms are drawn when wanted."""

from __future__ import annotations

from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.engine import invoice
from entrepot.domains.finance.engine.invoice_shares import taken
from entrepot.domains.finance.types import CREDIT_NOTE_CODE
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderChanged
from entrepot.domains.organisation import queries as organisation_queries
from entrepot.domains.organisation import services as organisation
from entrepot.flows.settle import invoice_facts
from entrepot.flows.settle.issue_invoice import issue_invoice, numbered
from entrepot.infra import db, events
from entrepot.kernel.actor import SYSTEM

KIND = "credit_note"


def note_change(event: OrderChanged | OrderCancelled) -> None:
    """Issue the credit note of a change (in the delivery's transaction, which is for it alone)."""
    if event.change_id:
        issue_credit_note(order_id=event.order_id, change_id=event.change_id)


def issue_credit_note(*, order_id: str, change_id: str) -> str:
    """Issue the credit note of an order's change and return its printed number; once per change.

    An order without an invoice, or whose invoice was issued after the change and knows it already, has nothing to correct:
    returns "". Invoice and change both hold the order's lock, so that a change is always in exactly one of the two.

    Raises InvoiceBreaksRule: it breaks a rule; nothing is issued.
    """
    with db.transaction():
        known = finance_queries.credit_note_of(change_id=change_id)
        if known is not None:
            return known.number
        order = orders.order(order_id=order_id, lock=True)
        invoiced = finance_queries.invoice_document(order_id=order_id)
        changes = orders.changed_lines(order_id=order_id)
        place, change = next((n, c) for n, c in enumerate(changes) if c.id == change_id)
        at = events.moment()
        if invoiced is None and any(line.stage == "earned" for line in change.lines):
            issue_invoice(
                order=order, at=at
            )  # it left without one (before there were any): what is left is invoiced now
        if invoiced is None or change_id in invoiced.changes or not change.amount_minor:
            return ""
        entity = organisation_queries.entity(entity_id=order.quote.entity_id)
        day = invoice_facts.civil_day(order, at)
        held = invoice_facts.numbers_held(entity.id, invoiced.issued_on)
        head = invoice.Head(
            number="",
            issued_on=day,
            code=CREDIT_NOTE_CODE,
            language=order.locale,
            order_number=order.number,
            seller=invoice_facts.seller(entity, order.quote, held),
            buyer=invoice_facts.buyer(order),
            deliver_to=order.address.country_code,
            supplied_on=invoiced.supplied_on,
            routes=invoice_facts.routes(order.quote, held),
            union=invoice_facts.in_union(order.quote),
            notes=invoiced.notes,
            paid_minor=-change.amount_minor,
            preceding=invoiced.number,
            preceding_on=invoiced.issued_on,
            changes=(change.id,),
        )
        shares = taken(change.lines)
        # The rate of the invoice's own day: what is taken back was taxed by it.
        document = invoice_facts.composed(head, order, shares, order.locale, invoiced.issued_on, changes[:place])
        number = organisation.draw_number(actor=SYSTEM, entity_id=entity.id, kind=KIND, year=day.year)
        return finance.record_credit_note(
            actor=SYSTEM,
            entity_id=entity.id,
            change=change,
            currency=order.currency,
            year=day.year,
            number=number,
            document=numbered(document, finance_queries.credit_note_number(year=day.year, number=number)),
            at=at,
        )
