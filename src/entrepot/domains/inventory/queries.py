"""Reads of inventory."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.domains.inventory.models import Warehouse
from entrepot.domains.inventory.types import MovementView, ReservationView, StockLevel, WarehouseInfo
from entrepot.infra import db
from entrepot.infra.memo import Memo

warehouses_memo = Memo(ttl_s=5)


def warehouses() -> dict[str, WarehouseInfo]:
    """Return all warehouses by code; kept for five seconds per process, for they change by hand."""
    return warehouses_memo.get("all", _warehouses)


def _warehouses() -> dict[str, WarehouseInfo]:
    return {
        row.code: WarehouseInfo(
            id=str(row.public_id),
            code=row.code,
            name=row.name,
            kind=row.kind,
            country=row.country,
            city=row.city,
            time_zone=row.time_zone,
            cutoff=row.cutoff,
            address=row.address,
        )
        for row in Warehouse.objects.order_by("code")
    }


def available(*, skus: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return sku → warehouse code → units that can still be promised (own stock of the warehouse's entity).

    Every SKU asked for has a key; a warehouse that never held it has none.
    """
    result: dict[str, dict[str, int]] = {sku: {} for sku in skus}
    rows = db.fetch(
        "SELECT s.sku, w.code, s.on_hand - s.reserved FROM inventory_stock s"
        " JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.entity_id = s.entity_id"
        " WHERE s.sku = ANY(%s)",
        [list(result)],
    )
    for sku, code, units in rows:
        result[sku][code] = units
    return result


_LEVELS = """
SELECT w.code, s.sku, s.on_hand, s.reserved FROM inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id
WHERE (%s = '' OR w.code = %s) AND (%s = '' OR s.sku = %s) AND {key} > (%s, %s, %s)
 AND (%s::int IS NULL OR s.on_hand - s.reserved <= %s) AND strpos(lower(s.sku), lower(%s)) > 0 ORDER BY {order} LIMIT %s
"""


def stock_levels(
    *, warehouse: str = "", text: str = "", sku: str = "", after: str = "", limit: int = 100,
    most: int | None = None, least_first: bool = False,
) -> tuple[StockLevel, ...]:  # fmt: skip
    """Return stock rows by SKU then warehouse, or those of which the least can be promised first.

    `text` is a part of the SKU, `sku` the whole of it; `most` leaves only rows of which at most so much can be promised;
    `after` is the `key` of the last row of the page before (with `least_first` its `key_by_least`).
    """
    last_sku, _, last_warehouse = after.rpartition("|")
    least: int | None = None
    if least_first and after:
        told, _, last_sku = last_sku.partition("|")
        least = int(told) if told.lstrip("-").isdigit() and len(told) < 10 else 0
    key = "(s.on_hand - s.reserved, s.sku, w.code)" if least_first else "(0, s.sku, w.code)"
    rows = db.fetch(
        _LEVELS.format(key=key, order=key.strip("()").removeprefix("0, ")),
        [warehouse, warehouse, sku, sku, least if least is not None else (-1 if least_first else 0), last_sku,
         last_warehouse, most, most, text, limit],
    )  # fmt: skip
    return tuple(StockLevel(*row) for row in rows)


def scarce(*, most: int) -> dict[str, int]:
    """Return the SKUs of which at most so many units can still be promised over all warehouses, with how many."""
    rows = db.fetch(
        "SELECT s.sku, sum(s.on_hand - s.reserved)::bigint FROM inventory_stock s"
        " JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.entity_id = s.entity_id"
        " GROUP BY s.sku HAVING sum(s.on_hand - s.reserved) <= %s",
        [most],
    )
    return dict(rows)


def reservations(*, order_id: str) -> tuple[ReservationView, ...]:
    """Return what was ever kept for an order, in the order it was kept."""
    rows = db.fetch(
        "SELECT r.order_id::text, w.code, s.sku, r.quantity, r.consumed, r.state, r.expires_at"
        " FROM inventory_reservation r JOIN inventory_stock s ON s.id = r.stock_id"
        " JOIN inventory_warehouse w ON w.id = s.warehouse_id WHERE r.order_id = %s ORDER BY r.id",
        [order_id],
    )
    return tuple(ReservationView(*row) for row in rows)


def movements(*, sku: str, limit: int = 50) -> tuple[MovementView, ...]:
    """Return the latest movements of a SKU, the newest first."""
    rows = db.fetch(
        "SELECT w.code, s.sku, m.kind, m.quantity, m.reference, m.at FROM inventory_movement m"
        " JOIN inventory_stock s ON s.id = m.stock_id JOIN inventory_warehouse w ON w.id = s.warehouse_id"
        " WHERE s.sku = %s ORDER BY m.id DESC LIMIT %s",
        [sku, limit],
    )
    return tuple(MovementView(*row) for row in rows)
