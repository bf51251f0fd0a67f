"""Who a buyer is: a session in a cookie of its own, read on the account's pages and at the checkout, never on pages kept for all.

Nothing here touches the console's session. A cookie that names no living session is nobody.
"""

from __future__ import annotations

import datetime as dt
import functools
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.types import AccountInfo
from entrepot.infra import clock, db
from entrepot.interfaces.storefront.place import Shop, page
from entrepot.interfaces.storefront.same_site import own_forms
from entrepot.kernel.actor import SYSTEM, Actor

COOKIE = "ep_account"
LASTS = dt.timedelta(days=30)
PROOF_LASTS = dt.timedelta(minutes=15)
SEEN_EVERY = dt.timedelta(minutes=5)
PERMISSIONS = frozenset({"identity.manage_own", "parties.manage_own"})

View = Callable[..., HttpResponse]


def account(request: HttpRequest) -> AccountInfo | None:
    """Return whose account this browser is logged in to, None for nobody; one statement, none without the cookie."""
    key = request.COOKIES.get(COOKIE, "")
    return identity.account_in_session(key=key, at=clock.now()) if 20 <= len(key) <= 100 else None


def actor(who: AccountInfo) -> Actor:
    """Return the buyer as an actor over his own account."""
    return Actor("buyer", who.id, PERMISSIONS)


def enter(request: HttpRequest, response: HttpResponse, user_id: str) -> HttpResponse:
    """Open a fresh session for a person who proved who they are; an older one of this browser ends."""
    key, at = secrets.token_urlsafe(32), clock.now()
    before = account(request)
    with db.transaction():
        if before is not None:
            services.end_session(actor=SYSTEM, user_id=before.id, session_id=before.session_id)
        services.open_session(
            actor=SYSTEM, user_id=user_id, door="shop", key=key, user_agent=request.headers.get("User-Agent", ""),
            at=at, lasts=LASTS,
        )  # fmt: skip
    response.set_cookie(
        COOKIE, key, max_age=int(LASTS.total_seconds()), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def leave(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """End this browser's session."""
    who = account(request)
    if who is not None:
        with db.transaction():
            services.end_session(actor=actor(who), user_id=who.id, session_id=who.session_id)
    response.delete_cookie(COOKIE)
    return response


def open_page(view: View) -> View:
    """Declare a page of the account's part that needs nobody logged in: `view(request, shop, …)`, kept by nobody."""

    @functools.wraps(view)
    def call(request: HttpRequest, shop: Shop, **kwargs: Any) -> HttpResponse:
        return _private(view(request, shop, **kwargs))

    return own_forms(page(call))


def member(view: View) -> View:
    """Declare a page for who is logged in: `view(request, shop, who, …)`; strangers are sent to the log-in and back."""

    @functools.wraps(view)
    def call(request: HttpRequest, shop: Shop, **kwargs: Any) -> HttpResponse:
        who = account(request)
        if who is None:
            response: HttpResponse = HttpResponseRedirect(f"{shop.url}account/log-in?next={_wished(request)}")
        else:
            _seen(who)
            response = view(request, shop, who, **kwargs)
        return _private(response)

    return own_forms(page(call))


def proven(view: View) -> View:
    """Ask for a fresh proof (remembered for 15 minutes) before a page or act of one's own account; goes below `member`."""

    @functools.wraps(view)
    def call(request: HttpRequest, shop: Shop, who: AccountInfo, **kwargs: Any) -> HttpResponse:
        if who.proved_at is None or not dt.timedelta(0) <= clock.now() - who.proved_at < PROOF_LASTS:
            return HttpResponseRedirect(f"{shop.url}account/prove?next={_wished(request)}")
        return view(request, shop, who, **kwargs)

    return call


def own_path(shop: Shop, wished: str) -> str:
    """Return where somebody goes after the log-in: a page of this shop, by default the account."""
    plain = wished.startswith(shop.url) and "//" not in wished and "\\" not in wished and len(wished) < 300
    return wished if plain else f"{shop.url}account/"


def _wished(request: HttpRequest) -> str:
    """The page that was asked for; after a form it is the page the form stands on."""
    if request.method == "GET":
        return request.path
    return request.path.rpartition("/account/")[0] + "/account/security"


def _seen(who: AccountInfo) -> None:
    now = clock.now()
    if who.seen_at is None or now - who.seen_at > SEEN_EVERY:
        with db.transaction():
            services.see_session(actor=SYSTEM, session_id=who.session_id, at=now)


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
