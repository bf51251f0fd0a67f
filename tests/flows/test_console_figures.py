"""The home page: work first with what hangs on it, then figures that add up, in one currency, with what is not in them."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.markets import queries as markets
from entrepot.domains.orders import queries as orders
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts, today
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import convert
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    return store


def figures():
    today.forget()
    zone = organisation.store().entity.time_zone
    return today.figures(on=clock.today(zone), language="en")


def moved(order_id, days):
    """Let an order have been placed on another day: the demo's clock stands still."""
    db.execute(
        "UPDATE orders_order SET placed_at = %s WHERE public_id = %s",
        [clock.now() - dt.timedelta(days=days), order_id],
    )


def sold(*ids):
    store = organisation.store()
    total = 0
    for order_id in ids:
        order = orders.order(order_id=order_id)
        rate = markets.fx_quote(
            source_currency=order.currency, target=store.entity.book_currency, on=clock.today(store.entity.time_zone)
        )
        total += convert(order.total_minor, order.currency, store.entity.book_currency, rate.rate)
    return total


def test_the_day_adds_up_over_markets_and_currencies():
    german = builders.a_confirmed_order({"LAMP-OAK": 1}, market="DE", at=clock.now()).order_id
    american = builders.a_confirmed_order({"SPK-MINI": 1}, market="US", at=clock.now()).order_id
    builders.a_placed_order(market="US", at=clock.now())  # not paid: not counted
    day = figures()
    assert day.today.orders == 2 and {m.code for m in day.markets} == {"DE", "US"}
    assert abs(day.today.gross_minor - sold(german, american)) <= 2, "one rounding for each currency"
    assert day.today.gross_minor == sum(m.today.gross_minor for m in day.markets)
    assert 0 < day.today.margin_minor < day.today.gross_minor
    assert {rate.source_currency for rate in day.rates} | {day.currency} >= {"EUR", "USD"}


def test_days_are_those_of_the_desk_and_refunds_are_taken_off():
    kept = builders.a_confirmed_order(at=clock.now()).order_id
    yesterday = builders.a_confirmed_order(at=clock.now()).order_id
    old = builders.a_confirmed_order(at=clock.now()).order_id
    moved(yesterday, 1)
    moved(old, 40)
    day = figures()
    assert [sums.orders for _, sums in day.days][-2:] == [1, 1]
    assert len(day.days) == today.DAYS and sum(sums.orders for _, sums in day.days) == 2
    before = day.today.gross_minor
    cancel_order(actor=SYSTEM, order_id=kept, reason="buyer asked", at=clock.now())
    after = figures()
    assert before > 0 and (after.today.orders, after.today.gross_minor, after.today.margin_minor) == (1, 0, 0)


def test_a_currency_without_a_rate_is_named_and_left_out():
    builders.a_confirmed_order(market="DE", at=clock.now())
    db.execute("DELETE FROM markets_fxrate")
    markets.fx_memo.forget()
    day = figures()
    assert day.without_rate == ("EUR",) and (day.today.orders, day.today.gross_minor) == (1, 0)
    page = words(logged_in().get("/console/"))
    assert "No exchange rate of the day is known for: EUR" in page


def test_goods_that_run_out_are_said_with_their_days():
    builders.a_confirmed_order({"TEA-CUP": 4}, at=clock.now())
    db.execute("UPDATE inventory_stock SET on_hand = reserved + 1 WHERE sku = 'TEA-CUP'")
    left = sum(1 for _ in db.fetch("SELECT 1 FROM inventory_stock WHERE sku = 'TEA-CUP'"))
    (risk,) = [r for r in figures().risks if r.sku == "TEA-CUP"]
    assert (risk.left, risk.sold, risk.cover_days) == (left, 4, left * today.DAYS // 4)
    page = words(logged_in().get("/console/"))
    assert "Stock at risk" in page and 'href="/console/stock/TEA-CUP"' in page


def test_late_work_comes_first_with_what_it_costs():
    late = builders.a_confirmed_order({"SPK-MINI": 1}, market="US", at=clock.now()).order_id
    db.execute("UPDATE fulfilment_shipment SET dispatch_by = %s", [clock.now() - dt.timedelta(hours=5)])
    waits = fulfilment.work(at=clock.now())["to_pick"]
    assert (waits.number, waits.late, waits.late_orders) == (1, 1, (late,))
    counts.forget()
    page = words(logged_in().get("/console/"))
    assert "1 is late." in page and "of orders break their date" in page
    assert page.index("To do") < page.index("Paid orders"), "work before figures"


def test_every_chart_is_a_table_without_scripts():
    builders.a_confirmed_order(at=clock.now())
    page = words(logged_in().get("/console/"))
    assert page.count("data-chart=") == page.count('<div class="chart-canvas"') == page.count("Show as table") >= 3
    assert "<script>" not in page and " onclick" not in page
    assert len(re.findall(r'data-value="-?\d+"', page)) >= 2 * today.DAYS


def test_figures_are_kept_for_a_few_seconds():
    builders.a_confirmed_order(at=clock.now())
    browser: Client = logged_in()
    browser.get("/console/")
    with CaptureQueriesContext(connection) as statements:
        assert browser.get("/console/").status_code == 200
    assert len(statements) <= 7
