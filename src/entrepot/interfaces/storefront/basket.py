"""The basket of a visitor: its unguessable id stands in a signed cookie, its lines in checkout."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout import services as checkout_services
from entrepot.domains.checkout.types import CartView, buyer
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import db
from entrepot.infra.memo import Memo
from entrepot.interfaces.storefront.place import COUNT_COOKIE, YEAR_S, Shop
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

CART_COOKIE = "ep_cart"
_signer = Signer(salt="entrepot.cart")
_store = Memo(ttl_s=15)


class UnreadableBody(InvalidInput):
    """What was sent is not a JSON object. Params: field, value, rule."""

    code = "UNREADABLE_BODY"
    sentence = N_("What was sent cannot be read: it should be a form or a JSON object.")


def sent(request: HttpRequest) -> dict[str, Any]:
    """Return the fields a request carries, from a form or a JSON object; raise UnreadableBody."""
    if request.content_type != "application/json":
        return {name: request.POST.get(name, "") for name in request.POST}
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as fault:
        raise UnreadableBody(field="", value="", rule="") from fault
    if not isinstance(body, dict):
        raise UnreadableBody(field="", value="", rule="")
    return body


def cart_id(request: HttpRequest) -> str:
    """Return the id in the visitor's cookie, "" when there is none or it is not ours."""
    try:
        return _signer.unsign(request.COOKIES.get(CART_COOKIE, ""))
    except BadSignature:
        return ""


def actor(request: HttpRequest) -> Actor:
    """Return the visitor as an actor."""
    return buyer(cart_id(request) or "visitor")


def cart(request: HttpRequest, shop: Shop, *, lock: bool = False) -> CartView | None:
    """Return the visitor's basket, moved to the market he stands in; None when he has none. `lock`: about to be changed."""
    key = cart_id(request)
    if not key:
        return None
    try:
        found = checkout.cart(cart_id=key, lock=lock)
    except NotFound:
        return None
    if found.market != shop.market.code:
        with db.transaction():
            checkout_services.set_market(actor=buyer(key), cart_id=key, market=shop.market.code, locale=shop.locale)
        found = checkout.cart(cart_id=key)
    return found


def own_cart(request: HttpRequest, shop: Shop) -> CartView:
    """Return the visitor's basket, a new one when he has none. Call inside a transaction."""
    found = cart(request, shop, lock=True)
    if found is not None:
        return found
    store_id = _store.get("main", lambda: organisation.store().id)
    key = checkout_services.create_cart(
        actor=buyer("visitor"), market=shop.market.code, locale=shop.locale, store_id=store_id
    )
    return CartView(key, shop.market.code, shop.locale, (), 1)


def remember(response: HttpResponse, key: str, count: int) -> HttpResponse:
    """Put the basket's id and its count into the visitor's cookies."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(CART_COOKIE, _signer.sign(key), max_age=YEAR_S, samesite="Lax", httponly=True, secure=secure)
    response.set_cookie(COUNT_COOKIE, str(count), max_age=YEAR_S, samesite="Lax", secure=secure)
    return response
