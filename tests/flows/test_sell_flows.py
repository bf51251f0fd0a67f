"""Selling from quote to confirmed, expired, cancelled; late, doubled and wrong money."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout.errors import AddressNotQuoted, QuoteAlreadyPlaced, QuoteExpired
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory.errors import OutOfStock
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.errors import TooManyHolds, WrongState
from entrepot.domains.payments import queries as payments
from entrepot.flows.price.quote_cart import requote
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.expire_orders import expire_orders
from entrepot.flows.sell.place_order import place_order
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db
AT = builders.AT
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


def left(sku="LAMP-OAK"):
    return inventory.available(skus=[sku])[sku]


def test_a_quote_sums_exactly_and_the_cheapest_plan_wins():
    quote = builders.a_quote({"LAMP-OAK": 2, "SPK-MINI": 1, "TEA-CUP": 3})
    assert quote.total_minor == sum(c.total_minor for c in quote.consignments)
    assert quote.total_minor == (
        quote.goods_minor + quote.freight_minor + quote.duty_minor + quote.fee_minor + quote.tax_minor
    )
    for c in quote.consignments:
        assert sum(charge.amount_minor for charge in c.charges) == c.total_minor
    assert quote.plans_considered >= 1
    assert checkout.quote(quote_id=quote.id) == (quote, "open")


def test_an_order_is_placed_paid_and_confirmed_once():
    before = left()
    placed = builders.a_placed_order({"LAMP-OAK": 2})
    assert sum(left().values()) == sum(before.values()) - 2
    builders.money_comes(placed.order_id)
    order = orders.order(order_id=placed.order_id)
    assert (order.state, order.total_minor) == ("confirmed", order.quote.total_minor)
    assert [step.kind for step in order.timeline][:2] == ["placed", "confirmed"]
    assert orders.order(number=placed.number).id == placed.order_id
    assert sum(left().values()) == sum(before.values()) - 2


def test_a_double_click_orders_once_and_other_words_are_refused():
    quote = builders.a_quote()
    first = builders.a_placed_order(quote=quote, email="a@example.com")
    assert builders.a_placed_order(quote=quote, email="a@example.com") == first
    with pytest.raises(QuoteAlreadyPlaced):
        builders.a_placed_order(quote=quote, email="b@example.com")
    assert len(payments.attempts(order_id=first.order_id)) == 1


def test_an_expired_quote_says_what_changed_and_changes_nothing():
    quote = builders.a_quote()
    late = quote.expires_at + dt.timedelta(seconds=1)
    with pytest.raises(QuoteExpired):
        builders.a_placed_order(quote=quote, at=late)
    assert checkout.quote(quote_id=quote.id)[1] == "open"
    fresh, changes = requote(actor=SYSTEM, quote_id=quote.id, at=late)
    assert changes == () and fresh.total_minor == quote.total_minor and fresh.expires_at > late


def test_no_order_and_no_attempt_without_stock():
    builders.seed_shop()
    quote = builders.a_quote({"SPK-MINI": 60})
    other = builders.a_quote({"SPK-MINI": 60})
    builders.a_placed_order(quote=quote)
    with pytest.raises(OutOfStock):
        builders.a_placed_order(quote=other)
    assert orders.order_for_quote(other.id) is None
    assert checkout.quote(quote_id=other.id)[1] == "open"


def test_the_order_goes_where_the_price_was_computed_for():
    quote = builders.a_quote()
    with pytest.raises(AddressNotQuoted) as refused:
        place_order(
            actor=SYSTEM,
            quote_id=quote.id,
            email="a@example.com",
            name="Ada King",
            address=builders.ADDRESSES["US"],
            method="card",
            locale="en",
            at=AT,
        )
    assert refused.value.field == "country_code"


def test_three_unpaid_orders_are_the_most():
    for _ in range(3):
        builders.a_placed_order(email="hoarder@example.com")
    with pytest.raises(TooManyHolds):
        builders.a_placed_order(email="Hoarder@example.com ".strip())


def test_an_unpaid_order_expires_and_its_stock_is_free():
    before = left()
    placed = builders.a_placed_order({"LAMP-OAK": 5})
    assert expire_orders(AT) == 0
    assert expire_orders(LATER) == 1
    assert expire_orders(LATER) == 0
    assert left() == before
    assert orders.order(order_id=placed.order_id).state == "expired"
    with pytest.raises(WrongState):
        retry_payment(actor=SYSTEM, order_id=placed.order_id, method="card", at=LATER)


def test_late_money_finds_stock_again():
    before = left()
    placed = builders.a_placed_order({"LAMP-OAK": 5})
    expire_orders(LATER)
    builders.money_comes(placed.order_id, at=LATER)
    order = orders.order(order_id=placed.order_id)
    assert order.state == "confirmed"
    assert sum(left().values()) == sum(before.values()) - 5


def test_late_money_goes_back_in_full_when_sold_out():
    placed = builders.a_placed_order({"SPK-MINI": 90})
    expire_orders(LATER)
    builders.a_placed_order({"SPK-MINI": 90}, at=LATER)
    builders.money_comes(placed.order_id, at=LATER)
    order = orders.order(order_id=placed.order_id)
    assert order.state == "expired"
    assert [r.amount_minor for r in payments.refunds(order_id=placed.order_id)] == [order.quote.total_minor]
    assert "money_returned" in [s.kind for s in order.timeline if s.for_buyer]


def test_a_second_payment_goes_back():
    placed = builders.a_placed_order()
    second = retry_payment(actor=SYSTEM, order_id=placed.order_id, method="code", at=AT)
    builders.money_comes(placed.order_id, attempt_id=placed.attempt_id)
    builders.money_comes(placed.order_id, attempt_id=second.id)
    order = orders.order(order_id=placed.order_id)
    refunds = payments.refunds(order_id=placed.order_id)
    assert order.state == "confirmed"
    assert [(r.attempt_id, r.amount_minor) for r in refunds] == [(second.id, order.total_minor)]


def test_another_amount_never_confirms():
    placed = builders.a_placed_order()
    builders.money_comes(placed.order_id, amount_minor=1)
    order = orders.order(order_id=placed.order_id)
    assert order.state == "placed"
    assert "payment_mismatched" in [s.kind for s in order.timeline]


def test_a_paid_order_is_cancelled_as_a_change_with_refund():
    before = left()
    placed = builders.a_confirmed_order({"LAMP-OAK": 3})
    total = orders.order(order_id=placed.order_id).total_minor
    assert cancel_order(actor=SYSTEM, order_id=placed.order_id, reason="changed my mind", at=AT) == total
    builders.deliver_all()
    order = orders.order(order_id=placed.order_id)
    assert (order.state, order.total_minor, order.placed_total_minor) == ("cancelled", 0, total)
    assert [c.amount_minor for c in order.changes] == [-total]
    assert left() == before
    assert sum(r.amount_minor for r in payments.refunds(order_id=placed.order_id)) == total
    with pytest.raises(WrongState):
        cancel_order(actor=SYSTEM, order_id=placed.order_id, reason="again", at=AT)


def test_an_unpaid_order_is_cancelled_and_money_that_comes_goes_back():
    placed = builders.a_placed_order()
    assert cancel_order(actor=SYSTEM, order_id=placed.order_id, reason="no", at=AT) == 0
    builders.money_comes(placed.order_id)
    order = orders.order(order_id=placed.order_id)
    assert order.state == "cancelled"
    assert len(payments.refunds(order_id=placed.order_id)) == 1


def test_orders_are_found_by_number_and_e_mail():
    placed = builders.a_placed_order(email="find.me@example.com")
    other = builders.a_placed_order()
    assert [r.id for r in orders.orders(text="Find.Me@example.com")] == [placed.order_id]
    assert [r.id for r in orders.orders(text=placed.number)] == [placed.order_id]
    assert [r.id for r in orders.orders(text=placed.number.removeprefix("E-"))] == [placed.order_id]
    newest = orders.orders(limit=1)
    assert [r.id for r in newest] == [other.order_id]
    assert placed.order_id in [r.id for r in orders.orders(before=newest[0].id)]
    assert orders.may_open(order_id=placed.order_id, token=placed.token)
    assert not orders.may_open(order_id=other.order_id, token=placed.token)
