"""Reads of fulfilment."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from importlib import resources

from entrepot.domains.fulfilment.models import Shipment, ShipmentItem, ShipmentPackage
from entrepot.domains.fulfilment.types import PackageView, ShipmentLine, ShipmentView, WorkCount
from entrepot.infra import db
from entrepot.kernel.errors import NotFound


def shipments(
    *,
    order_id: str | None = None,
    warehouse: str | None = None,
    state: str | None = None,
    shipment_id: str | None = None,
    shipment_ids: Sequence[str] | None = None,
    limit: int = 500,
) -> tuple[ShipmentView, ...]:
    """Return shipments with their lines and boxes, the most urgent first."""
    rows = Shipment.objects.order_by("dispatch_by", "id")
    wanted = {"order_id": order_id, "warehouse": warehouse, "state": state, "public_id": shipment_id}
    if shipment_ids is not None:
        rows = rows.filter(public_id__in=list(shipment_ids))
    found = list(rows.filter(**{key: value for key, value in wanted.items() if value})[:limit])
    lines: dict[int, list[ShipmentLine]] = {row.pk: [] for row in found}
    for item in ShipmentItem.objects.filter(shipment_id__in=list(lines)).order_by("id") if lines else ():
        line = ShipmentLine(line_ref=item.line_ref, sku=item.sku, title=item.title, quantity=item.quantity)
        lines[item.shipment_id].append(line)
    boxes: dict[int, list[PackageView]] = {row.pk: [] for row in found}
    packed = [row.pk for row in found if row.state not in ("to_pick", "picked")]
    for box in ShipmentPackage.objects.filter(shipment_id__in=packed).order_by("number") if packed else ():
        boxes[box.shipment_id].append(
            PackageView(
                number=box.number,
                mass_g=box.mass_g,
                contents=box.contents,
                length_mm=box.length_mm,
                width_mm=box.width_mm,
                height_mm=box.height_mm,
            )
        )
    return tuple(_view(row, tuple(lines[row.pk]), tuple(boxes[row.pk])) for row in found)


def shipment(*, shipment_id: str) -> ShipmentView:
    """Return one shipment; raise NotFound."""
    found = shipments(shipment_id=shipment_id)
    if not found:
        raise NotFound(kind="shipment", key=shipment_id)
    return found[0]


def _view(row: Shipment, lines: tuple[ShipmentLine, ...], packages: tuple[PackageView, ...]) -> ShipmentView:
    return ShipmentView(
        id=str(row.public_id),
        order_id=str(row.order_id),
        order_number=row.order_number,
        consignment_ref=row.consignment_ref,
        warehouse=row.warehouse,
        service=row.service,
        carrier=row.carrier,
        state=row.state,  # type: ignore[arg-type]
        lines=lines,
        created_at=row.created_at,
        dispatch_by=row.dispatch_by,
        booking_since=row.booking_since,
        booking_problem=row.booking_problem,
        mass_g=row.mass_g,
        packages=packages,
    )


@functools.cache
def pick_template() -> str:
    """Return the typst source of the pick list."""
    return resources.files("entrepot.domains.fulfilment").joinpath("templates", "pick_list.typ").read_text("utf-8")


def counts(*, warehouse: str | None = None) -> dict[str, int]:
    """Return state → number of shipments."""
    sql = "SELECT state, count(*) FROM fulfilment_shipment WHERE %s::text IS NULL OR warehouse = %s GROUP BY state"
    return dict(db.fetch(sql, [warehouse, warehouse]))  # type: ignore[arg-type]


_WORK = """
SELECT state, count(*), count(*) FILTER (WHERE dispatch_by < %(at)s), min(dispatch_by),
  coalesce(array_agg(DISTINCT order_id::text) FILTER (WHERE dispatch_by < %(at)s), '{}')
