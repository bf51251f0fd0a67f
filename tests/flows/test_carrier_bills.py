"""Bills over orders: matched, compared, in the books to the cent; once, withdrawn, by hand, in other currencies."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.engine.bills import frozen
from entrepot.domains.finance.errors import BillLineBooked, BillLineNotBooked, NoConsignment
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.logistics import services as logistics
from entrepot.domains.orders import queries as orders
from entrepot.domains.organisation import services as houses
from entrepot.flows.settle import match_bill
from entrepot.flows.settle.import_bills import import_bills
from entrepot.flows.settle.match_bill import (
    by_order,
    match_line,
    match_open,
    match_waiting,
    withdraw_bill,
    withdraw_line,
)
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput, NotFound
from tests import builders

pytestmark = pytest.mark.django_db
HEAD = "bill_number,bill_date,carrier,reference,kind,amount,currency,line\n"
DAY = "2026-11-25"


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """A shop with three sold orders for the module, in a transaction around all its tests; (shop, orders, tracking numbers)."""
    with django_db_blocker.unblock(), db.transaction():
        shop = builders.seed_shop()
        sold = [
            builders.a_confirmed_order({"LAMP-OAK": 1, "SPK-MINI": 2}, market=m).order_id for m in ("DE", "US", "SA")
        ]
        numbers = {}
        for order_id in sold:
            for n, shipment in enumerate(fulfilment.shipments(order_id=order_id)):
                number = f"TRK{order_id[-6:].upper()}{n}"
                logistics.record_booking(
                    actor=SYSTEM, shipment_id=shipment.id, order_id=order_id, carrier="sandbox", service="standard",
                    tracking_number=number, label_document="",
                )  # fmt: skip
                numbers[order_id, shipment.consignment_ref] = (number, shipment.id)
        yield shop, [orders.order(order_id=o) for o in sold], numbers
        transaction.set_rollback(True)
    forget_all()


@pytest.fixture(autouse=True)
def desk(seeded, db):
    return seeded


def _balances(shop) -> dict[tuple[str, str], int]:
    rows = ledger.trial_balance(entity_id=shop.entity.id)
    found = {(row.account, row.currency): row.balance_minor for row in rows}
    for currency in {row.currency for row in rows}:
        assert sum(amount for (_, of), amount in found.items() if of == currency) == 0
    return found


def _bring(shop, *rows: str, **how):
    return import_bills(actor=SYSTEM, entity_id=shop.entity.id, text=HEAD + "".join(f"{row}\n" for row in rows), **how)


def _first(desk, market: str):
    shop, sold, numbers = desk
    order = next(o for o in sold if o.market == market)
    one = next(c for c in order.quote.consignments if any(c.charges))
    return shop, order, one, *numbers[order.id, one.ref]


def test_a_bill_in_the_orders_currency_clears_what_was_frozen_and_posts_the_variance(desk) -> None:
    shop, order, one, number, _ = _first(desk, "US")
    was = frozen(order.quote, one.ref)
    before = _balances(shop)
    report = _bring(
        shop,
        f"B1,{DAY},sandbox,{number},duty,{(was['duty'] + 250) / 100:.2f},USD,",
        f"B1,{DAY},sandbox,{number},freight,99.00,USD,",
    )
    assert (report.new, report.matched, report.waiting, report.faults) == (2, 2, 0, ())
    after = _balances(shop)

    def moved(account: str) -> int:
        return after.get((account, "USD"), 0) - before.get((account, "USD"), 0)

    assert moved(accounts.DUTY_PAYABLE) == was["duty"]
    assert moved(accounts.CARRIAGE) == was["freight"]
    assert moved(accounts.LANDED_COST_VARIANCE) == 250 + 9900 - was["freight"]
    assert moved(accounts.CARRIER_BILLS) == -(was["duty"] + 250 + 9900)
    assert moved(accounts.FX_DIFFERENCES) == 0
    (freight, duty) = finance.bill_lines(order_id=order.id)
    assert (duty.how, duty.consignment_ref, duty.comparison.variance_minor) == ("tracking", one.ref, 250)
    assert freight.lane.dispatch == one.warehouse_country and freight.lane.destination == "US"
    again = _bring(shop, f"B1,{DAY},sandbox,{number},duty,{(was['duty'] + 250) / 100:.2f},USD,")
    assert (again.new, again.known) == (0, 1) and _balances(shop) == after
    other = _bring(shop, f"B1,{DAY},sandbox,{number},duty,1.00,USD,")
    assert [fault.field for fault in other.faults] == ["line"] and _balances(shop) == after


def test_a_bill_in_another_currency_keeps_price_and_exchange_apart(desk) -> None:
    shop, order, _, number, _ = _first(desk, "DE")
    _bring(shop, f"B2,{DAY},dhl,{number},customs_fee,100.00,CNY,")
    (line,) = finance.bill_lines(order_id=order.id)
    books = _balances(shop)
    assert books[accounts.CARRIER_BILLS, "CNY"] == -10_000
    assert books[accounts.CURRENCY_CONVERSION, "CNY"] == 10_000
    assert books[accounts.CURRENCY_CONVERSION, "EUR"] == -line.comparison.booked_minor < 0
    assert line.comparison.fx_minor == 0 or (accounts.FX_DIFFERENCES, "EUR") in books


def test_withdrawn_it_leaves_nothing_and_what_it_cleared_is_free_again(desk) -> None:
    shop, order, one, number, _ = _first(desk, "SA")
    before = _balances(shop)
    _bring(shop, f"B3,{DAY},sandbox,{number},import_tax,500.00,USD,")
    (line,) = finance.bill_lines(order_id=order.id)
    with pytest.raises(InvalidInput):
        withdraw_line(actor=SYSTEM, line_id=line.id, reason=" ")
    withdraw_line(actor=SYSTEM, line_id=line.id, reason="billed by mistake")
    after = _balances(shop)
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in before.items() if v}
    with pytest.raises(BillLineNotBooked):
        withdraw_line(actor=SYSTEM, line_id=line.id, reason="again")
    with pytest.raises(BillLineBooked):
        match_line(actor=SYSTEM, line_id=line.id)
    _bring(shop, f"B3-C,{DAY},sandbox,{number},import_tax,500.00,USD,")
    anew = finance.bill_lines(order_id=order.id)[0]
    assert anew.comparison.quoted_minor == line.comparison.quoted_minor == frozen(order.quote, one.ref)["import_tax"]


def test_a_whole_bill_is_withdrawn_at_once(desk) -> None:
    shop, order, one, number, _ = _first(desk, "DE")
    before = _balances(shop)
    rows = [
        f"B8,{DAY},sandbox,{number},{kind},7.00,{currency},"
        for kind in ("freight", "duty")
        for currency in ("EUR", "CNY")
    ]
    _bring(shop, *rows, f"B9,{DAY},sandbox,{number},other,1.00,EUR,")
    assert withdraw_bill(actor=SYSTEM, carrier="sandbox", bill_number="B8", reason="wrong customer") == 4
    assert withdraw_bill(actor=SYSTEM, carrier="sandbox", bill_number="B8", reason="again") == 0
    assert finance.bill_counts() == {"posted": 1, "withdrawn": 4}
    after = _balances(shop)
    moved = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    assert moved == {(accounts.LANDED_COST_VARIANCE, "EUR"): 100, (accounts.CARRIER_BILLS, "EUR"): -100}
    assert frozen(order.quote, one.ref)["freight"] >= 0


def test_what_nothing_fits_waits_for_a_person_and_says_why(desk) -> None:
    shop, order, one, _, shipment_id = _first(desk, "DE")
    report = _bring(
        shop, f"B4,{DAY},sandbox,NOBODY,storage,5.00,EUR,", f"B4,{DAY},sandbox,{shipment_id},storage,5.00,EUR,"
    )
    assert (report.matched, report.waiting) == (1, 1)
    (line,) = finance.bill_lines(state="unmatched")
    assert line.problem == NoConsignment.code and "NOBODY" in line.problem_words
    assert match_open(actor=SYSTEM) == (0, 1) and match_waiting(builders.AT) == 0
    several = len(order.quote.consignments) > 1
    if several:
        with pytest.raises(NoConsignment):
            by_order(order.number)
    with pytest.raises(NotFound):
        by_order("E-999999")
    done = match_line(actor=SYSTEM, line_id=line.id, place=by_order(f"{order.number}/{one.ref}"))
    assert (done.state, done.how, done.comparison.variance_minor) == ("posted", "hand", 500)
    assert finance.bill_counts() == {"posted": 2}


def test_a_bill_of_a_day_without_a_rate_waits_with_its_reason(desk) -> None:
    shop, _, _, number, _ = _first(desk, "DE")
    report = _bring(shop, f"B5,2020-01-01,sandbox,{number},duty,5.00,CNY,")
    assert report.waiting == 1
    (line,) = finance.bill_lines(state="unmatched")
    assert line.problem in ("NO_RATE", "STALE_RATE") and line.problem_words


def test_a_preview_writes_nothing(desk) -> None:
    shop, _, _, number, _ = _first(desk, "DE")
    before = _balances(shop)
    report = _bring(
        shop,
        f"B6,{DAY},sandbox,{number},duty,5.00,EUR,",
        f"B6,{DAY},sandbox,X,duty,5.00,EUR,",
        "B6,x,,,,,,",
        preview=True,
    )
    assert (report.new, report.matched, report.waiting, len(report.faults)) == (2, 1, 1, 1)
    assert report.sums == (("EUR", 2, 1000),)
    assert finance.bill_lines() == () and _balances(shop) == before


KINDS = ["freight", "duty", "import_tax", "customs_fee", "surcharge", "storage", "other"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from(KINDS), st.integers(-5_000, 90_000).filter(bool),
            st.sampled_from(["EUR", "USD", "SAR", "CNY"]), st.booleans(),
        ),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_random_bills_leave_the_books_balanced_and_the_variance_is_billed_less_frozen(desk, rows) -> None:
    shop, sold, numbers = desk
    places = sorted(numbers)
    with db.transaction():
        before = _balances(shop)
        text = [
            f"R,{DAY},sandbox,{numbers[places[where % len(places)]][0]},{kind},{minor / 100:.2f},{currency},{n}"
            for n, (where, kind, minor, currency, _) in enumerate(rows, 1)
        ]
        report = _bring(shop, *text)
        assert report.matched == len(rows)
        lines = {line.line: line for line in finance.bill_lines(limit=100)}
        for n, (*_, gone) in enumerate(rows, 1):
            if gone:
                withdraw_line(actor=SYSTEM, line_id=lines[n].id, reason="random")
        assert _bring(shop, *text).new == 0
        after = _balances(shop)
        stand = [line for line in finance.bill_lines(limit=100) if line.state == "posted"]
        for currency in {o.currency for o in sold}:
            mine = [line.comparison for line in stand if line.comparison.currency == currency]
            moved = after.get((accounts.LANDED_COST_VARIANCE, currency), 0) - before.get(
                (accounts.LANDED_COST_VARIANCE, currency), 0
            )
            assert moved == sum(c.billed_minor - c.quoted_minor for c in mine)
            fx = after.get((accounts.FX_DIFFERENCES, currency), 0) - before.get((accounts.FX_DIFFERENCES, currency), 0)
            assert fx == sum(c.booked_minor - c.billed_minor for c in mine)
        for order in sold:
            for one in order.quote.consignments:
                was = frozen(order.quote, one.ref)
                taken = finance.cleared(order_id=order.id, consignment_ref=one.ref)
                for kind, (quoted, _) in taken.items():
                    asked = [x for x in stand if (x.order_id, x.consignment_ref, x.kind) == (order.id, one.ref, kind)]
                    billed = any(x.amount_minor > 0 for x in asked)
                    assert quoted <= was.get(kind, 0) and (
                        quoted == was.get(kind, 0) or not billed or any(r[4] for r in rows)
                    )
        transaction.set_rollback(True)


def test_lanes_and_proposals_follow_from_what_was_booked(desk) -> None:
    shop, order, one, number, _ = _first(desk, "US")
    was = frozen(order.quote, one.ref)
    _bring(shop, f"B7,{DAY},sandbox,{number},freight,{(was['freight'] * 2) / 100:.2f},USD,")
    (row,) = finance.lane_variances(entity_id=shop.entity.id, since=dt.date(2026, 11, 1), until=dt.date(2026, 11, 30))
    assert (row.kind, row.lines, row.quoted_minor, row.variance_minor) == ("freight", 1, was["freight"], was["freight"])
    (proposal,) = finance.reserve_proposals(entity_id=shop.entity.id)
    assert (proposal.group, proposal.lane_ppm, proposal.ppm, proposal.consignments) == (
        "carriage",
        1_000_000,
        1_000_000,
        1,
    )


def test_a_bill_of_one_company_does_not_touch_the_books_of_another(desk) -> None:
    _, _, _, number, _ = _first(desk, "DE")
    other = houses.set_up_entity(actor=SYSTEM, code="other", name="Other Ltd", country="HK", book_currency="HKD")
    report = import_bills(actor=SYSTEM, entity_id=other, text=f"{HEAD}B9,{DAY},sandbox,{number},duty,5.00,EUR,\n")
    assert (report.matched, report.waiting) == (0, 1)
    (line,) = finance.bill_lines(state="unmatched")
    assert line.problem == NoConsignment.code
    assert ledger.trial_balance(entity_id=other) == ()


def test_a_line_that_breaks_the_program_keeps_no_other_waiting(desk, monkeypatch) -> None:
    shop, _, _, number, _ = _first(desk, "DE")
    real = match_bill.find

    def broken(reference: str):
        if reference == "BREAKS":
            raise ZeroDivisionError
        return real(reference)

    monkeypatch.setattr(match_bill, "find", broken)
    report = _bring(shop, f"B8,{DAY},sandbox,BREAKS,storage,5.00,EUR,", f"B8,{DAY},sandbox,{number},storage,5.00,EUR,")
    assert (report.matched, report.waiting) == (1, 1)
    (line,) = finance.bill_lines(state="unmatched")
    assert line.problem == match_bill.BROKEN
