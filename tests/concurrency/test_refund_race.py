"""Refunds and store credit raced by threads with a connection each: no unit, no cent goes twice, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.errors import AlreadyOnItsWay, RefundTooLarge, WholeOrder, WrongState
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.errors import CreditNotUsable
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.refund_order import refund_order
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests import money_builders as money

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(deeds: list[Callable[[], object]]) -> list[bool]:
    """Do all at once and say which went through; what is refused in words did not."""

    def run(deed: Callable[[], object]) -> bool:
        try:
            deed()
        except (RefundTooLarge, WholeOrder, WrongState, AlreadyOnItsWay, CreditNotUsable):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def give(order_id: str, **more: object) -> None:
    refund_order(actor=SYSTEM, order_id=order_id, reason="race", at=builders.AT, **more)  # type: ignore[arg-type]


def test_three_units_are_given_back_three_times_and_never_a_fourth() -> None:
    shop = builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})
    order = orders.order(order_id=builders.a_confirmed_order({"SPK-MINI": 3, "LAMP-OAK": 1}).order_id)
    line = next(one for c in order.quote.consignments for one in c.lines if one.sku == "SPK-MINI")
    deeds = [lambda: give(order.id, kind="release", units={("goods", line.ref): 1})] * 8
    assert sum(at_once(deeds)) == 3
    money.send_refunds()
    left = orders.open_lines(order_id=order.id)
    assert sum(one.gross_minor for one in left) == orders.order(order_id=order.id).total_minor
    assert payments.money(order_id=order.id).refunded_minor == order.total_minor - sum(one.gross_minor for one in left)
    assert all(level.reserved <= 1 for level in inventory.stock_levels())
    assert money.balances(shop.entity.id).get("2110", 0) == 0


def test_a_cancellation_and_refunds_at_the_same_moment_send_everything_back_once() -> None:
    shop = builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})
    order = orders.order(order_id=builders.a_confirmed_order({"SPK-MINI": 3, "LAMP-OAK": 1}).order_id)
    deeds: list[Callable[[], object]] = [lambda: give(order.id, kind="goodwill", amount_minor=700)] * 4
    deeds.append(lambda: cancel_order(actor=SYSTEM, order_id=order.id, reason="race", at=builders.AT))
    at_once(deeds)
    if orders.brief(order_id=order.id).state != "cancelled":
        cancel_order(actor=SYSTEM, order_id=order.id, reason="after all", at=builders.AT)
    money.send_refunds()
    assert payments.money(order_id=order.id).refunded_minor == order.total_minor
    assert not any(money.balances(shop.entity.id).values())
    assert {s.state for s in fulfilment.shipments(order_id=order.id)} == {"cancelled"}


def test_one_store_credit_is_spent_once_however_many_try() -> None:
    shop = builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})
    order = orders.order(order_id=builders.a_confirmed_order({"SPK-MINI": 3}).order_id)
    give(order.id, kind="goodwill", amount_minor=1_500, tender="store_credit")
    money.send_refunds()
    (credit,) = payments.credits_of(order_id=order.id)
    code = payments.credit_code(credit_id=credit.id)
    quotes = [builders.a_quote({"LAMP-OAK": 1}) for _ in range(6)]
    deeds = [lambda q=quote: builders.a_placed_order(quote=q, credit_code=code) for quote in quotes]
    assert sum(at_once(deeds)) == 1
    assert payments.credit(credit_id=credit.id).balance_minor == 0
    assert [m.amount_minor for m in payments.credit_moves(credit_id=credit.id)] == [1_500, -1_500]
    assert money.balances(shop.entity.id)["2130"] == -1_500
