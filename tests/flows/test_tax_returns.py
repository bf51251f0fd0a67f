"""From a line's tax to a filed return: records with each entry, returns equal to the ledger, corrections in the next, once."""

from __future__ import annotations

import datetime as dt
import json
import random
from decimal import Decimal
from xml.etree import ElementTree as Xml

import msgspec
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
    RateNotPublished,
    ReturnFiled,
    ReturnNotFiled,
    ReturnOutdated,
)
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.ledger import services as ledger_services
from entrepot.domains.markets import services as markets
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderConfirmed
from entrepot.flows.comply.file_return import file_return, pay_return
from entrepot.flows.comply.prepare_return import duties, prepare_return
from entrepot.flows.comply.tie_return import tie_return
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.settle import post_sale as posting
from entrepot.flows.settle.backfill_tax import backfill_tax
from entrepot.flows.settle.check_tax import check_tax
from entrepot.flows.settle.post_sale import post_cancellation, post_sale
from entrepot.flows.settle.record_tax import record_sale
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.interfaces.console.views import returns as return_pages
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


def _ours(quote):
    """Whether we collect the tax of a sale in its country."""
    charges = [charge for c in quote.consignments for charge in c.charges if charge.kind == "tax"]
    return any(charge.collector == "seller" and charge.amount_minor > 100 for charge in charges)


def australian(shop, at):
    """An order of ours to Sydney, taxed there, confirmed at a moment."""
    draw = random.Random(3)
    while True:
        made = quarter._order(draw, "AU", shop.entity.id)
        if made and made.quote.currency == "AUD" and _ours(made.quote):
            paid, _ = next(quarter.books_of(made))
            with db.transaction():
                ledger_services.post_entry(actor=SYSTEM, draft=paid)
            return msgspec.structs.replace(
                sold(),
                id=made.id,
                quote=made.quote,
                placed_at=at,
                confirmed_at=at,
                changes=(),
            )


def test_a_sale_belongs_to_the_civil_day_of_the_law_it_is_taxed_under(shop, monkeypatch):
    order = australian(shop, dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC))
    monkeypatch.setattr(posting.orders, "order", lambda **_: order)
    with db.transaction():
        post_sale(OrderConfirmed(order.id))
    assert {r.date for r in finance.tax_records_of(entry_key=f"sale:{order.id}")} == {dt.date(2026, 7, 1)}
    (sale,) = [e for e in ledger.entries(document=f"order:{order.id}", limit=9) if e.kind == "sale"]
    assert sale.date == dt.date(2026, 6, 30)
    monkeypatch.setattr(posting.events, "moment", lambda: dt.datetime(2026, 9, 30, 14, 30, tzinfo=dt.UTC))
    with db.transaction():
        post_cancellation(OrderCancelled(order.id, 1, confirmed=True))
    records = finance.tax_records_of_document(document=f"order:{order.id}")
    assert {r.date for r in records if r.kind == "cancellation"} == {dt.date(2026, 10, 1)}
    found = {
        month: check_tax(entity_id=shop.entity.id, since=dt.date(2026, month, 1), until=dt.date(2026, month, 30))
        for month in (6, 7, 9, 10)
    }
    assert all(one.well for one in found.values())
    assert {month: one.entries for month, one in found.items()} == {6: 0, 7: 1, 9: 0, 10: 1}
    form = next(f for f in ("au_bas", "au_simplified") if "AU" in bench.places_of(shop.entity.id, f, "2026-Q3"))
    assert bench.places_of(shop.entity.id, form, "2026-Q2") == set()
    view = prepared(shop, form=form, jurisdiction="AU", period="2026-Q3")
    assert view.content.payable_minor > 0 and [s.difference_minor for s in tie_return(view)] == [0]


