"""Mails about money: a link to pay, cash at the door, store credit and its code, refused parcels."""

import datetime as dt

import pytest

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.messages import queries
from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.tell.tell_buyer import remind_unpaid
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests import money_builders as money

pytestmark = pytest.mark.django_db
AT = builders.AT


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})


def bodies(order_id):
    return {m.kind: queries.body(message_id=m.id)[1].text for m in queries.messages(order_id=order_id)}


def later(minutes):
    return AT + dt.timedelta(minutes=minutes)


def test_who_has_not_paid_after_some_minutes_gets_a_link_to_pay_once():
    unpaid, paid, code = builders.a_placed_order(), builders.a_confirmed_order(), builders.a_placed_order(method="code")
    builders.deliver_all()
    assert remind_unpaid(later(1)) == 0
    assert remind_unpaid(later(4)) == 2 == remind_unpaid(later(5))
    said = bodies(unpaid.order_id)
    assert set(said) == {"pay_now"} and orders.access_token(order_id=unpaid.order_id) in said["pay_now"]
    assert set(bodies(paid.order_id)) == {"order_confirmed"}
    assert set(bodies(code.order_id)) == {"order_placed"}
    assert remind_unpaid(later(31)) == 0


def test_cash_at_the_door_is_never_said_to_be_paid():
    placed = builders.a_placed_order({"LAMP-OAK": 1, "SPK-MINI": 1}, market="SA", method="cash_on_delivery")
    money.promised(placed.order_id)
    assert "pay the courier at the door" in bodies(placed.order_id)["order_confirmed"]
    assert "You paid" not in bodies(placed.order_id)["order_confirmed"]
    taken, refused = fulfilment.shipments(order_id=placed.order_id)
    for shipment in (taken, refused):
        money.ship(shipment.id)
    builders.deliver_all()
    assert "at the door" in bodies(placed.order_id)["shipped"]
    money.at_the_door(refused.id, takes=False)
    builders.deliver_all()
    assert "You owe nothing for it" in bodies(placed.order_id)["refused"]


def test_store_credit_is_told_with_its_code_and_its_return_without():
    order = orders.order(order_id=builders.a_confirmed_order({"LAMP-OAK": 1}).order_id)
    refund_order(
        actor=SYSTEM, order_id=order.id, kind="goodwill", reason="late", at=AT, amount_minor=500, tender="store_credit"
    )
    money.send_refunds()
    (credit,) = payments.credits_of(order_id=order.id)
    said = bodies(order.id)
    assert payments.credit_code(credit_id=credit.id) in said["store_credit"]
    assert "refunded" not in said
