"""Pick, pack, ship: what waits in which warehouse, the most urgent first, each with its one next button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.types import ParcelView
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.infra import clock
from entrepot.interfaces.console import bulk, door, lists, look
from entrepot.interfaces.console.words import word
from entrepot.kernel.errors import InvalidInput, NotFound

VIEWS = ("to_pick", "picked", "packed", "shipped", "delivered", "cancelled")
PRINTS = {
    "to_pick": (("pick", N_("Print the pick list")),),
    "packed": (("papers", N_("Print their papers")),),
    "shipped": (("all", N_("Print labels and papers")), ("labels", N_("Print labels"))),
}
STEPS: dict[str, tuple[Any, str]] = {
    "pick": (pick_shipment, N_("Picked.")),
    "pack": (pack_shipment, N_("Packed; the papers are drawn up.")),
    "ship": (ship_shipment, N_("Handed to the carrier; the label is printed.")),
}
NEXT = {"to_pick": ("pick", N_("Picked")), "picked": ("pack", N_("Packed")), "packed": ("ship", N_("Ship"))}


PAGE = 50


# The demo's warehouses, so that they are in the catalogue of messages.
_PLACES = (
    N_("Shenzhen warehouse"), N_("Rotterdam warehouse"), N_("Ningbo bonded warehouse"),
    N_("Ontario warehouse, California"),
)  # fmt: skip


def warehouse_choices() -> Sequence[tuple[str, str]]:
    """Return the warehouses as choices of a filter."""
    return [(code, _(place.name)) for code, place in inventory.warehouses().items()]


def _states() -> Sequence[tuple[str, str]]:
    return [(state, word("shipment", state)) for state in VIEWS]


def _lateness() -> Sequence[tuple[str, str]]:
    return [("1", _("Late ones"))]


LIST = lists.Listing(
    page="shipments",
    path="/console/shipments",
    fields=(
        lists.Field("state", N_("State"), "choice", _states, hidden=True),
        lists.Field("q", N_("Number of the order")),
        lists.Field("warehouse", N_("Warehouse"), "choice", warehouse_choices, N_("All warehouses")),
        lists.Field("late", N_("Time"), "choice", _lateness, N_("Any time")),
    ),
    sorts=(("due", N_("Most urgent first")), ("calm", N_("Least urgent first"))),
)


@door.page("console.see_orders", scoped=True)
def listing(request: HttpRequest) -> HttpResponse:
    """List shipments of a state."""
    views, way = lists.opening(request, LIST)
    if way:
        return way
    asked = lists.read(request, LIST)
    state = asked["state"] or "to_pick"
    warehouse = request.desk.place(asked["warehouse"], "console.see_orders")
    rows = fulfilment.shipment_page(
        at=clock.now(), state=state, warehouse=warehouse, text=asked["q"], late=bool(asked["late"]),
        urgent_last=asked.sort == "calm", after=door.public_id(asked.before, "shipment") if asked.before else "",
        limit=PAGE + 1,
    )  # fmt: skip
    shown = rows[:PAGE]
    step, button = NEXT.get(state, ("", ""))
    context = {
        **lists.frame(LIST, asked, views),
        "rows": shown,
        "next_before": shown[-1].id if len(rows) > PAGE else "",
        "views": VIEWS,
        "state": state,
        "step": step,
        "button": _(button) if button else "",
        "allowed": {
            w: request.desk.actor_in(f"warehouse:{w}").may(f"fulfilment.{step}") for w in {r.warehouse for r in shown}
        },
        "facts": catalogue.variant_facts(
            skus=sorted({line.sku for row in shown for line in row.lines}), language=look.content_language()
        ),
        "prints": PRINTS.get(state, ()),
        "deeds": [deed for deed in bulk.DEEDS["shipments"] if deed.code == step],
        "parcels": _parcels([row.id for row in shown]) if state in ("shipped", "delivered") else {},
        "by_state": fulfilment.counts(warehouse=warehouse or None),
        "warehouse": warehouse,
    }
    return look.draw(request, "console/shipments.html", context)


def _parcels(shipment_ids: list[str]) -> dict[str, list[ParcelView]]:
    found: dict[str, list[ParcelView]] = {}
    for parcel in logistics.parcels(shipment_ids=shipment_ids):
        found.setdefault(parcel.shipment_id, []).append(parcel)
    return found


def _measured(request: HttpRequest) -> dict[str, Any]:
    """What was weighed at packing: the mass of all in g ("" = as much as the goods), and whether a split was accepted."""
    told = request.POST.get("mass_g", "").strip()
    if told and not (told.isascii() and told.isdigit() and len(told) < 8):
        raise InvalidInput(field=_("Mass in g"), value=told[:20], rule=_("Write whole grams, e.g. 1250."))
    return {"mass_g": int(told or 0), "accept_split": request.POST.get("accept_split") == "1"}


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
    more = _measured(request) if step == "pack" else {}
    flow(actor=actor, shipment_id=shipment_id, at=clock.now(), **more)
    door.say(request, f"{shipment.order_number}: {_(done)}")
    return door.back(request, f"/console/orders/{shipment.order_id}")
