"""Refunds by line and by amount, before and after shipping, and store credit: each share once, never above the capture."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.errors import StepRefused
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders import services as order_services
from entrepot.domains.orders.errors import NothingToRefund, RefundTooLarge, WholeOrder, WrongState
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.errors import CreditNotUsable, CreditUnknown, MethodNotOffered
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.place_order import place_order
from entrepot.flows.sell.refund_order import preview, refund_order
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import PermissionDenied
from tests import builders
from tests import money_builders as money

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0), "TEA-CUP": (50, 50)})


@pytest.fixture
def bought(shop):
    placed = builders.a_confirmed_order({"LAMP-OAK": 2, "SPK-MINI": 3}, market="DE")
    return orders.order(order_id=placed.order_id)


def line(order, sku):
    return next((("goods", one.ref), one, c) for c in order.quote.consignments for one in c.lines if one.sku == sku)


def give(order, kind="release", **more):
    return refund_order(actor=SYSTEM, order_id=order.id, kind=kind, reason="asked for", at=builders.AT, **more)


def test_units_before_shipping_leave_shipment_and_stock_and_the_preview_said_so(shop, bought):
    key, quoted, consignment = line(bought, "SPK-MINI")
    said = preview(order_id=bought.id, kind="release", units={key: 1})
    change = give(bought, units={key: 1})
    assert [(s.goods_minor, s.duty_minor, s.tax_minor) for s in said] == [
        (s.goods_minor, s.duty_minor, s.tax_minor) for s in change.lines
    ]
    assert abs(change.amount_minor + quoted.gross_minor // 3) <= 1
    shipment = next(s for s in fulfilment.shipments(order_id=bought.id) if s.consignment_ref == consignment.ref)
    assert [one.quantity for one in shipment.lines] == [2]
    level = next(x for x in inventory.stock_levels() if (x.warehouse, x.sku) == (consignment.warehouse, "SPK-MINI"))
    assert level.reserved == 2
    money.send_refunds()
    (refund,) = payments.refunds(order_id=bought.id)
    assert (refund.state, refund.amount_minor) == ("done", -change.amount_minor)
    assert money.of_order(bought.id, "2110") == 0
    assert orders.order(order_id=bought.id).total_minor == bought.total_minor + change.amount_minor


def test_unit_by_unit_sums_to_the_line_and_the_last_takes_the_delivery_with_it(shop, bought):
    key, quoted, consignment = line(bought, "SPK-MINI")
    given = sum(give(bought, units={key: 1}).amount_minor for _ in range(3))
    assert -given == quoted.gross_minor + consignment.freight_gross_minor == consignment.total_minor
    assert consignment.ref not in {
        s.consignment_ref for s in fulfilment.shipments(order_id=bought.id) if s.state != "cancelled"
    }
    with pytest.raises(RefundTooLarge):
        give(bought, units={key: 1})
    money.send_refunds()
    rest = next(s for s in fulfilment.shipments(order_id=bought.id) if s.state == "to_pick")
    money.ship(rest.id)
    money.at_the_door(rest.id)
    builders.deliver_all()
    assert orders.order(order_id=bought.id).state == "delivered"
    kept = next(c for c in bought.quote.consignments if c.ref == rest.consignment_ref)
    books = money.balances(shop.entity.id)
    assert (books["4110"], books["4120"]) == (-kept.goods_minor, -kept.freight_minor)
    assert [books.get(account, 0) for account in ("2110", "2120")] == [0, 0]


def test_all_of_it_is_a_cancellation(shop, bought):
    keys = {("goods", one.ref): one.quantity for c in bought.quote.consignments for one in c.lines}
    with pytest.raises(WholeOrder):
        give(bought, units=keys)


def test_cancelling_after_something_was_taken_out_gives_the_rest_back(shop, bought):
    key, _, _ = line(bought, "LAMP-OAK")
    change = give(bought, units={key: 1})
    back = cancel_order(actor=SYSTEM, order_id=bought.id, reason="all of it", at=builders.AT)
    assert back - change.amount_minor == bought.quote.total_minor
    money.send_refunds()
    assert not any(money.balances(shop.entity.id).values())
    assert all(level.reserved == 0 for level in inventory.stock_levels())


def test_goods_that_have_left_are_not_released_but_may_come_back(shop, bought):
    key, quoted, _consignment = line(bought, "SPK-MINI")
    for shipment in fulfilment.shipments(order_id=bought.id):
        money.ship(shipment.id)
    builders.deliver_all()
    with pytest.raises(StepRefused):
        give(bought, units={key: 1})
    change = give(bought, "return", units={key: 3})
    assert -change.amount_minor == quoted.gross_minor
    assert {one.stage for one in change.lines} == {"earned"}
    money.send_refunds()
    books = money.balances(shop.entity.id)
    assert books["4110"] == -(bought.quote.goods_minor - quoted.goods_minor)
    assert books["5320"] == quoted.duty_minor + quoted.fee_minor
    assert [books.get(account, 0) for account in ("2110", "2120")] == [0, 0]


def test_an_amount_is_shared_over_all_lines_exactly(shop, bought):
    change = give(bought, "goodwill", amount_minor=1_001)
    assert change.amount_minor == -1_001 == sum(one.gross_minor for one in change.lines)
    assert all(
        one.goods_minor + one.duty_minor + one.fee_minor + one.tax_minor == one.gross_minor for one in change.lines
    )
    key, _quoted, _ = line(bought, "LAMP-OAK")
    one_line = give(bought, "goodwill", amount_minor=500, line=key)
    assert [(one.kind, one.ref) for one in one_line.lines] == [key]
    with pytest.raises(RefundTooLarge):
        give(bought, "goodwill", amount_minor=bought.quote.total_minor)
    with pytest.raises(NothingToRefund):
        give(bought, "goodwill")
    for shipment in fulfilment.shipments(order_id=bought.id):
        money.ship(shipment.id)
    money.send_refunds()
    assert [money.balances(shop.entity.id).get(account, 0) for account in ("2110", "2120")] == [0, 0]


def test_the_database_refuses_to_take_more_of_a_line_than_is_left(shop, bought):
    key, _, _ = line(bought, "LAMP-OAK")
    give(bought, units={key: 1})
    with pytest.raises(IntegrityError, match="more of a line"), transaction.atomic():
        db.execute(
            "INSERT INTO orders_orderchangeline (change_id, line_id, quantity, amount_minor)"
            " SELECT c.id, b.id, -2, -1 FROM orders_orderchange c JOIN orders_orderline b ON b.order_id = c.order_id"
            " WHERE b.kind = 'freight' LIMIT 1"
        )


def test_who_may_not_refund_is_told_and_unpaid_orders_have_nothing_to_give(shop):
    placed = builders.a_placed_order({"LAMP-OAK": 1})
    with pytest.raises(WrongState, match="not paid"):
        refund_order(
            actor=SYSTEM, order_id=placed.order_id, kind="goodwill", reason="x", at=builders.AT, amount_minor=1
        )
    clerk = Actor("staff", "w", frozenset({"fulfilment.pick"}))
    with pytest.raises(PermissionDenied):
        refund_order(actor=clerk, order_id=placed.order_id, kind="goodwill", reason="x", at=builders.AT, amount_minor=1)
    assert order_services.give_back.permission == "orders.refund"


# ---- store credit


def credit_of(order, amount):
    give(order, "goodwill", amount_minor=amount, tender="store_credit")
    money.send_refunds()
    credit = payments.credits_of(order_id=order.id)[-1]
    return credit, payments.credit_code(credit_id=credit.id)


def buy(lines, code, *, market="DE", method="card", quote=None):
    quote = quote or builders.a_quote(lines, market=market)
    return place_order(
        actor=builders.checkout_buyer(quote.id),
        quote_id=quote.id,
        email=f"buyer-{quote.id}@example.com",
        name=builders.ADDRESSES[market].name,
        address=builders.ADDRESSES[market],
        method=method,
        locale="en",
        at=builders.AT,
        credit_code=code,
    )


def test_store_credit_pays_a_part_of_the_next_order_and_never_lowers_the_tax(shop, bought):
    credit, code = credit_of(bought, 2_000)
    assert (credit.balance_minor, money.balances(shop.entity.id)["2130"]) == (2_000, -2_000)
    assert credit.hint == code[-4:] and credit.expires_at > builders.AT + dt.timedelta(days=900)
    placed = buy({"LAMP-OAK": 1}, code.lower().replace("-", " "))
    order = orders.order(order_id=placed.order_id)
    attempt = payments.attempt(attempt_id=placed.attempt_id)
    assert attempt.amount_minor == order.quote.total_minor - 2_000
    assert payments.credit(credit_id=credit.id).balance_minor == 0
    builders.money_comes(placed.order_id)
    order = orders.order(order_id=placed.order_id)
    assert order.state == "confirmed"
    assert payments.money(order_id=order.id).captured_minor == order.quote.total_minor
    books = money.balances(shop.entity.id)
    assert (books.get("2130", 0), books.get("2110", 0)) == (0, 0)
    assert order.quote.tax_minor == builders.a_quote({"LAMP-OAK": 1}).tax_minor
    back = cancel_order(actor=SYSTEM, order_id=order.id, reason="no more", at=builders.AT)
    assert back == order.quote.total_minor
    money.send_refunds()
    assert payments.credit(credit_id=credit.id).balance_minor == 2_000
    assert sorted((r.tender, r.state) for r in payments.refunds(order_id=order.id)) == [
        ("original", "done"), ("store_credit", "done"),
    ]  # fmt: skip
    assert money.balances(shop.entity.id)["2130"] == -2_000


def test_store_credit_pays_the_whole_and_the_rest_stays_on_it(shop, bought):
    credit, code = credit_of(bought, 9_000)
    placed = buy({"TEA-CUP": 1}, code)
    builders.deliver_all()
    order = orders.order(order_id=placed.order_id)
    assert order.state == "confirmed"
    assert payments.credit(credit_id=credit.id).balance_minor == 9_000 - order.quote.total_minor
    assert money.balances(shop.entity.id)["2130"] == -(9_000 - order.quote.total_minor)
    assert [move.kind for move in payments.credit_moves(credit_id=credit.id)] == ["issue", "hold"]


def test_an_order_that_lapses_gives_its_store_credit_back(shop, bought):
    credit, code = credit_of(bought, 2_000)
    placed = buy({"LAMP-OAK": 1}, code)
    assert builders.let_lapse(builders.AT + dt.timedelta(days=1)) == 1
    builders.deliver_all()
    assert orders.order(order_id=placed.order_id).state == "expired"
    assert payments.credit(credit_id=credit.id).balance_minor == 2_000
    assert money.balances(shop.entity.id)["2130"] == -2_000


def test_a_code_that_cannot_be_spent_is_refused_in_words_and_nothing_is_ordered(shop, bought):
    credit, code = credit_of(bought, 2_000)
    with pytest.raises(CreditUnknown):
        buy({"TEA-CUP": 1}, "AAAA-BBBB-CCCC-DDDD")
    with pytest.raises(CreditNotUsable, match="another currency"):
        buy({"TEA-CUP": 1}, code, market="US")
    buy({"LAMP-OAK": 1}, code)
    with pytest.raises(CreditNotUsable, match="used up"):
        buy({"LAMP-OAK": 1}, code)
    assert payments.credit(credit_id=credit.id).balance_minor == 0


def test_cash_cannot_come_in_beside_store_credit_by_trying_again(shop):
    first = builders.a_placed_order({"LAMP-OAK": 1}, market="SA")
    builders.money_comes(first.order_id)
    _, code = credit_of(orders.order(order_id=first.order_id), 2_000)
    placed = buy({"LAMP-OAK": 1}, code, market="SA")
    with pytest.raises(MethodNotOffered):
        retry_payment(actor=SYSTEM, order_id=placed.order_id, method="cash_on_delivery", at=builders.AT)
    again = retry_payment(actor=SYSTEM, order_id=placed.order_id, method="card", at=builders.AT)
    assert again.amount_minor == payments.attempt(attempt_id=placed.attempt_id).amount_minor


def test_money_that_goes_back_onto_an_expired_store_credit_can_be_spent(shop, bought):
    credit, code = credit_of(bought, 2_000)
    buy({"LAMP-OAK": 1}, code)
    db.execute("UPDATE payments_storecredit SET expires_at = %s", [builders.AT + dt.timedelta(hours=1)])
    assert builders.let_lapse(builders.AT + dt.timedelta(days=1)) == 1
    builders.deliver_all()
    back = payments.credit(credit_id=credit.id)
    assert back.balance_minor == 2_000
    assert back.expires_at > builders.AT + dt.timedelta(days=900)
