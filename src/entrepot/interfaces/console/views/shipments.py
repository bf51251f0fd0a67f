"""Pick, pack, ship: what waits in which warehouse, the most urgent first, each with its one next button."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_POST

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.inventory import queries as inventory
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.infra import clock
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import NotFound

VIEWS = ("to_pick", "picked", "packed", "shipped", "delivered", "cancelled")
STEPS = {
    "pick": (pick_shipment, N_("Picked.")),
    "pack": (pack_shipment, N_("Packed; the papers are drawn up.")),
    "ship": (ship_shipment, N_("Handed to the carrier; the label is printed.")),
}
NEXT = {"to_pick": ("pick", N_("Picked")), "picked": ("pack", N_("Packed")), "packed": ("ship", N_("Ship"))}


@door.page("console.see_orders", scoped=True)
def listing(request: HttpRequest) -> HttpResponse:
    """List shipments of a state."""
    state = request.GET.get("state", "")
    state = state if state in VIEWS else "to_pick"
    warehouse = request.desk.place(request.GET.get("warehouse", "")[:20], "console.see_orders")
    rows = fulfilment.shipments(state=state, warehouse=warehouse or None, limit=100)
    step, button = NEXT.get(state, ("", ""))
    context = {
        "rows": rows,
        "views": VIEWS,
        "state": state,
        "step": step,
        "button": _(button) if button else "",
        "allowed": {
            w: request.desk.actor_in(f"warehouse:{w}").may(f"fulfilment.{step}") for w in {r.warehouse for r in rows}
        },
        "by_state": fulfilment.counts(warehouse=warehouse or None),
        "warehouses": inventory.warehouses(),
        "warehouse": warehouse,
    }
    return look.draw(request, "console/shipments.html", context)


@require_POST
@door.page()
def take_step(request: HttpRequest, shipment_id: str, step: str) -> HttpResponse:
    """Take the next step of a shipment; the permission may be held for its warehouse alone."""
    if step not in STEPS:
        raise NotFound(kind="step", key=step[:20])
    flow, done = STEPS[step]
    shipment = fulfilment.shipment(shipment_id=shipment_id)
    actor = request.desk.actor_in(f"warehouse:{shipment.warehouse}")
    actor.require(f"fulfilment.{step}")
    flow(actor=actor, shipment_id=shipment_id, at=clock.now())
    door.say(request, f"{shipment.order_number}: {_(done)}")
    return door.back(request, f"/console/orders/{shipment.order_id}")
