"""Fifty buyers race for ten units, in threads with a connection each; what expires is sold again, never more than ten."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.inventory import queries, services
from entrepot.domains.inventory.errors import OutOfStock
from entrepot.domains.inventory.types import StockRequest
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderConfirmed
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.types import ProviderState
from entrepot.flows.fulfil.open_shipments import open_shipments
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.infra import db, events
from entrepot.infra.ids import new_id
from entrepot.kernel.actor import SYSTEM
from tests.builders import AT, a_confirmed_order, a_placed_order, deliver_all, demo_store, seed_shop
from tests.fakes.carrier import carrying

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def set_up(**units: int) -> None:
    entity = demo_store().entity.id
    with db.transaction():
        services.set_up_warehouse(
            actor=SYSTEM,
            code="SZX",
            entity_id=entity,
            name="S",
            kind="domestic",
            country="CN",
            city="S",
            time_zone="UTC",
        )
        services.receive_stocks(actor=SYSTEM, rows=[("SZX", sku, n) for sku, n in units.items()], reference="first")


def buy(lines: list[tuple[str, int]]) -> str | None:
    """Reserve in a transaction of one's own; None when there is nothing left."""
    order = str(new_id())
    requests = [StockRequest("SZX", sku, n) for sku, n in lines]
    try:
        with db.transaction():
            services.reserve_stock(actor=SYSTEM, order_id=order, requests=requests, expires_at=NOW)
        return order
    except OutOfStock:
        return None
    finally:
        connections.close_all()


def race(baskets: list[list[tuple[str, int]]]) -> list[str]:
    with ThreadPoolExecutor(16) as pool:
        return [order for order in pool.map(buy, baskets) if order]


def level(sku: str = "A") -> tuple[int, int]:
    found = next(row for row in queries.stock_levels() if row.sku == sku)
    return found.on_hand, found.reserved


def test_fifty_buyers_for_ten_units_then_the_abandoned_are_sold_again():
    set_up(A=10)
    first = race([[("A", 1)]] * 50)
    assert len(first) == 10 and level() == (10, 10)

    paid, abandoned = first[:6], first[6:]
    with db.transaction():
        for order in paid:
            assert services.allocate_stock(actor=SYSTEM, order_id=order)
    with db.transaction():
        for order in abandoned:
            assert services.release_stock(actor=SYSTEM, order_id=order)

    again = race([[("A", 1)]] * 40)
    assert len(again) == 4 and level() == (10, 10)
    with db.transaction():
        for order in [*paid, *again]:
            services.allocate_stock(actor=SYSTEM, order_id=order)
            services.consume_stock(actor=SYSTEM, order_id=order, warehouse="SZX", items=[("A", 1)])
    assert level() == (0, 0)
    assert race([[("A", 1)]] * 5) == []


def test_baskets_in_opposite_order_neither_deadlock_nor_oversell():
    set_up(A=30, B=20, C=25)
    baskets = [[("A", 1), ("B", 1), ("C", 1)], [("C", 1), ("B", 1), ("A", 1)], [("B", 2), ("A", 1)]] * 15
    sold = race(baskets)
    taken = dict.fromkeys("ABC", 0)
    for order in sold:
        for kept in queries.reservations(order_id=order):
            taken[kept.sku] += kept.quantity
    assert taken["B"] == 20  # the scarcest sold out; nothing else went over
    assert {sku: level(sku)[1] for sku in "ABC"} == taken


def test_reserving_while_others_release_leaves_no_unit_behind():
    set_up(A=10)
    held = race([[("A", 2)]] * 5)

    def give_back(order: str) -> bool:
        try:
            with db.transaction():
                return services.release_stock(actor=SYSTEM, order_id=order)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        released = [pool.submit(give_back, order) for order in [*held, *held]]
        bought = [pool.submit(buy, [("A", 1)]) for _ in range(20)]
        assert sum(job.result() for job in released) == 5
        sold = [job.result() for job in bought]
    assert level() == (10, sum(order is not None for order in sold))


def test_who_waited_for_a_release_gets_the_goods_it_freed():
    """The waiting statement's snapshot saw everything reserved; what counts is the row as it is once its turn comes."""
    set_up(A=10)
    held = race([[("A", 10)]])
    with ThreadPoolExecutor(1) as pool:
        with db.transaction():
            assert services.release_stock(actor=SYSTEM, order_id=held[0])
            waiting = pool.submit(buy, [("A", 1)])
            deadline = time.monotonic() + 10
            while not db.fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):
                assert time.monotonic() < deadline, "nobody waits"
                time.sleep(0.01)
        assert waiting.result() is not None
    assert level() == (10, 1)


def test_two_people_ship_the_same_parcel_at_once_and_it_leaves_once():
    seed_shop()
    placed = a_confirmed_order({"SPK-MINI": 2}, market="US")
    shipment = fulfilment.shipments(order_id=placed.order_id)[0]
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=NOW)
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=NOW)
    deliver_all()
    before = level("SPK-MINI")

    def press(_: int) -> str:
        try:
            return ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=NOW)
        finally:
            connections.close_all()

    with carrying("sandbox"), ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(press, range(4)))
    assert len(numbers) == 1 and level("SPK-MINI") == (before[0] - 2, before[1] - 2)
    told = "SELECT count(*) FROM infra_outboxevent WHERE topic = 'fulfilment.shipment_dispatched.v1'"
    assert db.fetch(told)[0][0] == 1


def test_an_order_cancelled_while_its_shipments_are_being_opened_leaves_none_to_pick():
    seed_shop()
    placed = a_placed_order()
    deliver_all()
    (attempt,) = payments.attempts(order_id=placed.order_id)
    said = ProviderState("ref", "captured", attempt.amount_minor, attempt.currency, attempt_id=attempt.id)
    with db.transaction():
        apply_answer(attempt.id, said, AT)
    events.deliver_batch()
    assert orders.brief(order_id=placed.order_id).state == "confirmed"
    assert not fulfilment.shipments(order_id=placed.order_id), "not yet"

    def call_off() -> None:
        try:
            cancel_order(actor=SYSTEM, order_id=placed.order_id, reason="at this very moment", at=AT)
            deliver_all()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with db.transaction():
            open_shipments(OrderConfirmed(placed.order_id, False))
            cancelling = pool.submit(call_off)
            time.sleep(1)
        cancelling.result(20)
    assert {s.state for s in fulfilment.shipments(order_id=placed.order_id)} == {"cancelled"}
