"""The order workbench: the next step on top, then parcels, money, buyer, timeline; notes and cancelling."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services as catalogue_services
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine.papers import NAMES as PAPER_NAMES
from entrepot.domains.documents import queries as documents
from entrepot.domains.finance import queries as finance
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.engine import states as shipping
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.messages import queries as messages
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders import services as order_services
from entrepot.domains.orders.engine import states
from entrepot.domains.orders.types import OrderView
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.engine.refusals import WORDS as REFUSALS
from entrepot.domains.tax import queries as tax
from entrepot.flows.sell import cancel_order as cancelling
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.next_step import assumed_lines, crosses_border, next_step, unsettled
from entrepot.interfaces.console.views.ledger import chart
from entrepot.interfaces.console.words import word
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import InvalidInput

PARTS = ("goods", "freight", "duty", "fee", "tax")


@door.page("console.see_orders", scoped=True)
def workbench(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show everything about one order, to who works in one warehouse only when a parcel of it leaves there."""
    order = orders.order(order_id=order_id)
    shipments = fulfilment.shipments(order_id=order_id)
    allowed = request.desk.places("console.see_orders")
    if allowed is not None and not any(s.warehouse in allowed for s in shipments):
        request.desk.actor.require("console.see_orders")
    attempts = payments.attempts(order_id=order_id)
    paid_twice = sum(a.state == "captured" for a in attempts) > 1 or any(a.mismatch for a in attempts)
    returns = order.state in ("cancelled", "expired", "refused") or order.changes or paid_twice
    refunds = payments.refunds(order_id=order_id) if returns else ()
    parcels = logistics.parcels(order_id=order_id) if shipments else ()
    skus = sorted({line.sku for c in order.quote.consignments for line in c.lines})
    facts = catalogue.variant_facts(skus=skus, language=look.content_language())
    step = next_step(order, shipments, attempts, refunds, facts)
    tab = request.GET.get("money", "parts")
    issued = finance.invoices_of(order_id=order_id) if shipments else ()
    context: dict[str, Any] = {
        "order": order,
        "step": step,
        "may_step": bool(step.permission) and request.desk.actor_in(step.scope).may(step.permission),
        "unsettled": {a.id for a in unsettled(attempts, refunds)},
        "consignments": _consignments(order, shipments, parcels, facts),
        "attempts": attempts,
        "refunds": refunds,
        "money_rows": _money(order, attempts, refunds),
        "captured_minor": _captured(attempts),
        "refunded_minor": sum(r.amount_minor for r in refunds if r.state == "done"),
        "money_tab": tab,
        "proof": tax.proof(proof_id=order.quote.tax_proof) if order.quote.tax_proof else None,
        "entries": ledger.entries(document=f"order:{order_id}", limit=20) if tab == "entries" else (),
        "chart": chart() if tab == "entries" else {},
        "mails": messages.messages(order_id=order_id, limit=10) if request.desk.may("console.see_mails") else (),
        "only_buyer": request.GET.get("timeline") == "buyer",
        "invoice": next((i for i in issued if i.kind == "invoice"), None),
        "credit_notes": {i.change_id: i for i in issued if i.change_id},
        "can_refund": not states.REFUND_REASONS[order.state],
        "can_cancel": not states.reason("cancel", order.state)
        and all((s.state, "cancel") in shipping.STEPS for s in shipments if s.state != "cancelled"),
        "refusals": REFUSALS,
        "names": PAPER_NAMES,
        "receiver_rule": declarations.receiver_rules(on=clock.now().date()).get(order.address.country_code),
    }
    if context["receiver_rule"]:
        context["receiver"] = declarations.receiver_id(order_id=order.id)[1] or order.address.tax_id
    return look.draw(request, "console/order.html", context)


@require_POST
@door.page("orders.add_timeline")
def note(request: HttpRequest, order_id: str) -> HttpResponse:
    """Write a note that only staff see."""
    text = " ".join(request.POST.get("text", "").split())[:500]
    if not text:
        raise InvalidInput(field=_("Note"), value="", rule=_("Write a few words."))
    with db.transaction():
        order_services.add_timeline(
            actor=request.desk.anywhere,
            order_id=order_id,
            kind="note",
            params={"text": text, "by": request.desk.staff.name},
            for_buyer=False,
            at=clock.now(),
        )
    return HttpResponseRedirect(f"/console/orders/{order_id}#timeline")


@require_http_methods(["GET", "POST"])
@door.page("orders.cancel")
def cancel(request: HttpRequest, order_id: str) -> HttpResponse:
    """Preview what cancelling does (GET), then do it (POST)."""
    order = orders.order(order_id=order_id)
    paid = order.total_minor if order.state == "confirmed" else 0
    if request.method == "POST":
        reason = " ".join(request.POST.get("reason", "").split())[:200]
        if not reason:
            raise InvalidInput(field=_("Reason"), value="", rule=_("Say why, for the record."))
        cancelling.cancel_order(actor=request.desk.anywhere, order_id=order_id, reason=reason, at=clock.now())
        door.say(request, _("The order is cancelled; stock is released and the buyer is told."))
        return HttpResponseRedirect(f"/console/orders/{order_id}")
    refusal = states.reason("cancel", order.state)
    return look.draw(request, "console/cancel.html", {"order": order, "refund_minor": paid, "refusal": refusal})


