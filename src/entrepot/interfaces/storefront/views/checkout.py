"""Checkout: one page, no account; the price on it is frozen, and what is charged is what was shown.

Order of calls: quote_cart (frozen) → place_order → start_attempt, outside any transaction → the buyer's next action.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout.engine.compare import differences
from entrepot.domains.checkout.errors import EmptyCart, QuoteExpired
from entrepot.domains.checkout.types import CartView, buyer
from entrepot.domains.markets import queries as markets
from entrepot.domains.parties import queries as parties
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.types import AttemptView
from entrepot.flows.pay.start_attempt import start_attempt
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.flows.sell.place_order import Placed, place_order
from entrepot.infra import clock, throttle
from entrepot.interfaces.storefront import basket, checkout_state, company, forms, islands, prefill, show
from entrepot.interfaces.storefront.forms import Typed
from entrepot.interfaces.storefront.place import Shop, draw, keep, page
from entrepot.interfaces.storefront.same_site import own_forms
from entrepot.interfaces.storefront.views.cart import quote_json
from entrepot.interfaces.web import words
from entrepot.interfaces.web.caller import network
from entrepot.interfaces.web.cascade import rate_words
from entrepot.kernel.errors import EntrepotError, Unavailable
from entrepot.kernel.quote import FrozenQuote

GRADES = ("standard", "express")
PLACE_WINDOW = dt.timedelta(minutes=10)


def _grade(value: Any) -> str:
    return value if value in GRADES else "standard"


def _quote(shop: Shop, cart: CartView, typed: Typed | None, grade: str, freeze: bool) -> FrozenQuote:
    """Return the price of the basket for what is known of the address."""
    return quote_cart(
        actor=buyer(cart.id),
        market=shop.market.code,
        at=shop.now,
        cart_id=cart.id,
        lines=cart.lines,
        country=shop.market.country,
        region=typed.address.country_area if typed else "",
        postcode=typed.address.postal_code if typed else "",
        grade=grade,
        language=shop.language,
        freeze=freeze,
        tax_proof=typed.proof.id if typed and typed.proof else "",
    )


def _filled(request: HttpRequest, shop: Shop) -> CartView:
    cart = basket.cart(request, shop)
    if cart is None or not cart.lines:
        raise EmptyCart(field="lines", value="", rule="")
    return cart


@require_GET
@page
def checkout_page(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show the form with the price for the market's country, frozen; as JSON for an island that changes the country."""
    if words.wants_json(request):
        cart = _filled(request, shop)
        quote = _quote(shop, cart, None, "standard", True)
        return keep(_as_state(shop, _context(shop, cart, quote, None)), shop)
    found = basket.cart(request, shop)
    if found is None or not found.lines:
        return HttpResponseRedirect(f"{shop.url}cart")
    filled = prefill.typed(request, shop)
    for typed in (filled, None) if filled else (None,):
        try:
            quote = _quote(shop, found, typed, "standard", True)
        except EntrepotError:
            continue
        return _show(request, shop, found, quote, typed)
    return HttpResponseRedirect(f"{shop.url}cart")  # the basket says what is in the way


def _as_state(shop: Shop, shown: dict[str, Any], more: dict[str, Any] | None = None) -> HttpResponse:
    """Return the checkout as its island takes it, with the words of its language."""
    told = {"url": shop.url, "language": shop.tag, "words": islands.words("checkout")}
    response = JsonResponse({**(more or {}), **told, "state": checkout_state.state(shop, shown)})
    response["Cache-Control"] = "no-store"
    return response


def _deliveries(shop: Shop, cart: CartView, typed: Typed | None, quote: FrozenQuote) -> list[dict[str, Any]]:
    """Return what delivery may be chosen, each with its days and price; one that is no different is left out."""
    found: list[dict[str, Any]] = []
    for grade in GRADES:
        try:
            other = quote if grade == quote.grade else _quote(shop, cart, typed, grade, False)
        except EntrepotError:
            continue
        parcels = show.parcels(other, shop)
        same = any(choice["services"] == [p.service for p in parcels] for choice in found)
        if same and quote.grade != grade:
            continue
        found.append(
            {
                "grade": grade,
                "services": [p.service for p in parcels],
                "days": [(p.city, p.first, p.last) for p in parcels],
                "price_minor": sum(p.delivery_minor for p in parcels),
                "total_minor": other.total_minor,
                "chosen": grade == quote.grade,
            }
        )
    return found


