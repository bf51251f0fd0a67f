"""Credit notes: one per change of an invoiced order, numbered without gaps, as PDF in the order's language."""

import pytest

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.documents import queries as documents
from entrepot.domains.finance import queries as finance
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.settle.issue_credit_note import issue_credit_note
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})


def an_order(lines, *, packed=True):
    order = orders.order(order_id=builders.a_confirmed_order(lines).order_id)
    for shipment in fulfilment.shipments(order_id=order.id) if packed else ():
        pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=builders.AT)
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=builders.AT)
    builders.deliver_all()
    return order


def goodwill(order, amount):
    change = refund_order(
        actor=SYSTEM, order_id=order.id, kind="goodwill", reason="late", at=builders.AT, amount_minor=amount
    )
    builders.deliver_all()
    return change


def test_each_change_of_an_invoiced_order_has_a_note_of_its_own_without_gaps():
    order = an_order({"SPK-MINI": 2})
    (invoice,) = declarations.invoices(order_id=order.id)
    first, second = goodwill(order, 500), goodwill(order, 300)
    notes = finance.credit_notes(order_id=order.id)
    assert [(n.number, n.change_id, n.amount_minor) for n in notes] == [
        ("CN-2026-000001", first.id, 500), ("CN-2026-000002", second.id, 300),
    ]  # fmt: skip
    assert notes[0].tax_minor == -sum(line.tax_minor for line in first.lines)
    assert issue_credit_note(order_id=order.id, change_id=first.id) == "CN-2026-000001"
    content, mime, name = documents.file(id=notes[0].document_id)
    assert (content[:5], mime, name) == (b"%PDF-", "application/pdf", "credit-note-CN-2026-000001.pdf")
    assert invoice.number


def test_what_was_never_invoiced_needs_none():
    order = an_order({"LAMP-OAK": 1})  # from within the customs territory
    assert declarations.invoices(order_id=order.id) == ()
    goodwill(order, 100)
    unpacked = an_order({"SPK-MINI": 1}, packed=False)
    goodwill(unpacked, 100)
    assert finance.credit_notes(order_id=order.id) == finance.credit_notes(order_id=unpacked.id) == ()
