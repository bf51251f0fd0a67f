"""Giving back: a form with lines or an amount, its preview share by share, and the list of refunds with those a person pays."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.types import VariantFacts
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.engine import refunds as shares
from entrepot.domains.orders.engine import states
from entrepot.domains.orders.types import LineShares, OrderView
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.engine import tenders
from entrepot.domains.payments.ports import METHODS
from entrepot.flows.pay import decide
from entrepot.flows.sell import refund_order as refunding
from entrepot.infra import clock
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web import formats, words
from entrepot.kernel.errors import EntrepotError, InvalidInput
from entrepot.kernel.money import Money
from entrepot.kernel.quote import QuotedLine

KINDS = ("release", "return", "goodwill")
WAYS = ("original", "store_credit", "bank_transfer")
FIELDS = ("goods", "duty", "fee", "tax", "gross")


@require_http_methods(["GET", "POST"])
@door.page("orders.refund")
def refund(request: HttpRequest, order_id: str) -> HttpResponse:
    """Ask what goes back and show it share by share (GET), then give it back (POST)."""
    order = orders.order(order_id=door.public_id(order_id, "order"))
    left = orders.open_lines(order_id=order.id)
    asked = _read(request.POST if request.method == "POST" else request.GET, left)
    try:
        wanted = _wanted(asked, left, order.currency)
        if request.method == "POST":
            return _do(request, order, asked, wanted)
        said, fault = _preview(order, asked, wanted) if asked["asked"] else ((), "")
    except EntrepotError as refused:
        said, fault = (), words.say(refused)
    shipments = fulfilment.shipments(order_id=order.id)
    gone = {s.consignment_ref for s in shipments if s.state in ("shipped", "delivered", "refused", "returned")}
    context: dict[str, Any] = {
        "order": order,
        "left": left,
        "titles": _titles(order),
        "numbers": {c.ref: number for number, c in enumerate(order.quote.consignments, 1)},
        "gone": gone,
        "form": asked,
        "taken": said,
        "sums": {name: sum(getattr(line, f"{name}_minor") for line in said) for name in FIELDS},
        "fault": fault,
        "refusal": states.REFUND_REASONS[order.state],
        "kinds": KINDS if gone != set(_refs(order)) else KINDS[1:],
        "ways": WAYS,
        "money": payments.money(order_id=order.id),
    }
    return look.draw(request, "console/refund.html", context, status=422 if fault else 200)


def _titles(order: OrderView) -> dict[str, VariantFacts | QuotedLine]:
    """Return what each line is called in the language of the desk, else as it was sold."""
    lines = {line.ref: line for c in order.quote.consignments for line in c.lines}
    skus = sorted({line.sku for line in lines.values()})
    facts = catalogue.variant_facts(skus=skus, language=look.content_language())
    return {ref: facts.get(line.sku, line) for ref, line in lines.items()}


def _refs(order: OrderView) -> list[str]:
    return [c.ref for c in order.quote.consignments]


def _read(form: Any, left: tuple[LineShares, ...]) -> dict[str, Any]:
    kind, way = form.get("kind", ""), form.get("way", "")
    return {
        "asked": form.get("asked", ""),
        "kind": kind if kind in KINDS else "",
        "way": way if way in WAYS else "original",
        "amount": form.get("amount", "").strip()[:20],
        "line": form.get("line", "")[:100],
        "reason": " ".join(form.get("reason", "").split())[:200],
        "units": {shares.key(one): form.get(f"u:{one.kind}:{one.ref}", "").strip()[:6] for one in left},
    }


def _wanted(asked: dict[str, Any], left: tuple[LineShares, ...], currency: str) -> dict[str, Any]:
    """Return what was typed as arguments of the flow; raise InvalidInput for what is no number."""
    units = {}
    for key, text in asked["units"].items():
        if text and not (text.isascii() and text.isdigit()):
            raise InvalidInput(field=_("Units"), value=text, rule=_("Give a whole number."))
        if text and int(text):
            units[key] = int(text)
    amount = 0
    if asked["amount"]:
        if units:
            raise InvalidInput(field=_("Amount"), value=asked["amount"], rule=_("Choose units or an amount, not both."))
        try:
            amount = Money.parse(asked["amount"].replace(",", "."), currency).minor
        except ArithmeticError as fault:
            raise InvalidInput(
                field=_("Amount"), value=asked["amount"], rule=_("Give a number such as 12.50.")
            ) from fault
        if asked["kind"] == "release":
            raise InvalidInput(field=_("Amount"), value=asked["amount"], rule=_("Goods are taken out by units."))
    line = next((shares.key(one) for one in left if f"{one.kind}:{one.ref}" == asked["line"]), None)
    return {"units": units, "amount_minor": amount, "line": line}


def _preview(order: OrderView, asked: dict[str, Any], wanted: dict[str, Any]) -> tuple[tuple[LineShares, ...], str]:
    if not asked["kind"]:
        raise InvalidInput(field=_("What happens to the goods"), value="", rule=_("Choose one."))
    said = refunding.preview(order_id=order.id, kind=asked["kind"], currency=order.currency, **wanted)
    came = payments.captures(order_id=order.id)
    takes_back = {code: METHODS.get(code).takes_back for code in METHODS}
    tenders.plan(came, -shares.total(said), asked["way"], takes_back)
    return said, ""


def _do(request: HttpRequest, order: OrderView, asked: dict[str, Any], wanted: dict[str, Any]) -> HttpResponse:
    if not asked["reason"]:
        raise InvalidInput(field=_("Reason"), value="", rule=_("Say why, for the record."))
    change = refunding.refund_order(
        actor=request.desk.anywhere,
        order_id=order.id,
        kind=asked["kind"],
        reason=asked["reason"],
        at=clock.now(),
        tender=asked["way"],
        **wanted,
    )
    text = _("%(amount)s goes back to the buyer.") % {
        "amount": formats.money(-change.amount_minor, order.currency, look.locale())
    }
    door.say(request, text)
    return HttpResponseRedirect(f"/console/orders/{order.id}#money")


@door.page("console.see_ledger")
def listing(request: HttpRequest) -> HttpResponse:
    """List refunds, newest first; above them those that wait for a person's bank transfer."""
    waiting, rows = payments.bank_transfers(), payments.recent_refunds(limit=100)
    ids = sorted({row.order_id for row in (*waiting, *rows)})
    numbers = {o.id: o.number for o in orders.orders(ids=ids, limit=len(ids))} if ids else {}
    context = {"waiting": waiting, "rows": rows, "numbers": numbers}
    return look.draw(request, "console/refunds.html", context)


@require_POST
@door.page("payments.mark_paid")
def mark_paid(request: HttpRequest, refund_id: str) -> HttpResponse:
    """Record that a person has paid a refund by bank transfer."""
    note = " ".join(request.POST.get("note", "").split())[:200]
    if not note:
        raise InvalidInput(field=_("Bank reference"), value="", rule=_("Write the reference of the transfer."))
    key = door.public_id(refund_id, "refund")
    decide.mark_paid(actor=request.desk.anywhere, refund_id=key, note=note, by=request.desk.staff.name, at=clock.now())
    door.say(request, _("The refund is marked as paid; the books have it."))
    return door.back(request, "/console/refunds")