def _show(
    request: HttpRequest,
    shop: Shop,
    cart: CartView,
    quote: FrozenQuote,
    typed: Typed | None,
    faults: list[tuple[str, str]] | None = None,
    status: int = 200,
    asked: FrozenQuote | None = None,
    why: str = "",
) -> HttpResponse:
    """Draw the page. `asked` is the quote the buyer saw before: what changed since is said line by line."""
    shown = _context(shop, cart, quote, typed, faults, asked, why)
    who, saved = prefill.choices(request, shop)
    props = islands.props("checkout", shop, checkout_state.state(shop, shown, who.name if who else "", saved))
    response = draw(
        request, shop, "shop/checkout.html", status=status, island_props=props, who=who, saved=saved, **shown
    )
    response["Cache-Control"] = "no-store"
    return response


def _context(
    shop: Shop,
    cart: CartView,
    quote: FrozenQuote,
    typed: Typed | None,
    faults: list[tuple[str, str]] | None = None,
    asked: FrozenQuote | None = None,
    why: str = "",
) -> dict[str, Any]:
    """Return what the page shows, for its template and its island."""
    methods = payments.methods(market=quote.market, currency=quote.currency, amount_minor=quote.total_minor)
    chosen = typed.get("method") if typed and typed.get("method") else (methods[0].code if methods else "")
    return {
        "cart": cart,
        "quote": quote,
        "parcels": show.parcels(quote, shop),
        "cascades": [(c, show.parcel_cascade(c, shop)) for c in quote.consignments],
        "cascade": show.cascade(quote, shop),
        "fields": forms.layout(shop.market.country, shop.language),
        "phone_example": parties.address_rules(country=shop.market.country).phone,
        "typed": typed.values if typed else {},
        "faults": faults or [],
        "known": dict(faults or ()),
        "deliveries": _deliveries(shop, cart, typed, quote),
        "methods": methods,
        "chosen": chosen,
        "changes": show.changes(differences(asked, quote)) if asked else (),
        "asked": asked,
        "why": why,
        "order_words": markets.order_words_needed(country=shop.market.country),
        "rate_words": rate_words,
        "company": company.section(shop, quote, typed),
    }


