"""An order as its buyer sees it: the day it arrives, what to do now, where the parcels are, papers and money.

Whoever holds the unguessable link may open it; nothing else does.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from markupsafe import Markup

from entrepot.domains.checkout.types import buyer
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.documents import queries as documents
from entrepot.domains.finance import queries as finance
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.types import ParcelView
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import OrderView
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.types import AttemptView
from entrepot.flows.pay.start_attempt import start_attempt
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.flows.settle.draw_invoice import draw_invoice
from entrepot.infra import clock, throttle
from entrepot.interfaces.storefront import basket, show, steps
from entrepot.interfaces.storefront.place import Shop, draw, page
from entrepot.interfaces.storefront.same_site import own_forms
from entrepot.interfaces.web import words
from entrepot.interfaces.web.caller import network
from entrepot.kernel.errors import N_, EntrepotError, NotFound, Unavailable

# An attempt whose money or promise has come is under way too: the order is confirmed by it in a moment.
_OPEN = ("started", "pending", "action_needed", "accepted", "captured")
FIND_MOST, FIND_WINDOW = 10, dt.timedelta(minutes=15)


class NoSuchOrder(NotFound):
    """The link opens no order. Params: kind, key."""

    code = "NO_SUCH_ORDER"
    sentence = N_(
        "This link opens no order. Take the link from the confirmation mail, or look the order up by number and e-mail."
    )


def _opened(request: HttpRequest, order_id: uuid.UUID) -> OrderView:
    """Return the order of an address when the visitor holds its token; else nobody learns that it exists."""
    token = request.GET.get("t", "") or str(basket.sent(request).get("t", "") if request.method == "POST" else "")
    if not orders.may_open(order_id=str(order_id), token=token):
        raise NoSuchOrder(kind="order", key="")
    return orders.order(order_id=str(order_id))


def _here(shop: Shop, order: OrderView) -> str:
    return f"{shop.url}order/{order.id}?t={orders.access_token(order_id=order.id)}"


@page
def order_page(request: HttpRequest, shop: Shop, order_id: uuid.UUID) -> HttpResponse:
    """Show everything about an order; as JSON its states, for the page's own look-again."""
    order = _opened(request, order_id)
    attempts = payments.attempts(order_id=order.id)
    if words.wants_json(request):
        states = {"order_id": order.id, "number": order.number, "state": order.state, "total_minor": order.total_minor}
        return JsonResponse({**states, "payments": [{"method": a.method, "state": a.state} for a in attempts]})
    return _show(request, shop, order, attempts)


