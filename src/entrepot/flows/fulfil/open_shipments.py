"""A confirmed order becomes work for the warehouses; a cancelled one stops being it."""

from __future__ import annotations

from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.fulfilment.errors import StepRefused
from entrepot.domains.fulfilment.types import ShipmentDraft, ShipmentLine
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.engine.promise import dispatch_by
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderConfirmed
from entrepot.domains.orders.types import OrderView
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM


def open_shipments(event: OrderConfirmed) -> None:
    """Open one shipment per consignment, to leave by the warehouse's next cut-off.

    Runs in the delivery's transaction; repeating it is harmless. An order that was cancelled meanwhile opens none.
    """
    # Locked: a cancellation at this very moment would else find no shipments to cancel, and these would stay.
    order = orders.order(order_id=event.order_id, lock=True)
    if order.state != "confirmed":
        return
    warehouses = inventory.warehouses()
    confirmed_at = order.confirmed_at or order.placed_at
    units = _units(order)
    drafts = []
    for consignment in order.quote.consignments:
        place = warehouses[consignment.warehouse]
        drafts.append(
            ShipmentDraft(
                consignment_ref=consignment.ref,
                warehouse=consignment.warehouse,
                service=consignment.service,
                carrier=consignment.carrier,
                lines=tuple(
                    ShipmentLine(
                        line_ref=line.ref, sku=line.sku, title=line.title, quantity=units.get(line.ref, line.quantity)
                    )
                    for line in consignment.lines
                    if units.get(line.ref, line.quantity)
                ),
                dispatch_by=dispatch_by(
                    cutoff=place.cutoff,
                    time_zone=place.time_zone,
                    at=confirmed_at,
                    handling_days=0,
                    origin=logistics.calendar(place.country),
                ),
            )
        )
    drafts = [draft for draft in drafts if draft.lines]
    fulfilment.open_shipments(actor=SYSTEM, order_id=order.id, order_number=order.number, drafts=drafts)


def _units(order: OrderView) -> dict[str, int]:
    """What is left of each line, when something was taken out before the shipments were opened."""
    if not order.changes:
        return {}
    left = orders.open_lines(order_id=order.id)
    return {line.ref: line.quantity for line in left if line.kind == "goods"}


def cancel_shipments(event: OrderCancelled) -> None:
    """Cancel what a cancelled order still has in the warehouse (opened by an event that was on its way meanwhile).

    The flow that cancels the order cancels its shipments in its own transaction; a refusal here is therefore old news.
    """
    try:
        with db.transaction():
            fulfilment.cancel_shipments(actor=SYSTEM, order_id=event.order_id)
    except StepRefused:
        return
