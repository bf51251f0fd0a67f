"""Writes of fulfilment. Each step locks its shipment, asks `engine.states` and says why when it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from entrepot.domains.fulfilment.engine import boxes, states
from entrepot.domains.fulfilment.errors import StepRefused
from entrepot.domains.fulfilment.events import (
    ShipmentDelivered,
    ShipmentDispatched,
    ShipmentPacked,
    ShipmentRefused,
    ShipmentReturned,
)
from entrepot.domains.fulfilment.models import Shipment, ShipmentItem, ShipmentPackage
from entrepot.domains.fulfilment.types import PackageView, ShipmentDraft, ShipmentLine
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound


def _place(arguments: Mapping[str, Any]) -> list[str]:
    """The warehouse of a shipment: who works in one warehouse takes steps there only."""
    rows = Shipment.objects.filter(public_id=arguments["shipment_id"]).values_list("warehouse", flat=True)
    return [f"warehouse:{warehouse}" for warehouse in rows]


_OPEN = """
WITH fresh AS (
    INSERT INTO fulfilment_shipment (public_id, order_id, order_number, consignment_ref, warehouse, carrier, service, state,
                                     mass_g, dispatch_by, booking_problem)
    SELECT t.id, %(order)s::uuid, %(number)s, t.ref, t.warehouse, t.carrier, t.service, 'to_pick', 0, t.dispatch_by, ''
    FROM unnest(%(ids)s::uuid[], %(refs)s::text[], %(warehouses)s::text[], %(carriers)s::text[], %(services)s::text[],
                %(dispatch_by)s::timestamptz[]) AS t(id, ref, warehouse, carrier, service, dispatch_by)
    ON CONFLICT (order_id, consignment_ref) DO NOTHING RETURNING id, consignment_ref
), items AS (
    INSERT INTO fulfilment_shipmentitem (shipment_id, line_ref, sku, title, quantity)
    SELECT f.id, t.line_ref, t.sku, t.title, t.quantity
    FROM unnest(%(line_of)s::text[], %(line_refs)s::text[], %(skus)s::text[], %(titles)s::text[], %(quantities)s::int[])
         WITH ORDINALITY AS t(ref, line_ref, sku, title, quantity, turn)
    JOIN fresh f ON f.consignment_ref = t.ref ORDER BY t.turn
)
SELECT count(*) FROM fresh
"""


@service("fulfilment.open_shipment")
def open_shipments(*, actor: Actor, order_id: str, order_number: str, drafts: Sequence[ShipmentDraft]) -> int:
    """Open the shipments of an order and return how many are new; a consignment that has one keeps it. One statement."""
    lines = [
        (draft.consignment_ref, line.line_ref, line.sku, line.title[:300], line.quantity)
        for draft in drafts
        for line in draft.lines
    ]
    refs, line_refs, skus, titles, quantities = (
        (list(column) for column in zip(*lines, strict=True)) if lines else [[]] * 5
    )
    rows = db.fetch(
        _OPEN,
        {
            "order": order_id,
            "number": order_number,
            "ids": [new_id() for _ in drafts],
            "refs": [draft.consignment_ref for draft in drafts],
            "warehouses": [draft.warehouse for draft in drafts],
            "carriers": [draft.carrier for draft in drafts],
            "services": [draft.service for draft in drafts],
            "dispatch_by": [draft.dispatch_by for draft in drafts],
            "line_of": refs,
            "line_refs": line_refs,
            "skus": skus,
            "titles": titles,
            "quantities": quantities,
        },
    )
    return int(rows[0][0])


@service("fulfilment.open_shipment")
def open_shipment(
    *,
    actor: Actor,
    order_id: str,
    order_number: str,
    consignment_ref: str,
    warehouse: str,
    service: str,
    carrier: str,
    lines: Sequence[ShipmentLine],
    dispatch_by: dt.datetime | None = None,
) -> str:
    """Open one shipment and return its public id; a consignment that has one keeps it."""
    draft = ShipmentDraft(
        consignment_ref=consignment_ref,
        warehouse=warehouse,
        service=service,
        carrier=carrier,
        lines=tuple(lines),
        dispatch_by=dispatch_by,
    )
    open_shipments(actor=actor, order_id=order_id, order_number=order_number, drafts=[draft])
    return str(Shipment.objects.get(order_id=order_id, consignment_ref=consignment_ref).public_id)


@service("fulfilment.pick", scope=_place)
def pick(*, actor: Actor, shipment_id: str, at: dt.datetime) -> None:
    """Record that the goods lie in the pick box. Raises StepRefused."""
    _step(_locked(shipment_id), "pick", at)


@service("fulfilment.pack", scope=_place)
def pack(
    *,
    actor: Actor,
    shipment_id: str,
    at: dt.datetime,
    mass_g: int = 0,
    packages: Sequence[PackageView] = (),
) -> None:
    """Record that the goods are in their boxes and publish ShipmentPacked.

    Without `packages` they lie in one box of `mass_g` (0: as much as the goods); with them, the boxes weigh together what the
    shipment weighs. Raises StepRefused; WrongContents when the boxes do not hold exactly the shipment's goods.
    """
    row = _locked(shipment_id)
    if packages:
        lines = ShipmentItem.objects.filter(shipment=row).values_list("line_ref", "quantity")
        boxes.refuse_wrong_contents(packages, dict(lines))
        mass_g = sum(package.mass_g for package in packages)
    _step(row, "pack", at, mass_g=mass_g)
    ShipmentPackage.objects.filter(shipment=row).delete()
    ShipmentPackage.objects.bulk_create(
        ShipmentPackage(
            shipment=row,
            number=number,
            mass_g=package.mass_g,
            length_mm=package.length_mm,
            width_mm=package.width_mm,
            height_mm=package.height_mm,
            contents=package.contents,
        )
        for number, package in enumerate(packages, 1)
    )
    event = ShipmentPacked(shipment_id=shipment_id, order_id=str(row.order_id), consignment_ref=row.consignment_ref)
    publish(event, aggregate=f"order:{row.order_id}")


@service("fulfilment.ship", scope=_place)
def begin_booking(*, actor: Actor, shipment_id: str, at: dt.datetime) -> bool:
    """Say that the carrier is about to be asked, so that nothing cancels the shipment meanwhile and a kill can be mended.

    False when the shipment has shipped already. Raises StepRefused unless it is packed.
    """
    row = _locked(shipment_id)
    if row.state in ("shipped", "delivered"):
        return False
    _refuse(row, "ship")
    Shipment.objects.filter(pk=row.pk).update(booking_since=at, booking_problem="")
    return True


@service("fulfilment.ship", scope=_place)
def end_booking(*, actor: Actor, shipment_id: str, problem: str, begun_before: dt.datetime | None = None) -> None:
    """Record that a booking has failed for good; the shipment may be mended, booked again or cancelled.

    `begun_before` spares one that was begun at that moment or later: somebody may be asking the carrier just now.
    """
    ended = Shipment.objects.filter(public_id=shipment_id, state="packed")
    if begun_before is not None:
        ended = ended.filter(Q(booking_since=None) | Q(booking_since__lt=begun_before))
    ended.update(booking_since=None, booking_problem=problem[:500])


@service("fulfilment.ship", scope=_place)
def ship(*, actor: Actor, shipment_id: str, at: dt.datetime, tracking_number: str = "") -> bool:
    """Record that a carrier has the goods and publish ShipmentDispatched; False (nothing done) when it was said before.

    Raises StepRefused unless packed.
    """
    row = _locked(shipment_id)
    if row.state in ("shipped", "delivered"):
        return False
    _step(row, "ship", at, booking_since=None, booking_problem="")
    event = ShipmentDispatched(
        shipment_id=shipment_id,
        order_id=str(row.order_id),
        consignment_ref=row.consignment_ref,
        tracking_number=tracking_number,
    )
    publish(event, aggregate=f"order:{row.order_id}")
    return True


def _end(
    shipment_id: str,
    step: str,
    at: dt.datetime,
    event: type[ShipmentDelivered | ShipmentRefused | ShipmentReturned],
    known: set[str],
) -> bool:
    """Take a step that ends a parcel's way and tell it; False in a state in which that was said before."""
    row = _locked(shipment_id)
    if row.state in known:
        return False
    _step(row, step, at)
    told = event(shipment_id=shipment_id, order_id=str(row.order_id), consignment_ref=row.consignment_ref)
    publish(told, aggregate=f"order:{row.order_id}")
    return True


