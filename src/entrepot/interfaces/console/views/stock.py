"""Stock: levels per warehouse, what moved, what comes in, what a count corrects."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory import services
from entrepot.infra import db
from entrepot.infra.ids import new_id
from entrepot.interfaces.console import door, lists, look
from entrepot.interfaces.console.views.shipments import warehouse_choices
from entrepot.kernel.errors import N_, InvalidInput

PAGE = 100


MOST = {"out": 0, "few": 4}


def _bands() -> Sequence[tuple[str, str]]:
    return [("out", _("sold out")), ("few", _("few or sold out"))]


LIST = lists.Listing(
    page="stock",
    path="/console/stock",
    fields=(
        lists.Field("q", N_("Part of the SKU"), code=True),
        lists.Field("warehouse", N_("Warehouse"), "choice", warehouse_choices, N_("All warehouses")),
        lists.Field("band", N_("Can be promised"), "choice", _bands, N_("Any number")),
    ),
    sorts=(("sku", N_("By SKU")), ("least", N_("Least first"))),
)


@door.page("console.see_stock", scoped=True)
def levels(request: HttpRequest) -> HttpResponse:
    """List stock rows by SKU and warehouse, or the scarcest first."""
    views, way = lists.opening(request, LIST)
    if way:
        return way
    asked = lists.read(request, LIST)
    warehouse = request.desk.place(asked["warehouse"], "console.see_stock")
    least = asked.sort == "least"
    rows = inventory.stock_levels(
        warehouse=warehouse, text=asked["q"], after=asked.before, limit=PAGE + 1, most=MOST.get(asked["band"]),
        least_first=least,
    )  # fmt: skip
    shown = rows[:PAGE]
    last = shown[-1] if len(rows) > PAGE else None
    context = {
        **lists.frame(LIST, asked, views),
        "rows": shown,
        "facts": catalogue.variant_facts(skus=sorted({r.sku for r in shown}), language=look.content_language()),
        "warehouses": inventory.warehouses(),
        "next_before": (last.key_by_least if least else last.key) if last else "",
        "reference": f"receipt-{new_id().hex[-10:]}",
    }
    return look.draw(request, "console/stock.html", context)


@door.page("console.see_stock", scoped=True)
def movements(request: HttpRequest, sku: str) -> HttpResponse:
    """Show one SKU: its levels and what moved."""
    facts = catalogue.variant_facts(skus=[sku]).get(sku)
    allowed = request.desk.places("console.see_stock")
    levels_ = [row for row in inventory.stock_levels(sku=sku) if allowed is None or row.warehouse in allowed]
    context = {
        "sku": sku,
        "fact": facts,
        "levels": levels_,
        "rows": [row for row in inventory.movements(sku=sku) if allowed is None or row.warehouse in allowed],
        "warehouses": inventory.warehouses(),
        "reference": f"receipt-{new_id().hex[-10:]}",
    }
    return look.draw(request, "console/sku.html", context)


@require_POST
@door.page("inventory.receive", scoped=True)
def receive(request: HttpRequest) -> HttpResponse:
    """Receive units of a SKU into a warehouse, once per reference."""
    warehouse, sku = request.POST.get("warehouse", "")[:20], request.POST.get("sku", "").strip()[:100]
    if sku.replace("\x00", "") != sku or not catalogue.variant_facts(skus=[sku]):
        raise InvalidInput(field=_("SKU"), value=sku[:60], rule=_("There is no such article in the catalogue."))
    quantity = _whole(request.POST.get("quantity", ""), _("Units"))
    reference = " ".join(request.POST.get("reference", "").split())[:60]
    if not reference:
        raise InvalidInput(field=_("Reference"), value="", rule=_("Name the delivery note or the purchase order."))
    with db.transaction():
        new = services.receive_stock(
            actor=request.desk.actor_in(f"warehouse:{warehouse}"),
            warehouse=warehouse,
            sku=sku,
            quantity=quantity,
            reference=reference,
        )
    if new:
        door.say(
            request, _("%(n)s of %(sku)s received in %(place)s.") % {"n": quantity, "sku": sku, "place": warehouse}
        )
    else:
        door.say(request, _("This reference was received before; nothing was added."), "warn")
    return door.back(request, "/console/stock")


@require_POST
@door.page("inventory.adjust", scoped=True)
def adjust(request: HttpRequest) -> HttpResponse:
    """Correct the stock on hand after a count."""
    warehouse, sku = request.POST.get("warehouse", "")[:20], request.POST.get("sku", "")[:100]
    delta = _whole(request.POST.get("delta", ""), _("Difference"))
    with db.transaction():
        left = services.adjust_stock(
            actor=request.desk.actor_in(f"warehouse:{warehouse}"),
            warehouse=warehouse,
            sku=sku,
            delta=delta,
            reason=request.POST.get("reason", "")[:120],
        )
    door.say(request, _("Corrected: %(n)s on hand now.") % {"n": left})
    return door.back(request, "/console/stock")


def _whole(text: str, field: str) -> int:
    try:
        return int(text.strip().replace("−", "-"))
    except ValueError as fault:
        raise InvalidInput(field=field, value=text[:20], rule=_("Give a whole number.")) from fault
