"""One parcel: its papers, where it is, its proof; voiding its label, asking the carrier, writing down what was told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine.papers import NAMES
from entrepot.domains.declarations.engine.records.write import FORMATS
from entrepot.domains.declarations.errors import NoDataset
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.engine.tracking import CODES, RANK
from entrepot.domains.logistics.types import ParcelView
from entrepot.flows.declare.record_sets import hand_out
from entrepot.flows.fulfil.record_tracking import ask_carrier, enter_tracking
from entrepot.flows.fulfil.replace_label import replace_label
from entrepot.infra import clock
from entrepot.interfaces.console import declared, door, look
from entrepot.kernel.errors import NotFound


def _opened(request: HttpRequest, parcel_id: str) -> tuple[ParcelView, ShipmentView]:
    key = door.public_id(parcel_id, "parcel")
    found = logistics.parcels(parcel_id=key, voided=True)
    if not found:
        raise NotFound(kind="parcel", key=key)
    shipment = fulfilment.shipment(shipment_id=found[0].shipment_id)
    allowed = request.desk.places("console.see_orders")
    if allowed is not None and shipment.warehouse not in allowed:
        request.desk.actor.require("console.see_orders")
    return found[0], shipment


@door.page("console.see_orders", scoped=True)
def parcel(request: HttpRequest, parcel_id: str) -> HttpResponse:
    """Show a parcel."""
    found, shipment = _opened(request, parcel_id)
    own = [
        paper
        for paper in declarations.papers(order_id=shipment.order_id)
        if paper.consignment_ref == shipment.consignment_ref and paper.package == found.package
    ]
    actor = request.desk.actor_in(f"warehouse:{shipment.warehouse}")
    context = {
        "parcel": found,
        "shipment": shipment,
        "siblings": [p for p in logistics.parcels(shipment_ids=[shipment.id], voided=True) if p.id != found.id],
        "papers": own,
        "names": NAMES,
        "carrier": logistics.carriers().get(found.carrier),
        "codes": [*sorted(RANK, key=lambda code: RANK[code]), *sorted(CODES - set(RANK))],
        "can": {deed: actor.may(f"logistics.{deed}") for deed in ("track", "void")},
        "may_hand_out": actor.may("declarations.hand_out"),
        **declared.told_of(found, shipment),
    }
    return look.draw(request, "console/parcel.html", context)


@require_POST
@door.page(scoped=True)
def act(request: HttpRequest, parcel_id: str, deed: str) -> HttpResponse:
    """Write down a step (`track`), ask the carrier (`ask`), or void the label and book another (`void`)."""
    found, shipment = _opened(request, parcel_id)
    actor = request.desk.actor_in(f"warehouse:{shipment.warehouse}")
    at = clock.now()
    if deed == "track":
        fresh = enter_tracking(
            actor=actor,
            parcel_id=found.id,
            code=request.POST.get("code", "")[:20],
            place=" ".join(request.POST.get("place", "").split())[:120],
            words=" ".join(request.POST.get("words", "").split())[:300],
            signed_by=" ".join(request.POST.get("signed_by", "").split())[:80],
            at=at,
        )
        door.say(request, _("Written down.") if fresh else _("This step was written down before."))
    elif deed == "ask":
        count = ask_carrier(actor=actor, parcel_id=found.id, at=at)
        door.say(request, ngettext("%(n)s new step.", "%(n)s new steps.", count) % {"n": count})
    elif deed == "void":
        number = replace_label(actor=actor, parcel_id=found.id, at=at)
        door.say(request, _("The old label is void; %(number)s takes its place.") % {"number": number})
        new = logistics.parcels(shipment_ids=[shipment.id])
        return HttpResponseRedirect(f"/console/parcels/{next(p.id for p in new if p.tracking_number == number)}")
    else:
        raise NotFound(kind="step", key=deed[:20])
    return HttpResponseRedirect(f"/console/parcels/{found.id}")


@require_POST
@door.page("declarations.hand_out", scoped=True)
def download(request: HttpRequest, parcel_id: str, kind: str, form: str) -> HttpResponse:
    """Hand out a declaration as a file; the audit log keeps who took it."""
    parcel, shipment = _opened(request, parcel_id)
    dataset = declared.dataset_of(parcel, shipment)
    if dataset is None:
        raise NoDataset(kind=_("customs dataset"), key=parcel.tracking_number)
    content = hand_out(
        actor=request.desk.actor_in(f"warehouse:{shipment.warehouse}"),
        dataset=dataset,
        kind=kind,
        file_format=form,
        tracking_number=parcel.tracking_number,
        at=clock.now(),
    )
    name = f"{kind}-{dataset.goods.order_number}-{dataset.package}-v{dataset.version}.{form}"
    response = HttpResponse(content, content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