def _show(
    request: HttpRequest,
    shop: Shop,
    order: OrderView,
    attempts: tuple[AttemptView, ...],
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    last = attempts[-1] if attempts else None
    shipments = {s.consignment_ref: s for s in fulfilment.shipments(order_id=order.id)}
    carried: dict[str, list[ParcelView]] = {}
    for box in logistics.parcels(order_id=order.id):
        carried.setdefault(box.shipment_id, []).append(box)
    tracked = []
    for consignment, parcel in zip(order.quote.consignments, show.parcels(order.quote, shop), strict=True):
        shipment = shipments.get(consignment.ref)
        boxes = carried.get(shipment.id, []) if shipment else []
        border = any(c.kind == "duty" and c.reason != "free_circulation" for c in consignment.charges)
        # Before a label is printed there is one way to show, that of the goods.
        routes = [(box, show.tracking_route(consignment, box, border, shop)) for box in boxes or (None,)]
        tracked.append((parcel, routes, show.arrival(consignment, boxes, shop), show.is_there(boxes)))
    held = sum(a.amount_minor for a in attempts if a.provider == payments.HOUSE and a.state == "accepted")
    due = max(order.placed_total_minor - held, 0)
    methods = payments.methods(market=order.market, currency=order.currency, amount_minor=due, with_credit=held > 0)
    still = [c.promise for c, seen in zip(order.quote.consignments, tracked, strict=True) if not seen[-1]]
    response = draw(
        request, shop, "shop/order.html", status=status,
        order=order, said=said, attempt=last, attempts=attempts, tracked=tracked, token=orders.access_token(order_id=order.id),
        first=min((promise.first for promise in still), default=None), last=max((promise.last for promise in still), default=None),
        at_the_door=_at_the_door(order, last),
        store=organisation.store(),
        qr=_qr(last) if last and order.state == "placed" else "",
        may_pay=_may_pay(order, last),
        # Back from the payment page: the provider's word is on its way, so the buyer is not sent there again.
        back="back" in request.GET,
        waiting=order.state == "placed" and last is not None and last.state in _OPEN,
        methods=methods,
        may_cancel=_may_cancel(order, shipments),
        papers=[(i.number, i.document_id) for i in declarations.invoices(order_id=order.id)],
        invoices=finance.invoices_of(order_id=order.id) if shipments else (), invoice_xml=_has_xml(order),
        refunds=[r for r in payments.refunds(order_id=order.id) if not r.retried], events=steps.told(order, unpaid=last is not None and last.method in {m.code for m in methods if m.at_the_door}), refusal=steps.refusal, step_words=show.STEP_WORDS,
        given_back=show.given_back(order, orders.changed_lines(order_id=order.id) if order.changes else ()),
        cascade=show.cascade(order.quote, shop), money_came=any(a.state == "captured" for a in attempts),
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _has_xml(order: OrderView) -> bool:
    """Say whether a business finds its invoice as a file too: where the norm has words for what was charged."""
    if order.quote.customer != "business":
        return False
    document = finance.invoice_document(order_id=order.id)
    return document is not None and document.profile == "en16931"


def _at_the_door(order: OrderView, last: AttemptView | None) -> list[tuple[str, int]]:
    """Return (town, amount) of each parcel the courier collects for, [] when nothing is due at the door."""
    if last is None or last.state != "accepted":
        return []
    parcels = [(show.city(c.warehouse_city), c.total_minor) for c in order.quote.consignments]
    return parcels if sum(minor for _town, minor in parcels) == last.amount_minor else [("", last.amount_minor)]


def _qr(attempt: AttemptView) -> Markup:
    """Return a payment code as a QR picture (SVG without a script)."""
    if attempt.next_action.kind != "show_code" or not attempt.next_action.code:
        return Markup("")
    picture = segno.make(attempt.next_action.code, error="m").svg_inline(
        omitsize=True, border=2, dark="#10212b", light="#ffffff"
    )
    return Markup(picture)  # noqa: S704 drawn by segno from a code, no text of anybody in it


def _may_cancel(order: OrderView, shipments: dict[str, Any]) -> bool:
    return order.state in ("placed", "confirmed") and all(s.state == "to_pick" for s in shipments.values())


@require_POST
@own_forms
@page
def pay_again(request: HttpRequest, shop: Shop, order_id: uuid.UUID) -> HttpResponse:
    """Try to pay once more, by the method chosen."""
    order = _opened(request, order_id)
    method = str(basket.sent(request).get("method", ""))
    here = _here(shop, order)
    back = f"{shop.origin}{shop.url}order/{order.id}?t={{token}}&back=1"
    try:
        attempt = retry_payment(
            actor=buyer(order.id), order_id=order.id, method=method, at=clock.now(), return_url=back
        )
        started = start_attempt(attempt_id=attempt.id, at=clock.now())
    except Unavailable:
        return HttpResponseRedirect(here)
    except EntrepotError as refused:
        return _show(request, shop, order, payments.attempts(order_id=order.id), words.say(refused), refused.status)
    action = started.next_action
    return HttpResponseRedirect(action.url if action.kind == "redirect" and action.url else here)


@require_POST
@own_forms
@page
def cancel(request: HttpRequest, shop: Shop, order_id: uuid.UUID) -> HttpResponse:
    """Call the order off while nothing of it is packed."""
    order = _opened(request, order_id)
    try:
        cancel_order(actor=buyer(order.id), order_id=order.id, reason="buyer", at=clock.now())
    except EntrepotError as refused:
        if words.wants_json(request):
            raise
        return _show(request, shop, order, payments.attempts(order_id=order.id), words.say(refused), refused.status)
    if words.wants_json(request):
        return JsonResponse({"order_id": order.id, "state": "cancelled"})
    return HttpResponseRedirect(_here(shop, order))


@page
def paper(request: HttpRequest, shop: Shop, order_id: uuid.UUID, document: str) -> HttpResponse:
    """Hand out a paper of this order (its invoice) as PDF."""
    order = _opened(request, order_id)
    if document not in {i.document_id for i in declarations.invoices(order_id=order.id)}:
        raise Http404
    content, mime, name = documents.file(id=document)
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@page
def invoice(request: HttpRequest, shop: Shop, order_id: uuid.UUID, number: str, form: str) -> HttpResponse:
    """Hand out the invoice or a credit note of this order as PDF or XML, drawn now if nobody has looked before."""
    order = _opened(request, order_id)
    found = next((i for i in finance.invoices_of(order_id=order.id) if i.number == number), None)
    if found is None:
        raise Http404
    content, mime, name = documents.file(id=draw_invoice(view=found, form=form))
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f'{"inline" if form == "pdf" else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@own_forms
@page
def find_order(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Open an order by its number and the e-mail address it was made with."""
    fields = basket.sent(request) if request.method == "POST" else {}
    number, email = str(fields.get("number", "")).strip()[:40], str(fields.get("email", "")).strip()[:254]
    said, status = "", 200
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_here(shop, _found(network(request), number, email, shop)))
        except NotFound:
            said = _("No order has this number and this e-mail address. Both stand in the confirmation mail.")
            status = 404
        except throttle.TooManyTries as refused:
            said, status = words.say(refused), refused.status
    return draw(request, shop, "shop/find.html", status=status, number=number, email=email, said=said)


def _found(caller: str, number: str, email: str, shop: Shop) -> OrderView:
    """Return the order of a number and an e-mail address; only misses count, for numbers run on and could be counted through.

    Raises NotFound, TooManyTries.
    """
    throttle.knock("find_order", caller, most=FIND_MOST, window=FIND_WINDOW, at=shop.now)
    order = orders.order(number=number.upper().replace("\x00", ""))
    if order.email.casefold() != email.casefold():
        raise NotFound(kind="order", key="")
    throttle.pardon("find_order", caller)
    return order


def _may_pay(order: OrderView, last: AttemptView | None) -> bool:
    """Say whether the hold still runs and no attempt is under way."""
    held = order.state == "placed" and order.hold_until is not None and order.hold_until > clock.now()
    return held and (last is None or last.state not in _OPEN)
