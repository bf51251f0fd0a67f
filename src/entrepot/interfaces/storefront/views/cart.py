"""The basket: lines by parcel with their own days, change, remove with undo. Also as JSON for programs and islands."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout import services as checkout_services
from entrepot.domains.checkout.types import CartView, buyer
from entrepot.domains.offers import queries as offers
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.infra import db
from entrepot.interfaces.storefront import basket, show
from entrepot.interfaces.storefront.place import Shop, draw, page
from entrepot.interfaces.storefront.same_site import own_forms
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.quote import FrozenQuote

_SEEN = 80  # signs of a SKU that are put back into an address


def _as_json(cart: CartView) -> dict[str, Any]:
    return {
        "cart_id": cart.id,
        "count": cart.count,
        "version": cart.version,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in cart.lines],
    }


def price(request: HttpRequest, shop: Shop, cart: CartView) -> tuple[FrozenQuote | None, EntrepotError | None]:
    """Return what the basket costs in the market, or why it cannot be ordered as it is. Nothing is stored."""
    try:
        return (
            quote_cart(
                actor=buyer(cart.id), market=shop.market.code, at=shop.now, lines=cart.lines, language=shop.language
            ),
            None,
        )
    except EntrepotError as refused:
        return None, refused


@require_GET
@page
def cart_page(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show the basket with a total that includes delivery to the market's country."""
    cart = basket.cart(request, shop)
    if words.wants_json(request):
        return JsonResponse(_as_json(cart) if cart else {"cart_id": "", "count": 0, "version": 0, "lines": []})
    removed = request.GET.get("removed", "")[:_SEEN]
    undo = _undo(shop, removed, request.GET.get("was", "1"))
    if cart is None or not cart.lines:
        response = draw(request, shop, "shop/cart.html", cart=None, undo=undo, parcels=(), refused="", quote=None)
        return basket.remember(response, cart.id, 0) if cart else response
    quote, refused = price(request, shop, cart)
    shop.count = cart.count
    response = draw(
        request,
        shop,
        "shop/cart.html",
        cart=cart,
        undo=undo,
        quote=quote,
        parcels=show.parcels(quote, shop) if quote else _unpriced(shop, cart),
        refused=words.say(refused) if refused else "",
        refused_sku=str(refused.params.get("sku", "")) if refused else "",
        wanted={line.sku: line.quantity for line in cart.lines},
        cascade=show.cascade(quote, shop) if quote else (),
    )
    return basket.remember(response, cart.id, cart.count)


def _undo(shop: Shop, sku: str, was: str) -> dict[str, Any] | None:
    """Return what "Undo" puts back: the article that was just taken out, with its name."""
    if not sku or "\x00" in sku:
        return None
    facts = catalogue.variant_facts(skus=[sku], language=shop.language).get(sku)
    number = int(was) if was.isascii() and was.isdigit() and len(was) < 3 else 1
    return {"sku": sku, "title": facts.title, "quantity": number} if facts else None


def _unpriced(shop: Shop, cart: CartView) -> list[show.Parcel]:
    """Return the lines as one parcel with the prices of the shelf, for a basket that cannot be ordered as it is."""
    skus = [line.sku for line in cart.lines]
    facts = catalogue.variant_facts(skus=skus, language=shop.language)
    priced = offers.offers(market=shop.market.code, skus=skus)
    lines = []
    for line in cart.lines:
        known, offer = facts.get(line.sku), priced.get(line.sku)
        lines.append(
            show.ShownLine(
                sku=line.sku,
                title=known.title if known else line.sku,
                option=known.option if known else "",
                picture=known.picture if known else "",
                tile=known.tile if known else "stone",
                handle=known.handle if known else "",
                quantity=line.quantity,
                price_minor=offer.price_minor * line.quantity if offer else None,
            )
        )
    return [show.Parcel("", "", None, None, lines, 0, "")]


@require_POST
@own_forms
@page
def cart_lines(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Set how many of a SKU are in the basket (`{sku, quantity}`; 0 takes it out; `mode=add` adds to what is there)."""
    fields = basket.sent(request)
    sku, quantity = str(fields.get("sku", "")), fields.get("quantity", 1)
    before = 0
    with db.transaction():
        cart = basket.own_cart(request, shop)
        before = next((line.quantity for line in cart.lines if line.sku == sku), 0)
        if fields.get("mode") == "add":
            quantity = _added(before, quantity)
        checkout_services.set_line(actor=buyer(cart.id), cart_id=cart.id, sku=sku, quantity=quantity)
        cart = checkout.cart(cart_id=cart.id)
    if words.wants_json(request):
        return basket.remember(JsonResponse(_as_json(cart)), cart.id, cart.count)
    gone = not any(line.sku == sku for line in cart.lines)
    note = "?" + urlencode({"removed": str(sku), "was": str(before)}) if gone and before else ""
    return basket.remember(HttpResponseRedirect(f"{shop.url}cart{note}"), cart.id, cart.count)


def _added(before: int, quantity: Any) -> Any:
    """Return the sum where both are numbers; else what was sent, so that its rule is told."""
    try:
        return before + int(quantity) if int(quantity) > 0 else quantity
    except (TypeError, ValueError):
        return quantity


def quote_json(quote: FrozenQuote) -> dict[str, Any]:
    """Return a quote as programs read it."""
    body = msgspec.to_builtins(quote)
    return {"quote_id": quote.id, **{name: body[name] for name in _QUOTED}, "quote": body}


_QUOTED = (
    "currency", "total_minor", "goods_minor", "freight_minor", "duty_minor", "fee_minor", "tax_minor", "expires_at",
    "expires_because",
)  # fmt: skip