@service("fulfilment.deliver", scope=_place)
def mark_delivered(*, actor: Actor, shipment_id: str, at: dt.datetime) -> bool:
    """Record that the buyer has the goods and publish ShipmentDelivered; False when it was said before.

    Raises StepRefused unless shipped.
    """
    return _end(shipment_id, "deliver", at, ShipmentDelivered, {"delivered"})


@service("fulfilment.deliver", scope=_place)
def mark_refused(*, actor: Actor, shipment_id: str, at: dt.datetime) -> bool:
    """Record that the buyer refused the goods at the door and publish ShipmentRefused; False when it was said before.

    Raises StepRefused unless shipped.
    """
    return _end(shipment_id, "refuse", at, ShipmentRefused, {"refused", "returned"})


@service("fulfilment.deliver", scope=_place)
def mark_returned(*, actor: Actor, shipment_id: str, at: dt.datetime) -> bool:
    """Record that refused goods are in the warehouse again and publish ShipmentReturned; False when it was said before.

    Raises StepRefused unless refused.
    """
    return _end(shipment_id, "take_back", at, ShipmentReturned, {"returned"})


@service("fulfilment.cancel")
def take_out(*, actor: Actor, order_id: str, lines: Mapping[str, int], at: dt.datetime) -> tuple[str, ...]:
    """Take units out of an order's shipments that have not left: line ref → units; return the refs of consignments now empty.

    A shipment of which nothing is left is cancelled. Raises StepRefused (nothing is changed) when the goods of a line have
    left, or their label is being booked.
    """
    emptied = []
    rows = Shipment.objects.select_for_update().filter(order_id=order_id).exclude(state="cancelled").order_by("id")
    for row in rows:
        items = {item.line_ref: item for item in ShipmentItem.objects.filter(shipment=row)}
        touched = {ref: units for ref, units in lines.items() if ref in items}
        if not touched:
            continue
        _refuse(row, "cancel")
        if row.booking_since is not None:
            raise StepRefused(kind="shipment", key=_key(row), state=row.state, reason=states.BOOKING)
        for ref, units in touched.items():
            left = items[ref].quantity - units
            if left > 0:
                ShipmentItem.objects.filter(pk=items[ref].pk).update(quantity=left)
            else:
                items.pop(ref).delete()
        fields: dict[str, Any] = {"changed_at": at}
        if not items:
            fields["state"] = "cancelled"
            emptied.append(row.consignment_ref)
        elif row.state != "to_pick":
            fields |= {"state": "to_pick", "mass_g": 0}  # what lies in the box is no longer what the list says
        Shipment.objects.filter(pk=row.pk).update(**fields)
    return tuple(emptied)