FROM fulfilment_shipment WHERE state IN ('to_pick', 'picked', 'packed') GROUP BY state
"""


def work(*, at: dt.datetime) -> dict[str, WorkCount]:
    """Return what waits in the warehouses by state (to_pick, picked, packed), and what of it is late; one statement."""
    return {
        state: WorkCount(number, late, due, tuple(orders))
        for state, number, late, due, orders in db.fetch(_WORK, {"at": at})
    }


_PAGE = """
SELECT public_id::text FROM fulfilment_shipment s
WHERE (%(state)s = '' OR state = %(state)s) AND (%(warehouse)s = '' OR warehouse = %(warehouse)s)
 AND order_number ILIKE %(text)s AND (NOT %(late)s OR dispatch_by < %(at)s)
 AND (%(after)s::uuid IS NULL OR (coalesce(dispatch_by, 'infinity'), id) {beyond} (
      SELECT coalesce(dispatch_by, 'infinity'), id FROM fulfilment_shipment WHERE public_id = %(after)s::uuid))
ORDER BY coalesce(dispatch_by, 'infinity') {way}, id {way} LIMIT %(limit)s
"""


def shipment_page(
    *, at: dt.datetime, state: str = "", warehouse: str = "", text: str = "", late: bool = False,
    urgent_last: bool = False, after: str = "", limit: int = 50,
) -> tuple[ShipmentView, ...]:  # fmt: skip
    """Return a page of shipments, the most urgent first (or last).

    Args:
        text: the beginning of an order's number; `late`: only those that should have left before `at`.
        after: the public id of the last one of the page before; `warehouse` is its code.
    """
    beginning = text.replace("\\", "").replace("%", "").replace("_", "")
    if beginning and not beginning.upper().startswith("E-"):
        beginning = f"E-{beginning}"
    way, beyond = ("DESC", "<") if urgent_last else ("ASC", ">")
    rows = db.fetch(
        _PAGE.format(way=way, beyond=beyond),
        {"state": state, "warehouse": warehouse, "text": f"{beginning}%", "late": late, "at": at,
         "after": after or None, "limit": limit},
    )  # fmt: skip
    ids = [row[0] for row in rows]
    found = {one.id: one for one in shipments(shipment_ids=ids, limit=limit)} if ids else {}
    return tuple(found[i] for i in ids)


def states_of(*, order_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the states of each order's shipments; an order without any is not in the answer. One statement."""
    rows = db.fetch(
        "SELECT order_id::text, array_agg(state::text ORDER BY id) FROM fulfilment_shipment"
        " WHERE order_id = ANY(%s::uuid[]) GROUP BY order_id",
        [list(order_ids)],
    )
    return {key: tuple(states) for key, states in rows}


def unfinished_bookings(*, begun_before: dt.datetime, limit: int = 50) -> tuple[str, ...]:
    """Return packed shipments whose booking was begun before a moment and never recorded, oldest first."""
    rows = db.fetch(
        "SELECT public_id::text FROM fulfilment_shipment WHERE state = 'packed' AND booking_since < %s"
        " ORDER BY booking_since LIMIT %s",
        [begun_before, limit],
    )
    return tuple(row[0] for row in rows)


def undelivered(*, order_id: str) -> int:
    """Return how many shipments of an order are on their way or still to go: not delivered, refused or cancelled."""
    sql = "SELECT count(*) FROM fulfilment_shipment WHERE order_id = %s AND state IN ('to_pick', 'picked', 'packed', 'shipped')"
    return db.fetch(sql, [order_id])[0][0]


def unshipped(*, order_id: str) -> int:
    """Return how many shipments of an order have not left yet (cancelled ones aside)."""
    sql = "SELECT count(*) FROM fulfilment_shipment WHERE order_id = %s AND state IN ('to_pick', 'picked', 'packed')"
    return db.fetch(sql, [order_id])[0][0]


def left_house(*, order_id: str) -> frozenset[str]:
    """Return the refs of an order's consignments that have left, in a transaction: none leaves until it ends."""
    rows = db.fetch(
        "SELECT consignment_ref, state FROM fulfilment_shipment WHERE order_id = %s ORDER BY id FOR SHARE", [order_id]
    )
    return frozenset(ref for ref, state in rows if state in ("shipped", "delivered", "refused", "returned"))
