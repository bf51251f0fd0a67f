"""Tax invoices: one per order when it leaves, numbered without gaps, frozen, drawn when wanted, equal to the books."""

import datetime as dt

import msgspec
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entrepot.domains.documents import queries as documents
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.errors import InvoiceBreaksRule, NoXml
from entrepot.domains.finance.models import Invoice
from entrepot.domains.orders import queries as orders
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation.models import LegalEntity
from entrepot.domains.tax import services as tax
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.flows.price.prove_business import prove_business
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.settle import invoice_facts
from entrepot.flows.settle.check_invoices import check_invoices
from entrepot.flows.settle.draw_invoice import draw_invoice, xml_of
from entrepot.flows.settle.issue_invoice import issue_invoice
from entrepot.infra import db, events
from entrepot.infra.memo import forget_all
from entrepot.interfaces.cli.commands import invoices as command
from entrepot.kernel.actor import SYSTEM
from tests import builders, money_builders
from tests.fakes.tax_register import FakeRegister
from tests.flows.test_console_pages import MOST_STATEMENTS, logged_in, words
from tests.invoice_builders import shipped

pytestmark = pytest.mark.django_db
LONG = (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2028, 1, 1, tzinfo=dt.UTC))


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})


def categories(document):
    return {(g.category, g.rate_ppm) for g in document.groups}


def test_one_invoice_an_order_gapless_and_to_the_cent():
    first, second = shipped({"SPK-MINI": 2, "LAMP-OAK": 3}), shipped({"LAMP-OAK": 1})
    views = [view for order in (first, second) for view in finance.invoices_of(order_id=order.id)]
    assert [view.number for view in views] == ["INV-2026-000001", "INV-2026-000002"]
    for order, view in zip((first, second), views, strict=True):
        document = finance.invoice_document(order_id=order.id)
        assert view.amount_minor == order.total_minor == document.totals.gross_minor == document.totals.paid_minor
        assert document.totals.due_minor == 0 and document.totals.tax_minor == order.quote.tax_minor
    again = orders.order(order_id=first.id)
    with db.transaction():
        assert issue_invoice(order=again, at=builders.AT) == "INV-2026-000001"
    assert all(one.gapless for one in finance.series()) and Invoice.objects.count() == 2


CHARGED = (
    ("DE", {"SPK-MINI": 2}, {("S", 190_000), ("E", 0)}),  # under IOSS, duty laid out
    ("DE", {"LAMP-OAK": 2}, {("S", 190_000)}),  # from inside the Union
    ("DE", {"SPK-MINI": 9}, {("O", 0)}),  # tax arises on import
    ("US", {"LAMP-OAK": 1}, {("G", 0), ("E", 0)}),  # export out of the Union
    ("SA", {"SPK-MINI": 1}, {("O", 0)}),
)


def test_what_was_charged_stands_under_its_category():
    for market, lines, expected in CHARGED:
        document = finance.invoice_document(order_id=shipped(lines, market=market).id)
        assert document.profile == "en16931", document.why_own
        assert categories(document) == expected, market
        assert xml_of(document).startswith(b"<?xml")


def test_what_the_norm_has_no_words_for_gets_no_file(shop):
    with db.transaction():
        tax.register(
            actor=SYSTEM, entity_id=shop.entity.id, scheme="sales_tax", jurisdiction="US-CA", number="CA-1", from_date=builders.START
        )  # fmt: skip
    forget_all()
    order = shipped({"SPK-MINI": 1}, market="US")
    document = finance.invoice_document(order_id=order.id)
    assert document.profile == "own" and document.totals.tax_minor == order.quote.tax_minor > 0
    (view,) = finance.invoices_of(order_id=order.id)
    with pytest.raises(NoXml, match="no VAT"):
        draw_invoice(view=view, form="xml")
    assert documents.file(id=draw_invoice(view=view, form="pdf"))[0][:5] == b"%PDF-"


def test_the_ioss_number_is_nowhere_on_it_and_the_number_at_home_is():
    LegalEntity.objects.update(tax_ids={"ioss": "IM1560000000", "eori": "DE0000", "uscc": "91440300X"})
    document = finance.invoice_document(order_id=shipped({"SPK-MINI": 2}).id)
    assert (document.seller.tax_id, document.seller.vat_id) == ("91440300X", "")
    told = msgspec.json.encode(document) + xml_of(document)
    assert b"IM1560000000" not in told and b"DEMO-IOSS" not in told and b"91440300X" in told