@service("fulfilment.cancel")
def cancel_shipments(*, actor: Actor, order_id: str, at: dt.datetime | None = None) -> int:
    """Cancel all shipments of an order that have not left and return how many; repeating it is harmless.

    Raises StepRefused when one has left or its label is being booked at this moment; then none is cancelled.
    """
    rows = list(
        Shipment.objects.select_for_update().filter(order_id=order_id).exclude(state="cancelled").order_by("id")
    )
    for row in rows:
        _refuse(row, "cancel")
        if row.booking_since is not None:
            raise StepRefused(kind="shipment", key=_key(row), state=row.state, reason=states.BOOKING)
    stamp = {"changed_at": at} if at else {}
    return Shipment.objects.filter(pk__in=[row.pk for row in rows]).update(state="cancelled", **stamp)


def _locked(shipment_id: str) -> Shipment:
    row = Shipment.objects.select_for_update().filter(public_id=shipment_id).first()
    if row is None:
        raise NotFound(kind="shipment", key=shipment_id)
    return row


def _refuse(row: Shipment, step: str) -> None:
    if (row.state, step) not in states.STEPS:
        raise StepRefused(kind="shipment", key=_key(row), state=row.state, reason=states.REASONS[row.state, step])


def _step(row: Shipment, step: str, at: dt.datetime, **fields: Any) -> None:
    _refuse(row, step)
    Shipment.objects.filter(pk=row.pk).update(state=states.STEPS[row.state, step], changed_at=at, **fields)


def _key(row: Shipment) -> str:
    return f"{row.order_number}/{row.consignment_ref}"
