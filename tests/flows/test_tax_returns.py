"""From a line's tax to a filed return: records with each entry, returns equal to the ledger, corrections in the next, once."""

from __future__ import annotations

import datetime as dt
import json
from xml.etree import ElementTree as Xml

import pytest
from django.db import IntegrityError, connection, transaction

from bench import _quarter as quarter
from bench import returns as bench
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.errors import (
    NoSuchReturn,
    PeriodNotOver,
    ReturnFiled,
    ReturnNotFiled,
    ReturnOutdated,
)
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderConfirmed
from entrepot.flows.comply.file_return import file_return, pay_return
from entrepot.flows.comply.prepare_return import duties, prepare_return
from entrepot.flows.comply.tie_return import tie_return
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.settle.backfill_tax import backfill_tax
from entrepot.flows.settle.check_tax import check_tax
from entrepot.flows.settle.post_sale import post_sale
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput, PermissionDenied
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
YEAR = {"since": dt.date(2026, 1, 1), "until": dt.date(2027, 12, 31)}
NOVEMBER = {"form": "eu_ioss", "jurisdiction": "EU", "period": "2026-11"}


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """One shop for the module, in a transaction around all its tests: seeding costs more than most of them."""
    with django_db_blocker.unblock(), db.transaction():
        yield builders.seed_shop(stock={"LAMP-OAK": (50, 50), "SPK-MINI": (50, 0), "TEA-CUP": (50, 50)})
        transaction.set_rollback(True)
    forget_all()


@pytest.fixture
def shop(seeded, db):
    return seeded


def sold(**lines):
    placed = builders.a_confirmed_order(lines or {"SPK-MINI": 2}, market="DE")
    return orders.order(order_id=placed.order_id)


def given_back(order, amount):
    refund_order(actor=SYSTEM, order_id=order.id, kind="goodwill", reason="x", at=builders.AT, amount_minor=amount)
    builders.deliver_all()


def prepared(shop, **asked):
    return prepare_return(actor=SYSTEM, entity_id=shop.entity.id, **{**NOVEMBER, **asked})


def filed(view, on=dt.date(2026, 12, 5)):
    return file_return(actor=SYSTEM, return_id=view.id, filed_on=on, reference="REF-1", today=on)


@pytest.mark.parametrize("market", ["DE", "US", "SA"])
def test_a_sale_is_recorded_with_its_entry_to_the_cent(shop, market):
    placed = builders.a_confirmed_order({"LAMP-OAK": 1, "SPK-MINI": 1}, market=market)
    quote = orders.order(order_id=placed.order_id).quote
    records = finance.tax_records_of(entry_key=f"sale:{placed.order_id}")
    assert sum(r.tax_minor for r in records) == quote.tax_minor
    assert sum(r.net_minor for r in records) == quote.goods_minor + quote.freight_minor
    assert {r.ref for r in records if r.part == "goods"} == {x.ref for c in quote.consignments for x in c.lines}
    found = check_tax(entity_id=shop.entity.id, **YEAR)
    assert found.well and found.entries == bool(quote.tax_minor)


def test_an_event_delivered_twice_records_once(shop):
    order = sold()
    before = finance.tax_records_of_document(document=f"order:{order.id}")
    with db.transaction():
        post_sale(OrderConfirmed(order.id))
    assert finance.tax_records_of_document(document=f"order:{order.id}") == before


def test_refunds_and_cancellation_take_back_what_was_recorded_and_no_more(shop):
    order, called_off = sold(), sold()
    given_back(order, 700)
    given_back(order, orders.order(order_id=order.id).total_minor)
    cancel_order(actor=SYSTEM, order_id=called_off.id, reason="x", at=builders.AT)
    builders.deliver_all()
    for one in (order, called_off):
        records = finance.tax_records_of_document(document=f"order:{one.id}")
        for name in ("net_minor", "base_minor", "tax_minor"):
            assert sum(getattr(r, name) for r in records) == 0, name
    assert {r.kind for r in records} == {"sale", "cancellation"}
    assert check_tax(entity_id=shop.entity.id, **YEAR).well


def test_a_filed_return_moves_its_tax_never_changes_and_corrections_go_into_the_next(shop, demo_day):
    order = sold()
    tax = order.quote.tax_minor
    draft = prepared(shop)
    assert draft.content.payable_minor == tax == draft.content.lines[0].tax_minor
    assert [s.difference_minor for s in tie_return(draft)] == [0]
    demo_day("2026-12-05")
    view = filed(draft)
    assert view.state == "filed" and view.reference == "REF-1"
    books = {row.account: row.balance_minor for row in ledger.trial_balance(entity_id=shop.entity.id)}
    assert books.get(accounts.TAX_PAYABLE, 0) == 0 and -books[accounts.TAX_DUE] == tax
    given_back(order, 1000)
    assert finance.tax_return(return_id=view.id) == view
    with pytest.raises(ReturnFiled):
        prepared(shop)
    later = prepared(shop, period="2026-12")
    (correction,) = later.content.corrections
    assert (correction.period, correction.country) == ("2026-11", "DE")
    assert correction.tax_minor == later.content.payable_minor < 0 and later.content.lines == ()
    assert [s.difference_minor for s in tie_return(later)] == [0]
    paid = pay_return(
        actor=SYSTEM, return_id=view.id, paid_on=dt.date(2026, 12, 6), reference="B-1", today=dt.date(2026, 12, 6)
    )
    assert paid.state == "paid"
    books = {row.account: row.balance_minor for row in ledger.trial_balance(entity_id=shop.entity.id)}
    assert books[accounts.TAX_DUE] == 0 and -books[accounts.BANK] == tax
    assert check_tax(entity_id=shop.entity.id, **YEAR).well