@require_POST
@own_forms
@page
def checkout_quote(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Freeze a price for the address and delivery given: as JSON, or as the page with everything typed still there."""
    cart = _filled(request, shop)
    fields = basket.sent(request)
    typed = forms.read(fields, shop.market.country)
    grade = _grade(fields.get("grade"))
    company.prove(shop, typed, network(request))
    try:
        quote = _quote(shop, cart, typed, grade, True)
    except EntrepotError as refused:
        if words.wants_json(request):
            raise
        return _refused(request, shop, cart, typed, grade, refused)
    if words.wants_json(request):
        if fields.get("view"):
            return _as_state(shop, _context(shop, cart, quote, typed, company.faults(typed)))
        return JsonResponse(quote_json(quote))
    return _show(request, shop, cart, quote, typed, company.faults(typed))


def _return_url(shop: Shop) -> str:
    return f"{shop.origin}{shop.url}order/{{order}}?t={{token}}&back=1"


def _place(request: HttpRequest, shop: Shop, quote_id: str, typed: Typed, method: str) -> Placed:
    most = settings.ENTREPOT_ORDERS_PER_ADDRESS
    where = network(request) if most else ""
    if where:
        throttle.knock("place", where, most=most, window=PLACE_WINDOW, at=shop.now)
    return place_order(
        actor=basket.actor(request),
        quote_id=quote_id,
        email=typed.get("email"),
        name=typed.address.name,
        phone=typed.address.phone,
        address=typed.address,
        method=method,
        locale=shop.locale,
        at=clock.now(),
        return_url=_return_url(shop),
        network=where,
        credit_code=typed.get("credit_code"),
    )


@require_POST
@own_forms
@page
def checkout_place(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Place the order at the price that was shown; ask again when it is another one."""
    fields = basket.sent(request)
    typed = forms.read(fields, shop.market.country)
    company.prove(shop, typed, network(request))
    if words.wants_json(request):
        return _place_json(request, shop, fields, typed)
    cart = _filled(request, shop)
    grade = _grade(fields.get("grade"))
    shown = _shown(typed.get("quote_id"))
    try:
        if typed.faults:
            known = shown if shown and _binds(shown, shop, typed, grade, cart) else None
            quote = known or _quote(shop, cart, typed, grade, True)
            return _show(request, shop, cart, quote, typed, typed.faults, 422)
        quote, asked = _agreed(shop, cart, typed, grade, shown)
        if asked is not None:
            why = _("The price was fixed until that time.") if asked.expires_at <= shop.now else ""
            return _show(request, shop, cart, quote, typed, asked=asked, why=why)
        placed = _place(request, shop, quote.id, typed, typed.get("method"))
    except QuoteExpired:
        return _show(request, shop, cart, _quote(shop, cart, typed, grade, True), typed, asked=shown)
    except EntrepotError as refused:
        return _refused(request, shop, cart, typed, grade, refused)
    return _next(shop, placed)


def _refused(
    request: HttpRequest, shop: Shop, cart: CartView, typed: Typed, grade: str, refused: EntrepotError
) -> HttpResponse:
    """Draw the form again with what stands in the way above it and the price for the address.

    Where the address itself has no price the country's is shown; where there is none at all, the basket says why.
    """
    faults = [*typed.faults, (str(refused.params.get("field", "")), words.say(refused))]
    for place in (typed, None):
        try:
            quote = _quote(shop, cart, place, grade, True)
        except EntrepotError:
            continue
        return _show(request, shop, cart, quote, typed, faults, refused.status)
    return HttpResponseRedirect(f"{shop.url}cart")


def _shown(quote_id: str) -> FrozenQuote | None:
    """Return the quote the buyer saw, None when the form names none that we know."""
    try:
        return checkout.quote(quote_id=quote_id)[0] if quote_id else None
    except EntrepotError:
        return None


def _content(quote: FrozenQuote) -> dict[str, int]:
    sums: dict[str, int] = {}
    for consignment in quote.consignments:
        for line in consignment.lines:
            sums[line.sku] = sums.get(line.sku, 0) + line.quantity
    return sums


def _binds(quote: FrozenQuote, shop: Shop, typed: Typed, grade: str, cart: CartView) -> bool:
    """Say whether a shown quote is for this basket, delivery and place, and has not expired."""
    place = (quote.region or typed.address.country_area, quote.postcode or typed.address.postal_code)
    return (
        quote.market == shop.market.code
        and quote.grade == grade
        and quote.expires_at > shop.now
        and quote.tax_proof == (typed.proof.id if typed.proof else "")
        and _content(quote) == {line.sku: line.quantity for line in cart.lines}
        and place == (typed.address.country_area, typed.address.postal_code)
    )


def _agreed(
    shop: Shop, cart: CartView, typed: Typed, grade: str, shown: FrozenQuote | None
) -> tuple[FrozenQuote, FrozenQuote | None]:
    """Return the quote to place, and the one shown before when the buyer has to be asked about the difference.

    A shown quote for exactly this place binds. One made before the address was known binds when the address changes nothing.
    """
    exact = (typed.address.country_area, typed.address.postal_code)
    if shown and (shown.region, shown.postcode) == exact and _binds(shown, shop, typed, grade, cart):
        return shown, None
    fresh = _quote(shop, cart, typed, grade, True)
    if shown is None:
        return fresh, fresh
    if (
        fresh.total_minor == shown.total_minor
        and fresh.currency == shown.currency
        and fresh.customer == shown.customer
        and _content(fresh) == _content(shown)
    ):
        return fresh, None
    return fresh, shown


def _place_json(request: HttpRequest, shop: Shop, fields: dict[str, Any], typed: Typed) -> HttpResponse:
    if typed.faults:
        return JsonResponse(
            {
                "code": "FORM_FAULTS",
                "message": "; ".join(sentence for _name, sentence in typed.faults),
                "field": typed.faults[0][0],
                "faults": [{"field": name, "message": sentence} for name, sentence in typed.faults],
            },
            status=422,
        )
    placed = _place(request, shop, str(fields.get("quote_id", "")), typed, str(fields.get("method", "")))
    body: dict[str, Any] = {
        "order_id": placed.order_id, "number": placed.number, "attempt_id": placed.attempt_id, "token": placed.token,
        "url": f"{shop.url}order/{placed.order_id}?t={placed.token}",
    }  # fmt: skip
    try:
        attempt = _start(placed)
    except Unavailable as silent:
        return basket.remember(JsonResponse({**body, "state": "started", "note": words.say(silent)}), _own(request), 0)
    action = attempt.next_action
    body = body | {
        "state": attempt.state, "refusal": attempt.refusal,
        "next_action": {
            "kind": action.kind, "url": action.url, "code": action.code,
            "expires_at": action.expires_at.isoformat() if action.expires_at else "",
        },
    }  # fmt: skip
    return basket.remember(JsonResponse(body), _own(request), 0)


def _start(placed: Placed) -> AttemptView:
    return start_attempt(attempt_id=placed.attempt_id, at=clock.now(), opened=placed.attempt, number=placed.number)


def _own(request: HttpRequest) -> str:
    return basket.cart_id(request)


def _next(shop: Shop, placed: Placed) -> HttpResponse:
    """Start the payment and send the buyer to its next action; where the provider is silent, his order page says so."""
    here = f"{shop.url}order/{placed.order_id}?t={placed.token}"
    try:
        attempt = _start(placed)
        where = attempt.next_action.url if attempt.next_action.kind == "redirect" else here
    except Unavailable:
        where = here
    response = HttpResponseRedirect(where)
    response.set_cookie("ep_count", "0", samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