def test_an_entry_whose_records_say_less_shows_apart_in_their_period(shop, monkeypatch):
    order = australian(shop, dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC))
    monkeypatch.setattr(posting.orders, "order", lambda **_: order)
    whole = posting.record_sale

    def less(of, **how):
        with monkeypatch.context() as once:
            made = services.record_tax
            once.setattr(services, "record_tax", lambda *, records, **kw: made(
                records=[msgspec.structs.replace(r, tax_minor=0) for r in records], **kw))  # fmt: skip
            return whole(of, **how)

    monkeypatch.setattr(posting, "record_sale", less)
    with db.transaction():
        post_sale(OrderConfirmed(order.id))
    days = {"entity_id": shop.entity.id}
    assert check_tax(since=dt.date(2026, 6, 1), until=dt.date(2026, 6, 30), **days).well
    assert not check_tax(since=dt.date(2026, 7, 1), until=dt.date(2026, 7, 31), **days).well


def test_what_was_recorded_before_is_what_a_refund_follows(shop, monkeypatch):
    order = sold()
    key = f"sale:{order.id}"
    stored = finance.tax_records_of(entry_key=key)
    other = [msgspec.structs.replace(r, rate_ppm=1, place=n) for n, r in enumerate((*stored, *stored))]
    with monkeypatch.context() as newer_program:
        newer_program.setattr("entrepot.flows.settle.record_tax.tax_records.of_sale", lambda **_: tuple(other))
        with db.transaction():
            assert record_sale(order, entry_key=key, at=builders.AT) == stored
    assert finance.tax_records_of(entry_key=key) == stored


@pytest.mark.parametrize(("country", "region"), [("ID", "DKI Jakarta"), ("IE", "Co. Roscommon"), ("ID", "R" * 120)])
def test_a_sale_to_a_region_with_a_long_name_is_recorded(shop, country, region):
    (first, *_) = finance.tax_records_of(entry_key=f"sale:{sold().id}")
    record = msgspec.structs.replace(first, entry_key="sale:far", place=0, country=country, region=region)
    with db.transaction():
        assert services.record_tax(actor=SYSTEM, entity_id=shop.entity.id, records=[record]) == 1
    assert finance.tax_records_of(entry_key="sale:far") == (record,)


def test_a_draft_is_filed_only_as_it_would_be_computed_now_and_with_the_published_rate(shop, demo_day):
    first = next(r for r in finance.tax_records_of(entry_key=f"sale:{sold().id}") if r.tax_minor)
    abroad = msgspec.structs.replace(first, entry_key="sale:usd", place=0, currency="USD")
    with db.transaction():
        services.record_tax(actor=SYSTEM, entity_id=shop.entity.id, records=[abroad])
    draft = prepared(shop)
    assert [r.provisional for r in draft.content.rates] == [True]
    demo_day("2026-12-05")
    with pytest.raises(RateNotPublished) as told, transaction.atomic():
        filed(draft)
    assert "USD" in str(told.value) and "2026-11-30" in str(told.value)
    source = quarter.demo_data()["fx"]
    with db.transaction():
        markets.load_fx_rates(
            actor=SYSTEM, source=source["source"], base=source["base"],
            rows=[(dt.date(2026, 11, 30), "USD", Decimal("1.5"))],
        )  # fmt: skip
    with pytest.raises(ReturnOutdated), transaction.atomic():
        filed(draft)
    assert finance.filed_records(return_id=draft.id) == ()
    assert filed(prepared(shop)).state == "filed"
    lock = f"return:{shop.entity.id}:eu_ioss:EU"
    assert db.fetch(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        " AND objid = (hashtext(%s)::bigint & 4294967295)::oid",
        [lock],
    ) == [(1,)]
    with pytest.raises(ReturnFiled), transaction.atomic():
        filed(draft)


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


def test_the_console_speaks_of_a_return_of_nothing_only_where_every_box_is_nil(shop, demo_day, monkeypatch):
    monkeypatch.setattr(return_pages, "tie", lambda content, records: ())  # no tax charged: business supplies alone
    desk = logged_in("finance")
    asked = "/console/returns/prepare"
    assert "a return of nothing" in words(desk.post(asked, NOVEMBER, follow=True))
    sold()
    told = words(desk.post(asked, NOVEMBER, follow=True))
    assert "No tax was charged in this period" in told and "a return of nothing" not in told


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