def test_what_came_in_late_for_a_filed_period_goes_into_the_next(shop, demo_day):
    sold()
    draft = prepared(shop)
    demo_day("2026-12-05")
    filed(draft)
    demo_day("2026-11-25")
    late = sold()
    demo_day("2026-12-20")
    after = prepared(shop, period="2026-12")
    assert [(c.period, c.tax_minor) for c in after.content.corrections] == [("2026-11", late.quote.tax_minor)]


def test_a_return_is_refused_in_words(shop):
    sold()
    draft = prepared(shop)
    with pytest.raises(PeriodNotOver):
        filed(draft, dt.date(2026, 11, 25))
    sold()
    with pytest.raises(ReturnOutdated), transaction.atomic():
        filed(draft)
    for asked in ({"period": "2026-Q4"}, {"period": "2026-13"}, {"period": "x"}):
        with pytest.raises(InvalidInput):
            prepared(shop, **asked)
    with pytest.raises(NoSuchReturn):
        prepared(shop, form="moon")
    with pytest.raises(ReturnNotFiled), transaction.atomic():
        pay_return(actor=SYSTEM, return_id=draft.id, paid_on=builders.DAY, reference="", today=builders.DAY)
    with pytest.raises(PermissionDenied):
        prepare_return(actor=builders.checkout_buyer("x"), entity_id=shop.entity.id, **NOVEMBER)


@pytest.mark.parametrize("table", ["taxrecord", "taxreturn"])
def test_the_database_refuses_to_rewrite(shop, as_owner, table):
    sold()
    prepared(shop)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE finance_{table} SET currency = 'XXX'")


def test_older_books_are_recorded_from_stored_quotes_once(shop, monkeypatch):
    with monkeypatch.context() as before_records:
        before_records.setattr(services, "record_tax", lambda **_: 0)
        order, called_off = sold(), sold()
        given_back(order, 500)
        cancel_order(actor=SYSTEM, order_id=called_off.id, reason="x", at=builders.AT)
        builders.deliver_all()
    until = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    assert not check_tax(entity_id=shop.entity.id, **YEAR).well
    assert backfill_tax(until=until) == (2, 2)
    assert check_tax(entity_id=shop.entity.id, **YEAR).well
    kinds = [r.kind for r in finance.tax_records_of_document(document=f"order:{order.id}")]
    assert set(kinds) == {"sale", "change"}
    assert backfill_tax(until=until) == (2, 0)


def test_what_is_due_follows_from_registrations_and_records(shop):
    found = {(d.form.key, d.jurisdiction, d.period) for d in duties(entity_id=shop.entity.id, on=builders.DAY)}
    assert ("eu_ioss", "EU", "2026-11") in found and ("eu_oss", "EU", "2026-Q4") in found
    assert ("eu_vat", "NL", "2026-10") in found and not any(key == "gb_vat" for key, *_ in found)


def test_the_console_computes_shows_files_and_hands_out(shop, demo_day):
    order = sold()
    desk = logged_in("finance")
    assert "IOSS return" in words(desk.get("/console/returns"))
    answer = desk.post("/console/returns/prepare", NOVEMBER)
    page = desk.get(answer["Location"])
    assert page.status_code == 200 and order.number in words(page) and "Beside the ledger" in words(page)
    path = answer["Location"]
    told = json.loads(desk.get(f"{path}/json").content)
    assert told["lines"][0]["country"] == "DE" and told["payable"] == f"{order.quote.tax_minor / 100:.2f}"
    assert Xml.fromstring(desk.get(f"{path}/xml").content).tag.endswith("return")
    table = desk.get(f"{path}/csv").content.decode().splitlines()
    assert table[0].startswith("order,date") and order.number in table[1]
    assert logged_in("auditor").get(path).status_code == 200
    assert logged_in("operator").get(path).status_code == 403
    demo_day("2026-12-05")
    desk = logged_in("owner")
    refused = desk.post(f"{path}/file", {"filed_on": "2026-12-05", "reference": " "}, follow=True)
    assert "reference" in words(refused)
    done = desk.post(f"{path}/file", {"filed_on": "2026-12-05", "reference": "ABC-9"}, follow=True)
    assert "ABC-9" in words(done) and "Filed" in words(done)
    paid = desk.post(f"{path}/pay", {"paid_on": "2026-12-05", "reference": ""}, follow=True)
    assert "Paid" in words(paid)


def test_a_quarter_over_all_regimes_equals_the_ledger(shop):
    entity = bench.set_up()
    with db.transaction():
        for made in quarter.quarter(159, entity_id=entity, seed=7):
            quarter.store(made)
    views = bench.file_all(entity, ("2026-Q3", "2026-07", "2026-08", "2026-09"), bench.FILED_ON)
    assert bench.payable_left(entity, quarter.LAST) == {}
    views += bench.file_all(entity, ("2026-Q4", "2026-10", "2026-11"), bench.LATER_ON)
    assert len(views) > 40 and sum(len(v.content.corrections) for v in views)
    assert not [v.content for v in views for side in tie_return(v) if side.difference_minor]
    assert check_tax(entity_id=entity, **YEAR).well
    due = {row.account: row.balance_minor for row in ledger.trial_balance(entity_id=entity, currency="EUR")}
    assert due.get(accounts.TAX_DUE)
