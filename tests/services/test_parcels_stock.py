"""Stock: all or nothing, never below zero, refused by the database itself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError

from entrepot.domains.inventory import queries, services
from entrepot.domains.inventory.errors import NotReserved, OutOfStock
from entrepot.domains.inventory.types import StockRequest
from entrepot.domains.organisation import services as organisation
from entrepot.infra import db
from entrepot.infra.ids import new_id
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, NotFound, PermissionDenied
from tests.builders import demo_store

pytestmark = pytest.mark.django_db
SOON = dt.datetime(2026, 11, 25, 12, 30, tzinfo=dt.UTC)


def set_up(**units: int) -> None:
    entity = demo_store().entity.id
    for code, country, zone in (("SZX", "CN", "Asia/Shanghai"), ("RTM", "NL", "Europe/Amsterdam")):
        services.set_up_warehouse(
            actor=SYSTEM,
            code=code,
            entity_id=entity,
            name=code,
            kind="domestic",
            country=country,
            city=code,
            time_zone=zone,
        )
    services.receive_stocks(actor=SYSTEM, rows=[("SZX", sku, n) for sku, n in units.items()], reference="first")


def reserve(*wanted: tuple[str, int], order: str = "", warehouse: str = "SZX", until: dt.datetime = SOON) -> str:
    order = order or str(new_id())
    requests = [StockRequest(warehouse, sku, n) for sku, n in wanted]
    services.reserve_stock(actor=SYSTEM, order_id=order, requests=requests, expires_at=until)
    return order


def levels() -> dict[str, tuple[int, int]]:
    return {level.sku: (level.on_hand, level.reserved) for level in queries.stock_levels(warehouse="SZX")}


def test_all_or_nothing_and_the_error_names_sku_and_rest():
    set_up(A=10, B=3)
    reserve(("B", 2), ("A", 4))
    with pytest.raises(OutOfStock) as caught:
        reserve(("B", 2), ("A", 4))
    assert caught.value.params == {"sku": "B", "wanted": 2, "available": 1, "warehouse": "SZX"}
    assert levels() == {"A": (10, 4), "B": (3, 2)}
    with pytest.raises(OutOfStock) as caught:
        reserve(("A", 1), ("NEVER-HEARD-OF", 1))
    assert caught.value.params["available"] == 0
    assert levels() == {"A": (10, 4), "B": (3, 2)}


def test_one_statement_however_many_lines(django_assert_num_queries):
    set_up(**{f"S{n:02}": 5 for n in range(30)})
    with django_assert_num_queries(1):
        reserve(*[(f"S{n:02}", 2) for n in range(30)])


def test_requests_of_one_sku_add_up():
    set_up(A=5)
    with pytest.raises(OutOfStock):
        reserve(("A", 3), ("A", 3))
    reserve(("A", 3), ("A", 2))
    assert levels() == {"A": (5, 5)}


@pytest.mark.parametrize("quantity", [0, -1, 10**7, True, 1.5])
def test_a_quantity_that_is_none_is_refused(quantity):
    set_up(A=5)
    with pytest.raises(InvalidInput):
        reserve(("A", quantity))
    assert levels() == {"A": (5, 0)}


def test_the_database_refuses_the_eleventh_of_ten():
    set_up(A=10)
    reserve(("A", 10))
    for sql in (
        "UPDATE inventory_stock SET reserved = reserved + 1 WHERE sku = 'A'",
        "UPDATE inventory_stock SET on_hand = 9 WHERE sku = 'A'",
        "UPDATE inventory_stock SET reserved = -1 WHERE sku = 'A'",
    ):
        with pytest.raises(IntegrityError, match="stock_"), transaction.atomic():
            db.execute(sql)
    assert levels() == {"A": (10, 10)}


def test_an_order_holds_a_row_once():
    set_up(A=10)
    order = reserve(("A", 1))
    with pytest.raises(IntegrityError, match="reservation_live_once"), transaction.atomic():
        reserve(("A", 1), order=order)
    services.release_stock(actor=SYSTEM, order_id=order)
    reserve(("A", 2), order=order)
    assert levels() == {"A": (10, 2)}


def test_the_way_of_a_reservation():
    set_up(A=10, B=4)
    order = reserve(("A", 3), ("B", 1))
    assert {(r.state, r.expires_at) for r in queries.reservations(order_id=order)} == {("held", SOON)}
    assert services.allocate_stock(actor=SYSTEM, order_id=order)
    assert {(r.state, r.expires_at) for r in queries.reservations(order_id=order)} == {("allocated", None)}
    services.consume_stock(actor=SYSTEM, order_id=order, warehouse="SZX", items=[("A", 3)], reference="shipment:1")
    assert levels() == {"A": (7, 0), "B": (4, 1)}
    assert [(r.sku, r.state) for r in queries.reservations(order_id=order)] == [("A", "consumed"), ("B", "allocated")]
    assert services.release_stock(actor=SYSTEM, order_id=order)
    assert not services.release_stock(actor=SYSTEM, order_id=order)
    assert not services.allocate_stock(actor=SYSTEM, order_id=order)
    assert levels() == {"A": (7, 0), "B": (4, 0)}
    assert [(m.kind, m.quantity) for m in queries.movements(sku="A")] == [("consume", -3), ("receive", 10)]


def test_only_allocated_units_leave_and_only_once():
    set_up(A=10)
    order = reserve(("A", 2))
    leave = {"actor": SYSTEM, "order_id": order, "warehouse": "SZX", "items": [("A", 2)]}
    with pytest.raises(NotReserved), transaction.atomic():
        services.consume_stock(**leave)
    services.allocate_stock(actor=SYSTEM, order_id=order)
    services.consume_stock(**leave)
    with pytest.raises(NotReserved), transaction.atomic():
        services.consume_stock(**leave)
    assert levels() == {"A": (8, 0)}


def test_a_reference_is_received_once():
    set_up(A=10)
    assert not services.receive_stock(actor=SYSTEM, warehouse="SZX", sku="A", quantity=10, reference="first")
    assert services.receive_stock(actor=SYSTEM, warehouse="SZX", sku="A", quantity=5, reference="second")
    assert queries.available(skus=["A", "B"]) == {"A": {"SZX": 15}, "B": {}}
    with pytest.raises(NotFound):
        services.receive_stock(actor=SYSTEM, warehouse="XXX", sku="A", quantity=5, reference="third")


def test_a_count_may_not_undercut_what_is_reserved():
    set_up(A=10)
    reserve(("A", 8))
    assert services.adjust_stock(actor=SYSTEM, warehouse="SZX", sku="A", delta=-2, reason="two broken") == 8
    with pytest.raises(InvalidInput):
        services.adjust_stock(actor=SYSTEM, warehouse="SZX", sku="A", delta=-1, reason="one lost")
    with pytest.raises(InvalidInput):
        services.adjust_stock(actor=SYSTEM, warehouse="SZX", sku="A", delta=1, reason=" ")


def test_stock_of_another_owner_is_not_sold_as_ours():
    set_up(A=1)
    from_elsewhere = demo_store().entity.id
    other = _other_entity()
    services.receive_stock(actor=SYSTEM, warehouse="SZX", sku="A", quantity=9, reference="theirs", entity_id=other)
    assert from_elsewhere != other and queries.available(skus=["A"]) == {"A": {"SZX": 1}}
    with pytest.raises(OutOfStock):
        reserve(("A", 2))


def _other_entity() -> str:
    return organisation.set_up_entity(actor=SYSTEM, code="other", name="Other", country="CN", book_currency="CNY")


@pytest.mark.parametrize("sql", ["UPDATE inventory_movement SET quantity = 1", "DELETE FROM inventory_movement"])
def test_the_log_of_movements_stays(sql):
    set_up(A=10)
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        db.execute(sql)


@pytest.mark.parametrize("sql", ["UPDATE inventory_movement SET quantity = 1", "DELETE FROM inventory_movement"])
def test_not_even_its_owner_rewrites_the_log(as_owner, sql):
    set_up(A=10)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        db.execute(sql)


def test_a_buyer_does_not_move_stock():
    set_up(A=10)
    with pytest.raises(PermissionDenied):
        services.release_stock(actor=Actor("buyer", "b"), order_id=str(new_id()))


def test_a_list_of_stock_has_every_row_once_over_its_pages():
    set_up(A=1, B=2, C=3)
    services.receive_stocks(actor=SYSTEM, rows=[("RTM", sku, 5) for sku in "ABC"], reference="second")
    seen, after = [], ""
    while page := queries.stock_levels(after=after, limit=2):
        seen += [(level.sku, level.warehouse) for level in page]
        after = page[-1].key
    assert seen == [(sku, code) for sku in "ABC" for code in ("RTM", "SZX")]
    assert [level.warehouse for level in queries.stock_levels(sku="B")] == ["RTM", "SZX"]
