"""A buyer's account: orders (those placed as a guest, too), address book, consents, ways in, sessions."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.types import AccountInfo
from entrepot.domains.markets import queries as markets
from entrepot.domains.orders import queries as orders
from entrepot.domains.parties import queries as parties
from entrepot.domains.parties import services as party_services
from entrepot.domains.parties.engine.consents import CONSENTS
from entrepot.domains.parties.types import SavedAddressView
from entrepot.flows.welcome.tell_change import tell_change
from entrepot.infra import clock, db
from entrepot.interfaces.storefront import forms, visitor
from entrepot.interfaces.storefront.place import Shop, draw
from entrepot.interfaces.storefront.views.account_in import host
from entrepot.interfaces.storefront.views.order import NoSuchOrder
from entrepot.interfaces.web import formats, words
from entrepot.kernel.errors import N_, EntrepotError, NotFound

PAGE = 20


@require_GET
@visitor.member
def home(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Show the orders of the confirmed address, newest first."""
    before = request.GET.get("before", "")
    rows = orders.orders(text=who.email, limit=PAGE + 1, before=_order_id(before) if before else "")
    return draw(
        request, shop, "shop/account/home.html", who=who, here="orders", rows=rows[:PAGE],
        older=rows[PAGE - 1].id if len(rows) > PAGE else "", state_words=STATE_WORDS,
    )  # fmt: skip


STATE_WORDS = {
    "placed": N_("Waiting for your payment"), "confirmed": N_("Paid, being packed"), "shipped": N_("On its way"),
    "delivered": N_("Delivered"), "refused": N_("Refused at the door"), "cancelled": N_("Cancelled"), "expired": N_("Lapsed"),
}  # fmt: skip


@require_GET
@visitor.member
def order(request: HttpRequest, shop: Shop, who: AccountInfo, order_id: uuid.UUID) -> HttpResponse:
    """Open one's own order: its page is the same as from the mail."""
    if not orders.is_of(order_id=str(order_id), email=who.email):
        raise NoSuchOrder(kind="order", key="")
    token = orders.access_token(order_id=str(order_id))
    return HttpResponseRedirect(f"{shop.url}order/{order_id}?t={token}")