def test_each_form_is_drawn_once_sealed_and_the_same_ever_after():
    order = shipped({"SPK-MINI": 1})
    (view,) = finance.invoices_of(order_id=order.id)
    assert finance.drawn(of_id=view.id, form="pdf") == ""
    for form, begins in (("pdf", b"%PDF-"), ("xml", b"<?xml")):
        key = draw_invoice(view=view, form=form)
        content, _mime, name = documents.file(id=key)
        assert content.startswith(begins) and name == f"INV-2026-000001.{form}"
        assert documents.info(id=key).sealed and draw_invoice(view=view, form=form) == key


def test_a_document_that_breaks_a_rule_is_not_issued_and_takes_no_number(shop):
    document = finance.invoice_document(order_id=shipped({"SPK-MINI": 1}).id)
    bad = msgspec.structs.replace(document, buyer=msgspec.structs.replace(document.buyer, name=" "))
    with pytest.raises(InvoiceBreaksRule, match="BR-07"), db.transaction():
        services.record_invoice(
            actor=SYSTEM, entity_id=shop.entity.id, order_id="01900000-0000-7000-8000-000000000000", year=2026, number=2,
            document=bad, at=builders.AT,
        )  # fmt: skip
    assert organisation.number_to_come(entity_id=shop.entity.id, kind="invoice", year=2026) == 2


