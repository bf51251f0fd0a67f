"""Invoices and credit notes: the list with its series, one document with what it says, its print and its XML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from entrepot.domains.documents import queries as documents
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine.en16931.rules import RULES, broken
from entrepot.domains.finance.types import InvoiceView
from entrepot.domains.orders import queries as orders
from entrepot.flows.settle.draw_invoice import draw_invoice
from entrepot.interfaces.console import door, lists, look
from entrepot.kernel.errors import N_

PAGE = 50
NAMES = {"invoice": N_("Invoice"), "credit_note": N_("Credit note")}


def _kinds() -> Sequence[tuple[str, str]]:
    return [(kind, _(name)) for kind, name in NAMES.items()]


LIST = lists.Listing(
    page="invoices",
    path="/console/invoices",
    fields=(
        lists.Field("q", N_("Number of invoice or order"), code=True),
        lists.Field("kind", N_("Kind"), "choice", _kinds, N_("Invoices and credit notes")),
        lists.Field("since", N_("Issued from"), "day"),
        lists.Field("until", N_("Issued until"), "day"),
    ),
    sorts=(("newest", N_("Newest first")),),
)


@door.page("console.see_ledger")
def listing(request: HttpRequest) -> HttpResponse:
    """List what was issued, newest first, above it each series of numbers with whether one is missing."""
    views, way = lists.opening(request, LIST)
    if way:
        return way
    asked = lists.read(request, LIST)
    rows = _rows(asked)
    shown = rows[:PAGE]
    context = {
        **lists.frame(LIST, asked, views),
        "rows": shown,
        "names": NAMES,
        "numbers": {o.id: o.number for o in orders.orders(ids=list({row.order_id for row in shown}))} if shown else {},
        "series": finance.series(),
        "next_before": shown[-1].id if len(rows) > PAGE else "",
    }
    return look.draw(request, "console/invoices.html", context)


def _rows(asked: lists.Asked) -> Sequence[InvoiceView]:
    text = asked["q"]
    numbered = finance.invoices_numbered(text=text, kind=asked["kind"]) if text else ()
    if numbered:
        return numbered
    order_id = ""
    if text:
        found = [row for row in orders.orders(text=text, limit=2) if text.upper() in (row.number, row.number[2:])]
        if not found:
            return ()
        order_id = found[0].id
    return finance.invoices(
        kind=asked["kind"],
        since=_midnight(asked.day("since")),
        until=_midnight(asked.day("until"), after=1),
        order_id=order_id,
        before=door.public_id(asked.before, "invoice") if asked.before else "",
        limit=PAGE + 1,
    )


def _midnight(day: dt.date | None, after: int = 0) -> dt.datetime | None:
    return dt.datetime.combine(day + dt.timedelta(days=after), dt.time(), ZoneInfo(look.zone())) if day else None


@door.page("console.see_ledger")
def detail(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """Show what a document says, and what the rules say of it."""
    view = finance.invoice_view(id=door.public_id(invoice_id, "invoice"))
    document = finance.document(view=view)
    context = {
        "view": view,
        "document": document,
        "name": NAMES[view.kind],
        "broken": broken(document) if document else (),
        "asked": sum(1 for rule in RULES.values() if document and (rule.always or document.profile == "en16931")),
    }
    return look.draw(request, "console/invoice.html", context)


@door.page("console.see_orders")
def form(request: HttpRequest, invoice_id: str, form: str) -> HttpResponse:
    """Hand out a document as PDF or XML, drawn now if nobody has looked before."""
    view = finance.invoice_view(id=door.public_id(invoice_id, "invoice"))
    content, mime, name = documents.file(id=draw_invoice(view=view, form=form))
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f'{"inline" if form == "pdf" else "attachment"}; filename="{name}"'
    return response
