"""Credit notes: one per change of an invoiced order, numbered without gaps, frozen and drawn like the invoice they lower."""

import pytest

from entrepot.domains.documents import queries as documents
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine.en16931.rules import broken
from entrepot.domains.orders import queries as orders
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.settle import issue_invoice as issuing
from entrepot.flows.settle.draw_invoice import draw_invoice, xml_of
from entrepot.flows.settle.issue_credit_note import issue_credit_note
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests.invoice_builders import shipped

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})


def change(order, kind="goodwill", **what):
    made = refund_order(actor=SYSTEM, order_id=order.id, kind=kind, reason="late", at=builders.AT, **what)
    builders.deliver_all()
    return made


def test_each_change_of_an_invoiced_order_has_a_note_of_its_own_without_gaps():
    order = shipped({"SPK-MINI": 2})
    first, second = change(order, amount_minor=500), change(order, amount_minor=300)
    notes = finance.credit_notes(order_id=order.id)
    assert [(n.number, n.change_id, n.amount_minor) for n in notes] == [
        ("CN-2026-000001", first.id, 500), ("CN-2026-000002", second.id, 300),
    ]  # fmt: skip
    assert notes[0].tax_minor == -sum(line.tax_minor for line in first.lines)
    assert issue_credit_note(order_id=order.id, change_id=first.id) == "CN-2026-000001"


def test_a_note_names_its_invoice_passes_the_rules_and_is_drawn_in_both_forms():
    order = shipped({"SPK-MINI": 2, "LAMP-OAK": 1})
    change(order, "return", units={("goods", "C1-L1"): 1})
    change(order, amount_minor=order.quote.consignments[0].freight_gross_minor, line=("freight", "C1"))
    invoice, *notes = finance.invoices_of(order_id=order.id)
    assert len(notes) == 2
    for view in notes:
        document = finance.document(view=view)
        assert (document.code, document.preceding) == ("381", invoice.number)
        assert document.totals.gross_minor == view.amount_minor and not broken(document)
        assert b"<CreditNote" in xml_of(document) and invoice.number.encode() in xml_of(document)
        content, mime, name = documents.file(id=draw_invoice(view=view, form="pdf"))
        assert (content[:5], mime, name) == (b"%PDF-", "application/pdf", f"{view.number}.pdf")
    freight = finance.document(view=notes[1])
    assert [x.kind for x in freight.lines] == ["freight"]


def test_what_was_taken_before_the_invoice_is_not_on_it_and_needs_no_note():
    placed = builders.a_confirmed_order({"SPK-MINI": 3})
    order = orders.order(order_id=placed.order_id)
    change(order, "release", units={("goods", "C1-L1"): 1})
    assert finance.credit_notes(order_id=order.id) == ()
    order = shipped(order=order)
    document = finance.invoice_document(order_id=order.id)
    assert document.lines[0].quantity == 2
    assert document.totals.gross_minor == order.total_minor < order.placed_total_minor
    assert issue_credit_note(order_id=order.id, change_id=order.changes[0].id) == ""


def test_what_was_never_invoiced_needs_none():
    order = orders.order(order_id=builders.a_confirmed_order({"LAMP-OAK": 1}).order_id)
    change(order, amount_minor=100)
    assert finance.credit_notes(order_id=order.id) == () == finance.invoices_of(order_id=order.id)


def test_an_order_that_left_before_there_were_invoices_gets_one_at_its_next_change(monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(issuing, "issue_invoice", lambda **_: "")
        order = shipped({"SPK-MINI": 2})
    assert finance.invoices_of(order_id=order.id) == ()
    change(order, amount_minor=200)
    document = finance.invoice_document(order_id=order.id)
    assert document.totals.gross_minor == order.total_minor - 200 and len(document.changes) == 1
    assert finance.credit_notes(order_id=order.id) == ()
    change(order, amount_minor=100)
    assert [n.amount_minor for n in finance.credit_notes(order_id=order.id)] == [100]
