"""The one search field: straight to what is called so, else what was found by kind; only what the person may see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.finance import queries as finance
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.flows.sell.index_names import index_names
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests.fakes.carrier import carrying
from tests.flows.test_console_pages import MOST_STATEMENTS, logged_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    return store


def asked(browser, text):
    return browser.get("/console/search", {"q": text})


def shipped():
    placed = builders.a_confirmed_order({"SPK-MINI": 1}, market="US")
    (shipment,) = fulfilment.shipments(order_id=placed.order_id)
    with carrying("sandbox"):
        for step in (pick_shipment, pack_shipment, ship_shipment):
            step(actor=SYSTEM, shipment_id=shipment.id, at=clock.now())
            builders.deliver_all()
    return placed.order_id


def test_whole_names_of_every_kind_go_straight_there():
    order_id = shipped()
    order = orders.order(order_id=order_id)
    (parcel,) = logistics.parcels(order_id=order_id)
    (invoice, *_) = declarations.invoices(order_id=order_id)
    fact = catalogue.variant_facts(skus=["TEA-CUP"])["TEA-CUP"]
    browser = logged_in()
    there = f"/console/orders/{order_id}"
    for text, target in {
        order.number: there,
        order.number.lower().removeprefix("e-"): there,
        order.email: there,
        invoice.number.lower(): there,
        parcel.tracking_number.lower(): f"/console/parcels/{parcel.id}",
        "tea-cup": f"/console/products/{fact.product_id}",
        fact.title: f"/console/products/{fact.product_id}",
    }.items():
        answer = asked(browser, f"  {text} ")
        assert answer.status_code == 302 and answer["Location"] == target, text


def test_a_credit_note_is_found_by_its_number():
    assert finance.credit_notes_numbered(text="CN-2026-x") == () == finance.credit_notes_numbered(text="CI-2026-000001")
    assert declarations.invoices_numbered(text="CI-2026-99999999999999999999") == ()
    assert finance.credit_notes_numbered(text=finance.credit_note_number(year=2026, number=7)) == ()


def test_what_fits_several_is_shown_by_kind_within_the_statements():
    for number in range(2):
        builders.a_placed_order(email=f"b{number}@example.com")
    browser = logged_in()
    with CaptureQueriesContext(connection) as statements:
        page = words(asked(browser, "1"))
    assert len(statements) <= MOST_STATEMENTS
    hs = catalogue.variant_facts(skus=["TEA-CUP"])["TEA-CUP"].hs_code
    assert "/console/products/" in words(asked(browser, hs[:4])) and "Products" in words(asked(browser, hs[:4]))
    assert page.count("<h1") == 1


def test_nothing_found_says_what_was_searched_and_writes_it_safely():
    page = words(asked(logged_in(), "<b>nothing</b>"))
    assert "Nothing was found for" in page and "<b>nothing</b>" not in page
    assert "Searched were" in page


def test_nobody_finds_what_they_may_not_see():
    placed = builders.a_confirmed_order()
    number = orders.order(order_id=placed.order_id).number
    page = words(asked(logged_in("finance"), "TEA-CUP"))
    assert "/console/products/" not in page and "Nothing was found" in page
    with db.transaction():
        here = logged_in("warehouse", "warehouse:RTM")
    assert asked(here, number).status_code == 200 and number not in words(asked(here, "ada@example.com"))


def test_an_order_is_found_by_words_of_its_buyers_name_and_an_old_one_once_it_is_indexed():
    order_id = shipped()
    order = orders.order(order_id=order_id)
    word = order.buyer_name.split()[-1]
    browser = logged_in()
    assert order.number in words(asked(browser, word.upper()))
    assert order.number in words(asked(browser, order.buyer_name.replace(" ", "")))
    assert order.number not in words(asked(browser, word + "x"))
    with db.transaction():
        db.execute("UPDATE orders_order SET name_index = NULL")
    assert order.number not in words(asked(browser, word))
    assert (index_names(clock.now()), index_names(clock.now())) == (1, 0)
    assert order.number in words(asked(browser, word))
