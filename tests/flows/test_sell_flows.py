"""Selling from quote to confirmed, expired, cancelled; late, doubled and wrong money."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout import services as checkout_services
from entrepot.domains.checkout.errors import (
    AddressNotQuoted,
    QuoteAlreadyPlaced,
    QuotedWithoutAddress,
    QuoteExpired,
)
from entrepot.domains.checkout.types import CartLine
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory import services as inventory_services
from entrepot.domains.inventory.errors import OutOfStock
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.errors import TooManyHolds, TooManyHoldsHere, WrongState
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services as payment_services
from entrepot.domains.payments.errors import MethodNotOffered
from entrepot.domains.payments.types import ProviderState
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.price.quote_cart import quote_cart, requote
from entrepot.flows.sell import expire_orders as expiring
from entrepot.flows.sell import place_order as placing
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.expire_orders import expire_orders
from entrepot.flows.sell.forget_abandoned import forget_abandoned
from entrepot.flows.sell.place_order import place_order
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound
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


@pytest.mark.parametrize("market", ["DE", "US"])
def test_a_price_made_before_the_address_was_known_is_not_placed(market):
    bare = quote_cart(actor=SYSTEM, market=market, at=AT, lines=[CartLine("LAMP-OAK", 1)], country=market, freeze=True)
    with pytest.raises(QuotedWithoutAddress):
        builders.a_placed_order(market=market, quote=bare)
    assert checkout.quote(quote_id=bare.id)[1] == "open"


def test_three_unpaid_orders_are_the_most():
    for _ in range(3):
        builders.a_placed_order(email="hoarder@example.com")
    with pytest.raises(TooManyHolds):
        builders.a_placed_order(email="Hoarder@example.com ".strip())


def test_one_network_holds_only_so_much_whatever_e_mails_it_invents(monkeypatch):
    monkeypatch.setattr(placing, "MAX_HOLDS_PER_NETWORK", 2)
    address = builders.ADDRESSES["DE"]

    def place(network):
        quote = builders.a_quote()
        return place_order(
            actor=SYSTEM, quote_id=quote.id, email=f"{quote.id}@example.com", name=address.name, address=address,
            method="code", locale="en", at=AT, network=network,
        )  # fmt: skip

    first = [place("203.0.113.9"), place("203.0.113.9")][0]
    with pytest.raises(TooManyHoldsHere):
        place("203.0.113.9")
    place("203.0.113.10")
    assert place("") and place("") and place("")
    builders.money_comes(first.order_id)
    place("203.0.113.9")
    kept = db.fetch("SELECT network_index FROM orders_order WHERE public_id = %s", [first.order_id])
    assert kept == [("",)], "nothing is remembered once it is paid"


def test_what_visitors_left_lying_is_forgotten():
    """Quotes after a month, carts after three; what became an order stays, with its quote."""
    actor, store = SYSTEM, builders.demo_store()
    with db.transaction():
        old, fresh = [
            checkout_services.create_cart(actor=actor, market="DE", locale="de-de", store_id=store.id) for _ in "12"
        ]
        checkout_services.set_line(actor=actor, cart_id=old, sku="LAMP-OAK", quantity=1)
        db.execute("UPDATE checkout_cart SET updated_at = now() - interval '91 days' WHERE public_id = %s", [old])
    placed, left_lying = builders.a_placed_order(), builders.a_quote()
    bought = orders.order(order_id=placed.order_id).quote.id
    builders.deliver_all()
    db.execute("UPDATE infra_outboxevent SET published_at = now() - interval '91 days'")
    waiting = builders.a_placed_order()
    db.execute("UPDATE infra_outboxevent SET published_at = now() - interval '91 days'")
    forget_abandoned(AT + dt.timedelta(days=29))
    assert checkout.quote(quote_id=left_lying.id)[1] == "open"
    forget_abandoned(AT + dt.timedelta(days=31))
    with pytest.raises(NotFound):
        checkout.quote(quote_id=left_lying.id)
    with pytest.raises(NotFound):
        checkout.cart(cart_id=old)
    assert checkout.cart(cart_id=fresh).lines == ()
    assert checkout.quote(quote_id=bought)[1] == "placed"
    told = db.fetch("SELECT DISTINCT aggregate FROM infra_outboxevent")
    assert told == [(f"order:{waiting.order_id}",)], "what somebody has not taken yet stays"


def test_an_unpaid_order_expires_and_its_stock_is_free():
    before = left()
    placed = builders.a_placed_order({"LAMP-OAK": 5})
    assert builders.let_lapse(AT) == 0
    assert builders.let_lapse(LATER) == 1
    assert builders.let_lapse(LATER) == 0
    assert left() == before
    assert orders.order(order_id=placed.order_id).state == "expired"
    with pytest.raises(WrongState):
        retry_payment(actor=SYSTEM, order_id=placed.order_id, method="card", at=LATER)


def said(attempt_id, status, at):
    """Let the provider say something of an attempt; the worker is behind and delivers nothing."""
    attempt = payments.attempt(attempt_id=attempt_id)
    state = ProviderState("r", status, attempt.amount_minor, attempt.currency, attempt_id=attempt_id)
    with db.transaction():
        apply_answer(attempt_id, state, at)


def test_an_order_whose_money_has_come_never_expires_however_late_the_worker_is():
    """Nobody else gets goods that are paid."""
    placed = builders.a_placed_order({"SPK-MINI": 99})
    hold = orders.brief(order_id=placed.order_id).hold_until
    said(placed.attempt_id, "captured", hold - dt.timedelta(seconds=20))
    assert builders.let_lapse(hold + dt.timedelta(minutes=5)) == 0
    with pytest.raises(OutOfStock):
        builders.a_placed_order({"SPK-MINI": 2})
    builders.deliver_all()
    assert orders.brief(order_id=placed.order_id).state == "confirmed"


def test_an_order_waits_until_the_provider_was_asked_a_last_time():
    placed = builders.a_placed_order()
    assert expire_orders(LATER) == 0
    said(placed.attempt_id, "failed", LATER)
    assert expire_orders(LATER) == 1


def test_an_order_with_the_wrong_amount_or_none_left_still_ends():
    wrong = builders.a_placed_order()
    builders.money_comes(wrong.order_id, amount_minor=1)
    back = builders.a_placed_order()
    said(back.attempt_id, "captured", AT)
    amount = orders.brief(order_id=back.order_id).placed_total_minor
    with db.transaction():
        payment_services.request_refund(actor=SYSTEM, order_id=back.order_id, amount_minor=amount, reason="test")
    assert builders.let_lapse(LATER) == 2


def test_one_order_that_cannot_expire_stops_no_other(monkeypatch):
    monkeypatch.setattr(expiring, "BATCH", 1)
    broken, other = builders.a_placed_order(), builders.a_placed_order()
    release = inventory_services.release_stock

    def fail_once(*, actor, order_id):
        if order_id == broken.order_id:
            raise RuntimeError("planted")
        return release(actor=actor, order_id=order_id)

    monkeypatch.setattr(inventory_services, "release_stock", fail_once)
    assert builders.let_lapse(LATER) == 1
    assert orders.brief(order_id=broken.order_id).state == "placed"
    assert orders.brief(order_id=other.order_id).state == "expired"


def test_another_try_to_pay_ends_with_the_hold_and_asks_the_market(monkeypatch):
    placed = builders.a_placed_order()
    hold = orders.brief(order_id=placed.order_id).hold_until
    again = retry_payment(actor=SYSTEM, order_id=placed.order_id, method="code", at=AT + dt.timedelta(minutes=20))
    assert again.expires_at == hold
    closed = tuple(msgspec.structs.replace(t, markets=("US",)) for t in payments.terms() if t.method == "code")
    monkeypatch.setattr(payments, "terms", lambda: closed)
    with pytest.raises(MethodNotOffered):
        retry_payment(actor=SYSTEM, order_id=placed.order_id, method="code", at=AT)


def test_late_money_finds_stock_again():
    before = left()
    placed = builders.a_placed_order({"LAMP-OAK": 5})
    builders.let_lapse(LATER)
    builders.money_comes(placed.order_id, at=LATER)
    order = orders.order(order_id=placed.order_id)
    assert order.state == "confirmed"
    assert sum(left().values()) == sum(before.values()) - 5


def test_late_money_goes_back_in_full_when_sold_out():
    placed = builders.a_placed_order({"SPK-MINI": 90})
    builders.let_lapse(LATER)
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
