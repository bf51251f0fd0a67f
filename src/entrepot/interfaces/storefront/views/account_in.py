"""Ways into a buyer's account: password, mailed code, passkey; opening one, a new password, leaving, a fresh proof."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.errors import KeyLapsed, PasskeyRefused, WrongCode
from entrepot.domains.identity.types import AccountInfo, LoginOutcome
from entrepot.flows.welcome import open_account as accounts
from entrepot.infra import clock, db, throttle
from entrepot.interfaces.storefront import visitor
from entrepot.interfaces.storefront.place import Shop, django_language, draw
from entrepot.interfaces.web import words
from entrepot.interfaces.web.caller import network
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import EntrepotError, NotFound

HOUR = dt.timedelta(hours=1)
KEYS = ("sign_up", "reset")


def host(request: HttpRequest) -> str:
    """Return the site's host name without port: what a passkey is bound to."""
    return request.get_host().rpartition(":")[0] or request.get_host()


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@visitor.open_page
def log_in(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Ask for e-mail and password; a code by mail or a passkey do as well."""
    wished = visitor.own_path(shop, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "GET":
        if visitor.account(request):
            return HttpResponseRedirect(wished)
        return _ask(request, shop, "", wished)
    email = request.POST.get("email", "").strip()[:254]
    with db.transaction():
        outcome = services.authenticate(
            actor=SYSTEM, email=email, password=request.POST.get("password", "")[:1000], address=network(request),
            at=clock.now(),
        )  # fmt: skip
    if outcome.user_id and outcome.is_staff:
        words_ = _("This account is for the console. Order without an account, or use another address here.")
        return _ask(request, shop, email, wished, words_, 403)
    if outcome.user_id:
        return visitor.enter(request, HttpResponseRedirect(wished), outcome.user_id)
    return _ask(request, shop, email, wished, refusal(outcome), 429 if outcome.wait_s else 422)


def _ask(request: HttpRequest, shop: Shop, email: str, wished: str, error: str = "", status: int = 200) -> HttpResponse:
    return draw(request, shop, "shop/account/in.html", status=status, email=email, wished=wished, error=error)


def refusal(outcome: LoginOutcome) -> str:
    """Return why a log-in was refused, and what now."""
    if outcome.wait_s:
        minutes = math.ceil(outcome.wait_s / 60)
        return ngettext(
            "Too many tries. Wait %(n)s minute, or take a code by mail.",
            "Too many tries. Wait %(n)s minutes, or take a code by mail.",
            minutes,
        ) % {"n": minutes}
    return _("E-mail and password do not fit together. Check both, or take a code by mail.")


@require_POST
@visitor.open_page
def code(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Mail a code, and ask for it; whether the address has an account is not told here."""
    wished = visitor.own_path(shop, request.POST.get("next", ""))
    email = request.POST.get("email", "").strip()[:254]
    if not email:
        return _ask(request, shop, "", wished, _("Type your e-mail address first; the code goes there."), 422)
    throttle.knock("mail_code", network(request), most=20, window=HOUR, at=shop.now)
    throttle.knock("mail_code_to", email.lower(), most=5, window=HOUR, at=shop.now)
    accounts.mail_code(email=email, locale=shop.locale, language=shop.language, at=shop.now)
    return draw(request, shop, "shop/account/code.html", email=email, wished=wished, error="")


@sensitive_post_parameters("code")
@require_POST
@visitor.open_page
def enter_code(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Let in who types the mailed code; five wrong tries use it up."""
    wished = visitor.own_path(shop, request.POST.get("next", ""))
    email = request.POST.get("email", "").strip()[:254]
    throttle.knock("take_code", network(request), most=30, window=HOUR, at=shop.now)
    user_id = accounts.take_mailed_code(email=email, code=request.POST.get("code", "")[:20], at=clock.now())
    if user_id:
        return visitor.enter(request, HttpResponseRedirect(wished), user_id)
    said = _(WrongCode.sentence)
    return draw(request, shop, "shop/account/code.html", status=422, email=email, wished=wished, error=said)


@require_http_methods(["GET", "POST"])
@visitor.open_page
def sign_up(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Take name and address, and mail the link that opens the account."""
    name, email = request.POST.get("name", "").strip()[:121], request.POST.get("email", "").strip()[:255]
    context: dict[str, Any] = {"name": name, "email": email, "known": {}, "faults": []}
    if request.method == "GET":
        return draw(request, shop, "shop/account/sign_up.html", **context)
    throttle.knock("sign_up", network(request), most=10, window=HOUR, at=shop.now)
    throttle.knock("sign_up_to", email.lower(), most=5, window=HOUR, at=shop.now)
    try:
        accounts.ask_account(email=email, name=name, locale=shop.locale, language=shop.language, at=shop.now)
    except EntrepotError as fault:
        field, said = str(fault.params.get("field", "")), words.say(fault)
        context |= {"known": {field: said}, "faults": [(field, said)]}
        return draw(request, shop, "shop/account/sign_up.html", status=fault.status, **context)
    return draw(request, shop, "shop/account/sent.html", email=email, kind="sign_up")


@require_http_methods(["GET", "POST"])
@visitor.open_page
def forgotten(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Mail the link to choose a new password."""
    email = request.POST.get("email", "").strip()[:254]
    if request.method == "GET" or not email:
        return draw(request, shop, "shop/account/forgotten.html", email=email)
    throttle.knock("reset", network(request), most=10, window=HOUR, at=shop.now)
    throttle.knock("reset_to", email.lower(), most=5, window=HOUR, at=shop.now)
    accounts.ask_reset(email=email, locale=shop.locale, language=shop.language, at=shop.now)
    return draw(request, shop, "shop/account/sent.html", email=email, kind="reset")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@visitor.open_page
def key(request: HttpRequest, shop: Shop, kind: str, key: str) -> HttpResponse:
    """Open a mailed link: make the account, or keep the new password. Only the button uses the link up."""
    if kind not in KEYS:
        raise Http404
    throttle.knock("mailed_key", network(request), most=60, window=HOUR, at=shop.now)
    opened = identity.opened_key(kind=kind, key=key, at=shop.now)
    if opened is None:
        raise KeyLapsed()
    context: dict[str, Any] = {"kind": kind, "key": key, "opened": opened, "error": ""}
    if request.method == "GET":
        return draw(request, shop, "shop/account/key.html", **context)
    password = request.POST.get("password", "")[:1000]
    try:
        if kind == "sign_up":
            language = django_language(shop.language)
            user_id = accounts.finish_account(key=key, password=password, language=language, at=clock.now())
        else:
            user_id = accounts.finish_reset(key=key, password=password, at=clock.now())
    except NotFound as fault:
        raise KeyLapsed() from fault
    except EntrepotError as fault:
        context["error"] = words.say(fault)
        return draw(request, shop, "shop/account/key.html", status=fault.status, **context)
    return visitor.enter(request, HttpResponseRedirect(f"{shop.url}account/"), user_id)


@require_POST
@visitor.open_page
def passkey_options(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Give a browser the challenge that a passkey answers."""
    throttle.knock("passkey", network(request), most=60, window=HOUR, at=shop.now)
    with db.transaction():
        return JsonResponse(services.begin_passkey_login(actor=SYSTEM, host=host(request), at=clock.now()))


@require_POST
@visitor.open_page
def passkey(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Let somebody in by a passkey."""
    wished = visitor.own_path(shop, request.POST.get("next", ""))
    outcome = _passkey(request)
    if not outcome.user_id or outcome.is_staff:
        return _ask(request, shop, "", wished, _(PasskeyRefused.sentence), 429 if outcome.wait_s else 422)
    return visitor.enter(request, HttpResponseRedirect(wished), outcome.user_id)


def _passkey(request: HttpRequest) -> LoginOutcome:
    with db.transaction():
        return services.take_passkey(
            actor=SYSTEM, answer=request.POST.get("passkey", ""), host=host(request), address=network(request),
            at=clock.now(),
        )  # fmt: skip


@require_POST
@visitor.open_page
def log_out(request: HttpRequest, shop: Shop) -> HttpResponse:
    """End this browser's session; the basket stays."""
    return visitor.leave(request, HttpResponseRedirect(shop.url))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@visitor.member
def prove(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Ask for a fresh proof: password, passkey, or a code that is mailed."""
    wished = visitor.own_path(shop, request.POST.get("next") or request.GET.get("next", ""))
    context: dict[str, Any] = {
        "who": who,
        "wished": wished,
        "factors": identity.factors(user_id=who.id),
        "error": "",
        "mailed": False,
    }
    if request.method == "GET":
        return draw(request, shop, "shop/account/prove.html", **context)
    if request.POST.get("mail"):
        throttle.knock("mail_code_to", who.email, most=5, window=HOUR, at=shop.now)
        accounts.mail_code(email=who.email, locale=shop.locale, language=shop.language, at=shop.now)
        return draw(request, shop, "shop/account/prove.html", **{**context, "mailed": True})
    if _proved(request, who):
        with db.transaction():
            services.prove_session(actor=SYSTEM, session_id=who.session_id, at=clock.now())
        return HttpResponseRedirect(wished)
    context |= {"error": _("This did not fit, so nothing was done. Try once more."), "mailed": "code" in request.POST}
    return draw(request, shop, "shop/account/prove.html", status=422, **context)


def _proved(request: HttpRequest, who: AccountInfo) -> bool:
    if request.POST.get("passkey"):
        return _passkey(request).user_id == who.id
    if request.POST.get("code"):
        given = request.POST["code"][:20]
        return accounts.take_mailed_code(email=who.email, code=given, at=clock.now()) == who.id
    with db.transaction():
        outcome = services.authenticate(
            actor=SYSTEM, email=who.email, password=request.POST.get("password", "")[:1000], address=network(request),
            at=clock.now(),
        )  # fmt: skip
    return outcome.user_id == who.id
