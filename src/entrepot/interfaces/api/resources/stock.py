"""Stock: levels by warehouse, what comes in, what a count corrects."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory import services
from entrepot.infra import db
from entrepot.interfaces.api import pages
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.shapes import goods
from entrepot.interfaces.api.shapes.common import Cursor, Limit, Page, Text
from entrepot.kernel.errors import InvalidInput

router = Router()


@operation(router, "GET", "/stock", "api.read_stock", answer=Page[goods.StockLevel])
def list_stock(
    request: HttpRequest,
    warehouse: Annotated[str, Query(max_length=20, pattern="^[A-Za-z0-9_-]*$")] = "",
    sku: Text = "",
    cursor: Cursor | None = None,
    limit: Limit = pages.DEFAULT,
) -> Page[goods.StockLevel]:
    """List stock by SKU, then warehouse."""
    of = pages.of("stock", warehouse, sku)
    rows = inventory.stock_levels(warehouse=warehouse, sku=sku, after=pages.read(of, cursor), limit=limit + 1)
    more = pages.write(of, rows[limit - 1].key) if len(rows) > limit else None
    return Page[goods.StockLevel](
        items=[
            goods.StockLevel(
                warehouse=r.warehouse, sku=r.sku, on_hand=r.on_hand, reserved=r.reserved, available=r.available
            )
            for r in rows[:limit]
        ],
        next_cursor=more,
    )


@operation(router, "POST", "/stock/receipts", "inventory.receive", answer=goods.Received)
def receive_stock(request: HttpRequest, body: goods.ReceiptIn) -> goods.Received:
    """Receive units; the same reference counts once per SKU and warehouse."""
    if not catalogue.owners_of(skus=[body.sku]):
        raise InvalidInput(field="sku", value=body.sku, rule="There is no such article in the catalogue.")
    with db.transaction():
        new = services.receive_stock(
            actor=request.caller.actor,
            warehouse=body.warehouse,
            sku=body.sku,
            quantity=body.quantity,
            reference=body.reference,
        )
    return goods.Received(received=new)


@operation(router, "POST", "/stock/adjustments", "inventory.adjust", answer=goods.OnHand)
def adjust_stock(request: HttpRequest, body: goods.AdjustmentIn) -> goods.OnHand:
    """Correct the stock on hand after a count; never below what is reserved."""
    with db.transaction():
        left = services.adjust_stock(
            actor=request.caller.actor, warehouse=body.warehouse, sku=body.sku, delta=body.delta, reason=body.reason
        )
    return goods.OnHand(on_hand=left)