def _order_id(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError as fault:
        raise NotFound(kind="order", key="") from fault


# ---- addresses


@require_GET
@visitor.member
def addresses(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Show the address book."""
    rows = parties.saved_addresses(account_id=who.id)
    return draw(request, shop, "shop/account/addresses.html", who=who, here="addresses", rows=rows)


@require_http_methods(["GET", "POST"])
@visitor.member
def address(request: HttpRequest, shop: Shop, who: AccountInfo, address_id: uuid.UUID | None = None) -> HttpResponse:
    """Add an address, or change one; the form is that of its country."""
    kept = _saved(who, address_id) if address_id else None
    asked = (
        request.POST.get("country_code") or request.GET.get("country") or (kept.address.country_code if kept else "")
    )
    countries = _countries(shop)
    country = asked if asked in dict(countries) else (kept.address.country_code if kept else shop.market.country)
    typed = forms.from_address(kept.address) if kept and kept.address.country_code == country else {}
    faults: list[tuple[str, str]] = []
    if request.method == "POST" and not request.POST.get("other_country"):
        read = forms.read({**request.POST.dict(), "email": who.email}, country)
        typed, faults = read.values, read.faults
        if not faults:
            try:
                return _keep(request, shop, who, read, address_id)
            except EntrepotError as fault:
                faults = [(str(fault.params.get("field", "")), words.say(fault))]
    return draw(
        request, shop, "shop/account/address.html", status=422 if faults else 200, who=who, here="addresses", kept=kept,
        fields=forms.layout(country, shop.language), typed=typed, faults=faults, known=dict(faults), country=country,
        countries=countries, address_id=address_id,
    )  # fmt: skip


def _keep(
    request: HttpRequest, shop: Shop, who: AccountInfo, read: forms.Typed, address_id: uuid.UUID | None
) -> HttpResponse:
    with db.transaction():
        party_services.save_address(
            actor=visitor.actor(who), account_id=who.id, address=read.address, at=clock.now(),
            address_id=str(address_id or ""), default=bool(request.POST.get("default")),
        )  # fmt: skip
    return HttpResponseRedirect(f"{shop.url}account/addresses")


@require_POST
@visitor.member
def address_deed(request: HttpRequest, shop: Shop, who: AccountInfo, address_id: uuid.UUID, deed: str) -> HttpResponse:
    """Take an address out, or make it the first choice."""
    act = {"remove": party_services.remove_address, "default": party_services.set_default_address}.get(deed)
    if act is None:
        raise NotFound(kind="step", key=deed[:20])
    with db.transaction():
        act(actor=visitor.actor(who), account_id=who.id, address_id=str(address_id))
    return HttpResponseRedirect(f"{shop.url}account/addresses")


def _saved(who: AccountInfo, address_id: uuid.UUID) -> SavedAddressView:
    for saved in parties.saved_addresses(account_id=who.id):
        if saved.id == str(address_id):
            return saved
    raise NotFound(kind="address", key=str(address_id))


def _countries(shop: Shop) -> tuple[tuple[str, str], ...]:
    found = {info.country: formats.country_name(info.country, shop.cldr) for info in markets.markets() if info.open}
    return tuple(sorted(found.items(), key=lambda pair: pair[1]))


# ---- what may be done with the data


@require_http_methods(["GET", "POST"])
@visitor.member
def consents(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Show what the buyer agrees to, and keep what he changes."""
    if request.method == "POST":
        with db.transaction():
            for kind in CONSENTS:
                party_services.set_consent(
                    actor=visitor.actor(who), account_id=who.id, kind=kind, given=kind in request.POST.getlist("yes"),
                    at=clock.now(),
                )  # fmt: skip
        return HttpResponseRedirect(f"{shop.url}account/consents?kept=1")
    given = parties.consents(account_id=who.id)
    rows = [(kind, text, given[kind]) for kind, text in CONSENTS.items()]
    return draw(
        request, shop, "shop/account/consents.html", who=who, here="consents", rows=rows, kept="kept" in request.GET
    )


# ---- ways in


@require_GET
@visitor.member
def security(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Show how the buyer logs in, and where he is logged in."""
    return draw(
        request, shop, "shop/account/security.html", who=who, here="security",
        factors=identity.factors(user_id=who.id), sessions=identity.sessions(user_id=who.id, at=clock.now()),
    )  # fmt: skip


@require_POST
@visitor.member
def rename(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Change the name of the account."""
    with db.transaction():
        services.rename_user(actor=visitor.actor(who), user_id=who.id, name=request.POST.get("name", "")[:200])
    return HttpResponseRedirect(f"{shop.url}account/security")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@visitor.member
@visitor.proven
def password(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Choose a (new) password; all other sessions end."""
    error = ""
    if request.method == "POST":
        try:
            with db.transaction():
                services.set_password(
                    actor=visitor.actor(who), user_id=who.id, password=request.POST.get("password", "")[:1000]
                )
        except EntrepotError as fault:
            error = words.say(fault)
        else:
            _tell(shop, who, "password_changed")
            return visitor.enter(request, HttpResponseRedirect(f"{shop.url}account/security"), who.id)
    return draw(
        request, shop, "shop/account/password.html", status=422 if error else 200, who=who, here="security", error=error
    )


@require_GET
@visitor.member
@visitor.proven
def new_passkey(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Ask for the name of a new passkey, and let the device make it."""
    return draw(request, shop, "shop/account/passkey.html", who=who, here="security")


@require_POST
@visitor.member
@visitor.proven
def passkey_options(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Give the browser what it needs to make a passkey."""
    with db.transaction():
        asked = services.begin_passkey(actor=visitor.actor(who), user_id=who.id, host=host(request), at=clock.now())
    return JsonResponse(asked)


@require_POST
@visitor.member
@visitor.proven
def add_passkey(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Keep the passkey the device has made."""
    name = request.POST.get("name", "").strip()[:60] or _("Passkey")
    with db.transaction():
        services.add_passkey(
            actor=visitor.actor(who), user_id=who.id, name=name, answer=request.POST.get("passkey", ""),
            host=host(request), at=clock.now(),
        )  # fmt: skip
    _tell(shop, who, "passkey_added", name)
    return HttpResponseRedirect(f"{shop.url}account/security")


@require_POST
@visitor.member
@visitor.proven
def remove_passkey(request: HttpRequest, shop: Shop, who: AccountInfo, passkey_id: uuid.UUID) -> HttpResponse:
    """Take a passkey away."""
    with db.transaction():
        gone = services.remove_passkey(actor=visitor.actor(who), user_id=who.id, passkey_id=str(passkey_id))
    if gone:
        _tell(shop, who, "passkey_removed", request.POST.get("name", "")[:60] or _("Passkey"))
    return HttpResponseRedirect(f"{shop.url}account/security")


@require_POST
@visitor.member
def end_sessions(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """End one other session, or all others."""
    wished = request.POST.get("session", "")
    with db.transaction():
        if wished:
            services.end_session(actor=visitor.actor(who), user_id=who.id, session_id=_order_id(wished))
        else:
            services.end_sessions(actor=visitor.actor(who), user_id=who.id, but=who.session_id)
    return HttpResponseRedirect(f"{shop.url}account/security")


def _tell(shop: Shop, who: AccountInfo, change: str, thing: str = "-") -> None:
    tell_change(
        to=who.email, name=who.name, language=shop.language, path=f"{shop.url}account/security", user_id=who.id,
        change=change, thing=thing, at=clock.now(),
    )  # fmt: skip