@require_POST
@door.page("catalogue.confirm_customs")
def confirm_customs(request: HttpRequest, order_id: str) -> HttpResponse:
    """Confirm the customs data of the articles that hold the next step up, as typed."""
    skus = request.POST.getlist("sku")[:50]
    with db.transaction():
        for sku in skus:
            fields = {
                name: request.POST.get(f"{name}:{sku}", "")[:200]
                for name in ("hs_code", "origin", "mass_g", "customs_description")
            }
            catalogue_services.confirm_customs_data(
                actor=request.desk.anywhere, skus=[sku], fields={k: v for k, v in fields.items() if v}
            )
    door.say(request, _("Customs data confirmed."))
    return HttpResponseRedirect(f"/console/orders/{order_id}")


@door.page("console.see_orders")
def document(request: HttpRequest, document_id: str) -> HttpResponse:
    """Hand out a paper: an invoice, a label."""
    content, mime, name = documents.file(id=document_id)
    response = HttpResponse(content, content_type=mime)
    safe = "".join(ch for ch in name if ch.isalnum() or ch in "-_. ") or "paper"
    response["Content-Disposition"] = f'inline; filename="{safe.encode("ascii", "ignore").decode()}"'
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _captured(attempts: Any) -> int | None:
    got = [a.amount_minor for a in attempts if a.state == "captured" and not a.mismatch]
    return sum(got) if got else None


def _money(order: OrderView, attempts: Any, refunds: Any) -> list[dict[str, Any]]:
    """Return the rows of the cascade with what was quoted, captured (by the quote's shares) and changed."""
    captured = _captured(attempts) is not None
    rows = []
    for kind in PARTS:
        quoted = getattr(order.quote, f"{kind}_minor")
        names = [c for q in order.quote.consignments for c in q.charges if c.kind == kind]
        why = "" if kind in ("goods", "freight") else ", ".join(dict.fromkeys(_(c.name) for c in names if c.name))[:160]
        rows.append({"kind": kind, "why": why, "quoted": quoted, "captured": quoted if captured else None})
    return rows


def _consignments(order: OrderView, shipments: Any, parcels: Any, facts: Any) -> list[dict[str, Any]]:
    papers: dict[str, list[Any]] = {}
    packed = any(shipment.state not in ("to_pick", "picked") for shipment in shipments)
    for paper in declarations.papers(order_id=order.id) if packed else ():
        papers.setdefault(paper.consignment_ref, []).append(paper)
    found = []
    for number, consignment in enumerate(order.quote.consignments, 1):
        shipment = next((s for s in shipments if s.consignment_ref == consignment.ref), None)
        own = [p for p in parcels if shipment and p.shipment_id == shipment.id]
        found.append(
            {
                "number": number,
                "quoted": consignment,
                "shipment": shipment,
                "parcels": own,
                "papers": papers.get(consignment.ref, []),
                "assumed": {f.sku for f in assumed_lines(consignment, order.address.country_code, facts)},
                "crosses": crosses_border(consignment.warehouse_country, order.address.country_code),
                "facts": facts,
                # Weighed once it is packed; until then as much as the goods (a quoted line's mass is of all its units).
                "gross_g": shipment.mass_g if shipment else 0,
                "net_g": sum(line.mass_g for line in consignment.lines),
                "end": _end(order),
                "stops": _stops(order, consignment, shipment, own),
            }
        )
    return found


def _end(order: OrderView) -> str:
    """Where a parcel goes in a word: the city, else the region (addresses of some countries name no city), else the country."""
    address = order.address
    return address.city or address.country_area or formats.country_name(address.country_code, look.locale())


def _stops(order: OrderView, consignment: Any, shipment: Any, parcels: Any) -> list[dict[str, Any]]:
    """Return the stops of the route line: the warehouse, the customs gate where there is one, the door."""
    codes = {step.code for parcel in parcels for step in parcel.steps}
    state = shipment.state if shipment else ""
    left = state in ("shipped", "delivered")
    stops = [
        {
            "name": _(consignment.warehouse_city),
            "note": _(consignment.service_name),
            "state": "done" if left else "now",
            "gate": False,
        }
    ]
    if crosses_border(consignment.warehouse_country, order.address.country_code):
        gate = (
            "done" if codes & {"cleared", "out_for_delivery", "delivered"} else "now" if "at_customs" in codes else ""
        )
        stops.append({"name": _("Customs"), "note": word("scheme", consignment.scheme), "state": gate, "gate": True})
    note = look.arrival(consignment.promise)
    stops.append({"name": _end(order), "note": note, "state": "done" if state == "delivered" else "", "gate": False})
    return stops