def test_an_invoice_costs_few_statements():
    placed = builders.a_confirmed_order({"SPK-MINI": 1})
    order = orders.order(order_id=placed.order_id)
    with CaptureQueriesContext(connection) as seen, db.transaction():
        issue_invoice(order=order, at=builders.AT)
    told = [q["sql"] for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(told) <= 6, told


def test_its_days_are_those_of_the_market_not_of_the_sellers_desk(monkeypatch):
    order = orders.order(order_id=builders.a_confirmed_order({"LAMP-OAK": 1}).order_id)
    evening = builders.AT.replace(hour=18)  # the 25th in Berlin, the 26th already in Shanghai
    monkeypatch.setattr(events, "moment", lambda: evening)
    with db.transaction():
        issue_invoice(order=order, at=evening)
    document = finance.invoice_document(order_id=order.id)
    assert document.issued_on == document.supplied_on == dt.date(2026, 11, 25)
    refund_order(actor=SYSTEM, order_id=order.id, kind="goodwill", reason="late", at=evening, amount_minor=100)
    builders.deliver_all()
    _, note = finance.invoices_of(order_id=order.id)
    assert finance.document(view=note).issued_on == dt.date(2026, 11, 25)


def test_cash_at_the_door_is_still_to_be_paid():
    placed = builders.a_placed_order({"SPK-MINI": 1}, market="SA", method="cash_on_delivery")
    money_builders.promised(placed.order_id)
    order = shipped(order=orders.order(order_id=placed.order_id))
    document = finance.invoice_document(order_id=order.id)
    assert (document.totals.paid_minor, document.totals.due_minor) == (0, order.total_minor)
    assert document.terms


def test_documents_and_books_agree_after_all_kinds_of_changes(capsys):
    for market, lines in (("DE", {"SPK-MINI": 2, "LAMP-OAK": 1}), ("DE", {"SPK-MINI": 9}), ("US", {"LAMP-OAK": 2})):
        order = shipped(lines, market=market)
        for how in ({"kind": "goodwill", "amount_minor": 333}, {"kind": "return", "units": {("goods", "C1-L1"): 1}}):
            refund_order(actor=SYSTEM, order_id=order.id, reason="late", at=builders.AT, **how)
            builders.deliver_all()
    found = check_invoices(since=LONG[0], until=LONG[1])
    assert found.well and (found.documents, found.orders) == (9, 3), (found.faults, found.apart)
    arguments = command.argparse.Namespace(what="check", since=LONG[0].date(), until=LONG[1].date())
    assert command.run(arguments) == 0
    told = capsys.readouterr().out
    assert "without gaps" in told and told.endswith("3 passed, 0 failed\n")


def test_the_buyer_finds_it_on_the_order_page_and_nobody_else_does():
    order = shipped({"SPK-MINI": 1})
    token = orders.access_token(order_id=order.id)
    page = Client().get(f"/en-de/order/{order.id}?t={token}").content.decode()
    address = f"/en-de/order/{order.id}/invoice/INV-2026-000001/pdf"
    assert address in page and settings.ENTREPOT_BASE_URL
    assert Client().get(f"{address}?t={token}").content[:5] == b"%PDF-"
    assert Client().get(f"{address}?t=wrong").status_code == 404
    assert Client().get(f"{address.replace('000001', '000002')}?t={token}").status_code == 404


def test_a_changed_order_shows_its_credit_note_and_opens():
    order = shipped({"SPK-MINI": 2})
    refund_order(actor=SYSTEM, order_id=order.id, kind="goodwill", reason="late", at=builders.AT, amount_minor=300)
    builders.deliver_all()
    answer = Client().get(f"/en-de/order/{order.id}?t={orders.access_token(order_id=order.id)}")
    assert answer.status_code == 200 and "Credit note CN-2026-000001" in words(answer)


def test_the_console_lists_finds_shows_and_hands_out():
    order = shipped({"SPK-MINI": 1})
    refund_order(actor=SYSTEM, order_id=order.id, kind="goodwill", reason="late", at=builders.AT, amount_minor=300)
    builders.deliver_all()
    browser = logged_in("finance")
    with CaptureQueriesContext(connection) as seen:
        page = words(browser.get("/console/invoices?sort=newest"))
    assert len(seen) <= MOST_STATEMENTS
    assert "INV-2026-000001" in page and "CN-2026-000001" in page and order.number in page
    assert "INV-2026-000001" not in words(browser.get("/console/invoices?kind=credit_note"))
    for text in ("inv-2026-000001", order.number):
        assert "INV-2026-000001" in words(browser.get("/console/invoices", {"q": text}))
    assert "No invoice fits" in words(browser.get("/console/invoices", {"q": "INV-2026-000099"}))
    assert browser.get("/console/search", {"q": "inv-2026-000001"})["Location"] == f"/console/orders/{order.id}"
    (invoice, note) = finance.invoices_of(order_id=order.id)
    for view in (invoice, note):
        told = words(browser.get(f"/console/invoices/{view.id}"))
        assert view.number in told and "rules that are asked of it" in told and "BR-" not in told
        assert browser.get(f"/console/invoices/{view.id}/pdf").content[:5] == b"%PDF-"
        assert b"urn:cen.eu:en16931:2017" in browser.get(f"/console/invoices/{view.id}/xml").content
    assert browser.get(f"/console/invoices/{invoice.id}/docx").status_code == 404
    assert browser.get("/console/invoices/01900000-0000-7000-8000-000000000000").status_code == 404
    assert "Invoice INV-2026-000001" in words(browser.get(f"/console/orders/{order.id}"))
    assert logged_in("warehouse").get("/console/invoices").status_code == 403


def test_a_business_in_another_member_state_is_invoiced_free_of_tax(monkeypatch):
    monkeypatch.setitem(TAX_ID_REGISTERS._known, "vies", FakeRegister("vies", known=("DE136695976",)))
    proof = prove_business(typed="DE136695976", country="DE", at=builders.AT)
    order = shipped({"LAMP-OAK": 2}, quote=builders.a_quote({"LAMP-OAK": 2}, tax_proof=proof.id))
    document = finance.invoice_document(order_id=order.id)
    assert categories(document) == {("K", 0)} and document.totals.tax_minor == 0
    assert (document.buyer.vat_id, document.seller.vat_id) == ("DE136695976", "DEMO-VAT-NL")
    assert document.groups[0].reason_code == "VATEX-EU-IC" and any("138" in note for note in document.notes)
    page = Client().get(f"/en-de/order/{order.id}?t={orders.access_token(order_id=order.id)}").content.decode()
    assert "/invoice/INV-2026-000001/xml" in page
    address = msgspec.structs.replace(order.address, company_name="Werft Kiel GmbH")
    party = invoice_facts.buyer(msgspec.structs.replace(order, address=address))
    assert party.name == "Werft Kiel GmbH" and party.other_name == order.address.name
    assert party.lines == document.buyer.lines  # the company once, above them
