"""What is printed for a warehouse: pick lists, labels and papers of chosen shipments; boxes of one that is too heavy."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.declarations import services as declarations
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.pack_shipment import proposed_boxes
from entrepot.flows.fulfil.print_papers import MOST, papers_of, pick_list
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look

WHAT = {"pick", "labels", "papers", "all"}


@door.page("console.see_orders", scoped=True)
def printed(request: HttpRequest) -> HttpResponse:
    """Hand out one PDF for the chosen shipments: a pick list, their labels, their papers, or both."""
    chosen = [door.public_id(key, "shipment") for key in _ticked(request)[:MOST]]
    allowed = request.desk.places("console.see_orders")
    own = [s.id for s in fulfilment.shipments(shipment_ids=chosen) if allowed is None or s.warehouse in allowed]
    what = (request.POST or request.GET).get("what", "")
    what = what if what in WHAT else "all"
    at = clock.now()
    if what == "pick":
        content = pick_list(shipment_ids=own, language=look.content_language(), say=gettext, moment=_moment, at=at)
    else:
        content = papers_of(shipment_ids=own, labels=what != "papers", papers=what != "labels", at=at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{what}-{at:%Y-%m-%d-%H%M}.pdf"'
    return response


def _ticked(request: HttpRequest) -> list[str]:
    return request.GET.getlist("shipment") or request.POST.getlist("row")


def _moment(zone: str, at: dt.datetime | None) -> str:
    return format_datetime(at.astimezone(ZoneInfo(zone)), "short", locale=look.locale()) if at else "–"


@door.page("console.see_orders", scoped=True)
def boxes(request: HttpRequest, shipment_id: str) -> HttpResponse:
    """Show into which boxes a shipment that is too heavy would be split, to be confirmed."""
    shipment = fulfilment.shipment(shipment_id=door.public_id(shipment_id, "shipment"))
    allowed = request.desk.places("console.see_orders")
    if allowed is not None and shipment.warehouse not in allowed:
        request.desk.actor.require("console.see_orders")
    order = orders.order(order_id=shipment.order_id)
    told = request.GET.get("mass_g", "")
    mass_g = int(told) if told.isascii() and told.isdigit() and len(told) < 8 else 0
    skus = [line.sku for line in shipment.lines]
    context = {
        "shipment": shipment,
        "lines": {line.line_ref: line for line in shipment.lines},
        "facts": catalogue.variant_facts(skus=skus, language=look.content_language()),
        "boxes": proposed_boxes(shipment=shipment, order=order, mass_g=mass_g, on=clock.now().date()),
        "mass_g": mass_g,
        "may_pack": request.desk.actor_in(f"warehouse:{shipment.warehouse}").may("fulfilment.pack"),
    }
    return look.draw(request, "console/boxes.html", context)


@require_POST
@door.page("declarations.record_receiver", scoped=True)
def receiver(request: HttpRequest, order_id: str) -> HttpResponse:
    """Record the number by which customs know the receiver of an order."""
    order = orders.order(order_id=door.public_id(order_id, "order"))
    with db.transaction():
        declarations.record_receiver_id(
            actor=request.desk.anywhere,
            order_id=order.id,
            country=order.address.country_code,
            number=request.POST.get("number", "")[:40],
            at=clock.now(),
        )
    door.say(request, _("The receiver's number is recorded."))
    return door.back(request, f"/console/orders/{order.id}")
