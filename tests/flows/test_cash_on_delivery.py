"""Cash on delivery: confirmed without money, collected parcel by parcel, refused in part or in whole; the books close."""

from __future__ import annotations

import pytest

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.errors import MoneyNotHere
from entrepot.domains.payments import queries as payments
from entrepot.flows.pay.decide import mark_paid
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.refund_order import refund_order
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests import money_builders as money

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0), "TEA-CUP": (50, 50)})


def a_cash_order(lines=None):
    placed = builders.a_placed_order(lines or {"LAMP-OAK": 1, "SPK-MINI": 1}, market="SA", method="cash_on_delivery")
    money.promised(placed.order_id)
    return placed.order_id, orders.order(order_id=placed.order_id)


def stock():
    return {(level.warehouse, level.sku): (level.on_hand, level.reserved) for level in inventory.stock_levels()}


def shipped(order_id):
    shipments = fulfilment.shipments(order_id=order_id)
    for shipment in shipments:
        money.ship(shipment.id)
    builders.deliver_all()
    return shipments


def test_it_is_offered_where_the_data_say_so_and_up_to_its_cap(shop):
    def codes(market, currency, amount):
        return [m.code for m in payments.methods(market=market, currency=currency, amount_minor=amount)]

    assert "cash_on_delivery" in codes("SA", "SAR", 20_000)
    assert "cash_on_delivery" not in codes("SA", "SAR", 300_001)
    assert "cash_on_delivery" not in codes("DE", "EUR", 20_000)
    names = {m.code: m.name for m in payments.methods(market="BR", currency="BRL", amount_minor=20_000)}
    assert names["code"] == "Pix-like code"


def test_it_is_confirmed_without_money_and_the_books_say_what_is_to_come(shop):
    order_id, order = a_cash_order()
    assert order.state == "confirmed" and len(order.quote.consignments) == 2
    assert payments.captures(order_id=order_id) == ()
    assert payments.money(order_id=order_id).promised_minor == order.quote.total_minor
    assert money.of_order(order_id, "1310") == order.quote.total_minor
    assert money.of_order(order_id, "2110") == 0
    with pytest.raises(MoneyNotHere):
        refund_order(actor=SYSTEM, order_id=order_id, kind="goodwill", reason="late", at=builders.AT, amount_minor=100)


def test_all_is_taken_and_paid_out_once(shop):
    order_id, order = a_cash_order()
    for shipment in shipped(order_id):
        money.at_the_door(shipment.id)
        assert money.cash(order_id, shipment.consignment_ref, "collected") == "applied"
        assert money.cash(order_id, shipment.consignment_ref, "remitted") == "applied"
        assert money.cash(order_id, shipment.consignment_ref, "remitted") == "stale"
    builders.deliver_all()
    attempt = payments.attempts(order_id=order_id)[0]
    assert (attempt.state, orders.order(order_id=order_id).state) == ("captured", "delivered")
    assert sum(c.amount_minor for c in payments.captures(order_id=order_id)) == order.quote.total_minor
    books = money.balances(shop.entity.id)
    assert books["1220"] == order.quote.total_minor
    assert {account: books.get(account, 0) for account in ("1310", "2110", "2120")} == dict.fromkeys(
        ("1310", "2110", "2120"), 0
    )


