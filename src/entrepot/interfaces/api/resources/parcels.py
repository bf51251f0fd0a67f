"""Parcels and their tracking."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.types import ParcelView, TrackingMessage, TrackingStep
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.record_tracking import record_tracking as record
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.resources.orders import PLACE, Token, open_order
from entrepot.interfaces.api.shapes import sale
from entrepot.interfaces.api.shapes.common import PublicId, Word
from entrepot.kernel.errors import NotFound

router = Router()
READ = "api.read_tracking"


@operation(router, "GET", "/orders/{order_id}/parcels", "api.read_orders", PLACE, answer=sale.Parcels)
def list_parcels(request: HttpRequest, order_id: PublicId, token: Token = None) -> sale.Parcels:
    """List the parcels of an order with what their carriers said."""
    found = open_order(request, order_id, token).order
    return sale.Parcels(items=[_parcel(found.id, p) for p in logistics.parcels(order_id=found.id)])


@operation(router, "GET", "/tracking/{tracking_number}", READ, answer=sale.Parcel)
def get_tracking(request: HttpRequest, tracking_number: Word) -> sale.Parcel:
    """Show the parcel with a tracking number."""
    return _tracked(request, tracking_number)


@operation(router, "POST", "/tracking-steps", "logistics.track", answer=sale.Recorded)
def record_tracking(request: HttpRequest, body: sale.TrackingIn) -> sale.Recorded:
    """Record what is known of a parcel. The same `event_id` of a carrier counts once; a late step moves nothing back."""
    found = _tracked(request, body.tracking_number)
    message = TrackingMessage(
        carrier=body.carrier,
        event_id=body.event_id,
        tracking_number=found.tracking_number,
        shipment_id="",
        step=TrackingStep(code=body.code, at=body.at, place=body.place, words=body.words),
        signed_by=body.signed_by,
    )
    return sale.Recorded(recorded=record(message, at=request.caller.at))


def _tracked(request: HttpRequest, tracking_number: str) -> sale.Parcel:
    order_id = logistics.order_of_tracking(tracking_number=tracking_number)
    if order_id is None or orders.brief(order_id=order_id).store_id != request.caller.key.store_id:
        raise NotFound(kind="parcel", key=tracking_number)
    parcels = logistics.parcels(order_id=order_id)
    return _parcel(order_id, next(p for p in parcels if p.tracking_number == tracking_number))


def _parcel(order_id: str, found: ParcelView) -> sale.Parcel:
    return sale.Parcel(
        id=found.id,
        order_id=order_id,
        carrier=found.carrier,
        service=found.service,
        tracking_number=found.tracking_number,
        state=found.state,
        steps=[sale.TrackingStep(code=s.code, at=s.at, place=s.place, words=s.words) for s in found.steps],
    )
