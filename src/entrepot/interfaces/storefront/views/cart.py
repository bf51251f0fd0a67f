"""The basket: lines by parcel with their own days, change, remove with undo. Also as JSON for programs and islands."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.checkout import services as checkout_services
from entrepot.domains.checkout.types import CartView, buyer
from entrepot.domains.offers import queries as offers
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.infra import db
from entrepot.interfaces.storefront import basket, islands, show
from entrepot.interfaces.storefront.place import Shop, draw, page
from entrepot.interfaces.storefront.same_site import own_forms
from entrepot.interfaces.storefront.views.product import show_product
from entrepot.interfaces.web import formats, words
from entrepot.kernel.errors import EntrepotError, InvalidInput
from entrepot.kernel.quote import FrozenQuote

log = structlog.get_logger(__name__)
_OUR_SIDE = 500
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
    return _drawn(request, shop, cart, undo=_undo(shop, removed, request.GET.get("was", "1")))


def _drawn(
    request: HttpRequest,
    shop: Shop,
    cart: CartView | None,
    undo: dict[str, Any] | None = None,
    wrong: dict[str, tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the basket. `wrong` is SKU → (what was typed, why it cannot be): told above the field, what was typed stays."""
    shown = _shown(request, shop, cart)
    shop.count = cart.count if cart else 0
    response = draw(
        request, shop, "shop/cart.html", status=status, undo=undo, wrong=wrong or {}, each=islands.each,
        island_props=islands.props("cart", shop, _state(shop, shown, wrong or {}, undo)), **shown,
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return basket.remember(response, cart.id, cart.count) if cart else response


def _shown(request: HttpRequest, shop: Shop, cart: CartView | None) -> dict[str, Any]:
    """Return what the basket's page shows, as its template takes it."""
    if cart is None or not cart.lines:
        return {
            "cart": None,
            "parcels": [],
            "refused": "",
            "quote": None,
            "refused_sku": "",
            "wanted": {},
            "cascade": [],
        }
    quote, refused = price(request, shop, cart)
    return {
        "cart": cart,
        "quote": quote,
        "parcels": show.parcels(quote, shop) if quote else _unpriced(shop, cart),
        "refused": _why(refused) if refused else "",
        "refused_sku": str(refused.params.get("sku", "")) if refused else "",
        "wanted": {line.sku: line.quantity for line in cart.lines},
        "cascade": show.cascade(quote, shop) if quote else [],
    }


def _why(refused: EntrepotError) -> str:
    """Say why a basket has no price; what is broken on our side is not the buyer's to read."""
    if refused.status < _OUR_SIDE:
        return words.say(refused)
    log.error("no_price", code=refused.code, fault=refused.message())
    return _(
        "The price cannot be worked out at the moment; that is our fault. Your basket is kept: try again in a few minutes."
    )


def _state(
    shop: Shop, shown: dict[str, Any], wrong: dict[str, tuple[str, str]], undo: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the basket as its island takes it."""
    quote, currency = shown["quote"], shop.market.currency
    total = formats.money(quote.total_minor, quote.currency, shop.cldr) if quote else ""
    return {
        "count": shown["cart"].count if shown["cart"] else 0,
        "parcels": islands.parcels(shown["parcels"], currency, shop, shown["wanted"]),
        "refused": shown["refused"],
        "refused_sku": shown["refused_sku"],
        "wrong": {sku: {"typed": typed, "why": why} for sku, (typed, why) in wrong.items()},
        "undo": undo,
        "total": total,
        "included": shop.tax.basket,
        "within": _("What is in %(amount)s") % {"amount": total} if quote else "",
        "cascade": islands.cascade(shown["cascade"], quote.total_minor, currency, _("Total"), shop) if quote else None,
        "note": _(quote.plan_note) if quote and quote.plan_note else "",
    }


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
    """Set how many of a SKU are in the basket (`{sku, quantity}`; 0 takes it out; `mode=add` adds to what is there).

    A page gets its fault above the field; a program gets JSON, and with `view` the whole basket as its page shows it.
    """
    fields = basket.sent(request)
    sku, quantity = str(fields.get("sku", "")), fields.get("quantity", 1)
    adds = fields.get("mode") == "add"
    try:
        before, cart = _set(request, shop, sku, quantity, adds)
    except InvalidInput as fault:
        if words.wants_json(request):
            raise
        return _wrong(request, shop, sku, str(quantity)[:_SEEN], fault, adds)
    gone = not any(line.sku == sku for line in cart.lines) and before
    if words.wants_json(request):
        body = _as_json(cart)
        if fields.get("view"):
            undo = _undo(shop, sku, str(before)) if gone else None
            body["state"] = _state(shop, _shown(request, shop, cart), {}, undo)
        return basket.remember(JsonResponse(body), cart.id, cart.count)
    note = "?" + urlencode({"removed": sku, "was": str(before)}) if gone else ""
    return basket.remember(HttpResponseRedirect(f"{shop.url}cart{note}"), cart.id, cart.count)


def _set(request: HttpRequest, shop: Shop, sku: str, quantity: Any, adds: bool) -> tuple[int, CartView]:
    """Set a line; return how many there were before, and the basket after."""
    with db.transaction():
        cart = basket.own_cart(request, shop)
        before = next((line.quantity for line in cart.lines if line.sku == sku), 0)
        wanted = _added(before, quantity) if adds else quantity
        return before, checkout_services.set_line(actor=buyer(cart.id), cart_id=cart.id, sku=sku, quantity=wanted)


def _wrong(request: HttpRequest, shop: Shop, sku: str, typed: str, fault: InvalidInput, adds: bool) -> HttpResponse:
    """Draw the page the form stood on, with the fault above its field; without such a page the fault is told alone."""
    said = words.say(fault)
    if adds:
        facts = catalogue.variant_facts(skus=[sku], language=shop.language) if "\x00" not in sku else {}
        if sku not in facts:
            raise fault
        return show_product(request, shop, facts[sku].handle, sku, wrong=(typed, said), status=fault.status)
    cart = basket.cart(request, shop)
    if cart is None or not any(line.sku == sku for line in cart.lines):
        raise fault
    return _drawn(request, shop, cart, wrong={sku: (typed, said)}, status=fault.status)


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