def test_one_parcel_is_taken_the_other_refused_and_comes_back(shop):
    before = stock()
    order_id, order = a_cash_order()
    taken, refused = shipped(order_id)
    money.at_the_door(taken.id)
    money.cash(order_id, taken.consignment_ref, "collected")
    money.at_the_door(refused.id, takes=False)
    builders.deliver_all()
    assert money.cash(order_id, refused.consignment_ref, "refused") == "stale"  # the parcel's own word was first
    money.cash(order_id, taken.consignment_ref, "remitted")
    money.comes_back(refused.id)
    builders.deliver_all()
    kept = next(c for c in order.quote.consignments if c.ref == taken.consignment_ref)
    lost = next(c for c in order.quote.consignments if c.ref == refused.consignment_ref)
    now = orders.order(order_id=order_id)
    assert (now.state, now.total_minor) == ("delivered", kept.total_minor)
    assert payments.attempts(order_id=order_id)[0].state == "captured"
    books = money.balances(shop.entity.id)
    assert books["1220"] == kept.total_minor
    assert [books.get(account, 0) for account in ("1310", "2110", "2120")] == [0, 0, 0]
    assert books["5320"] == lost.duty_minor + lost.fee_minor + lost.freight_minor + sum(
        c.amount_minor for c in lost.charges if c.kind == "tax" and c.collector != "seller"
    )
    assert books["2320"] == -lost.freight_minor
    assert books["4110"] == -kept.goods_minor
    after = stock()
    for line in lost.lines:
        assert after[lost.warehouse, line.sku] == before[lost.warehouse, line.sku]


def test_everything_is_refused_and_nothing_was_captured(shop):
    before = stock()
    order_id, _ = a_cash_order()
    for shipment in shipped(order_id):
        money.at_the_door(shipment.id, takes=False)
        money.comes_back(shipment.id)
    builders.deliver_all()
    now = orders.order(order_id=order_id)
    assert (now.state, now.total_minor) == ("refused", 0)
    assert payments.attempts(order_id=order_id)[0].state == "cancelled"
    assert payments.captures(order_id=order_id) == ()
    books = money.balances(shop.entity.id)
    assert [books.get(a, 0) for a in ("1310", "2110", "2120", "1220", "4110", "4120")] == [0] * 6
    assert stock() == before


def test_the_word_about_the_cash_may_come_before_the_parcel_s(shop):
    before = stock()
    order_id, _ = a_cash_order()
    for shipment in shipped(order_id):
        assert money.cash(order_id, shipment.consignment_ref, "refused") == "applied"
    assert payments.attempts(order_id=order_id)[0].state == "cancelled"
    for shipment in fulfilment.shipments(order_id=order_id):
        money.at_the_door(shipment.id, takes=False)
        money.comes_back(shipment.id)
    builders.deliver_all()
    now = orders.order(order_id=order_id)
    assert (now.state, now.total_minor) == ("refused", 0)
    books = money.balances(shop.entity.id)
    assert [books.get(a, 0) for a in ("1310", "2110", "2120", "1220", "4110", "4120")] == [0] * 6
    assert stock() == before


def test_cancelled_before_it_leaves_nothing_goes_back(shop):
    before = stock()
    order_id, _ = a_cash_order()
    assert cancel_order(actor=SYSTEM, order_id=order_id, reason="changed my mind", at=builders.AT) == 0
    builders.deliver_all()
    assert orders.order(order_id=order_id).state == "cancelled"
    assert not any(money.balances(shop.entity.id).values())
    assert payments.refunds(order_id=order_id) == ()
    assert stock() == before


def test_cash_goes_back_by_bank_transfer_that_a_person_marks_paid(shop):
    order_id, order = a_cash_order({"SPK-MINI": 2})
    for shipment in shipped(order_id):
        money.at_the_door(shipment.id)
        money.cash(order_id, shipment.consignment_ref, "remitted")
    builders.deliver_all()
    change = refund_order(
        actor=SYSTEM,
        order_id=order_id,
        kind="return",
        reason="broken",
        at=builders.AT,
        units={("goods", order.quote.consignments[0].lines[0].ref): 1},
        tender="bank_transfer",
    )
    money.send_refunds()
    (refund,) = payments.bank_transfers()
    assert refund.amount_minor == -change.amount_minor
    mark_paid(actor=SYSTEM, refund_id=refund.id, note="SA-77", by="Finance", at=builders.AT)
    assert payments.bank_transfers() == ()
    books = money.balances(shop.entity.id)
    assert (books["1110"], books.get("2110", 0)) == (change.amount_minor, 0)
