"""One box for everything: an order, an e-mail, an article, a parcel, an invoice, an HS code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.finance import queries as finance
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders import queries as orders
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.words import word

SHOWN = 6


class Hit(msgspec.Struct, frozen=True):
    """A thing that was found; `exact` when it is called just what was asked for."""

    href: str
    name: str
    note: str = ""
    exact: bool = False


class Group(msgspec.Struct, frozen=True):
    """Hits of one kind; `more` is the list where all of them stand, "" when it has none."""

    title: str
    hits: tuple[Hit, ...]
    more: str = ""


@door.page()
def search(request: HttpRequest) -> HttpResponse:
    """Go straight to the one thing that is called so, else show what was found by kind; about six statements."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:120]
    groups = [group for group in _groups(request.desk, text) if group.hits] if text else []
    exact = [hit for group in groups for hit in group.hits if hit.exact]
    if len({hit.href for hit in exact}) == 1:
        return HttpResponseRedirect(exact[0].href)
    return look.draw(request, "console/search.html", {"text": text, "groups": groups, "shown": SHOWN})


def _groups(desk: Any, text: str) -> Iterator[Group]:
    if desk.actor.may("console.see_orders"):
        yield Group(_("Orders"), tuple(_orders(text)), "/console/orders")
        yield Group(_("Parcels"), tuple(_parcels(text)))
        yield Group(_("Invoices and credit notes"), tuple(_papers(text)))
    if desk.actor.may("console.see_products"):
        yield Group(_("Products"), tuple(_products(text)), "/console/products")


def _orders(text: str) -> Iterator[Hit]:
    found = orders.orders(text=text, limit=SHOWN)
    whole = {text.upper(), f"E-{text.upper()}"}
    one_person = "@" in text and len(found) == 1
    for order in found:
        note = f"{word('order', order.state)}, {order.buyer_name}"
        yield Hit(f"/console/orders/{order.id}", order.number, note, one_person or order.number in whole)


def _parcels(text: str) -> Iterator[Hit]:
    for parcel_id, number, state in logistics.parcels_numbered(text=text, limit=SHOWN):
        exact = number == "".join(text.split()).upper()
        yield Hit(f"/console/parcels/{parcel_id}", number, word("parcel", state), exact)


def _papers(text: str) -> Iterator[Hit]:
    for invoice in declarations.invoices_numbered(text=text):
        yield Hit(f"/console/orders/{invoice.order_id}", invoice.number, _("Commercial invoice"), True)
    for found in finance.invoices_numbered(text=text):
        name = _("Invoice") if found.kind == "invoice" else _("Credit note")
        yield Hit(f"/console/orders/{found.order_id}", found.number, name, True)


def _products(text: str) -> Iterator[Hit]:
    ids = catalogue.find_products(text=text, limit=SHOWN)
    views = catalogue.products(ids=ids, language=look.content_language()) if ids else {}
    for product in (views[i] for i in ids if i in views):
        skus = [variant.sku for variant in product.variants]
        exact = text.upper() in (sku.upper() for sku in skus) or text.lower() == product.title.lower()
        codes = sorted({look.hs(variant.hs_code) for variant in product.variants})
        note = ", ".join(skus[:3]) + ("…" if len(skus) > 3 else "") + " · " + ", ".join(codes)
        yield Hit(f"/console/products/{product.id}", product.title, note, exact)
