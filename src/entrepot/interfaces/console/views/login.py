"""Log in (password and second factor, or a passkey), log out, change the language."""

from __future__ import annotations

import datetime as dt
import math
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.errors import PasskeyRefused, WrongCode
from entrepot.domains.identity.types import LoginOutcome
from entrepot.infra import clock, db, throttle
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web.caller import network
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound

HALF_LASTS = dt.timedelta(minutes=10)
PASSKEY_WINDOW = dt.timedelta(minutes=10)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@door.public
def login(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password; what was typed (but the password) stays when they do not fit."""
    wished = _own(request.POST.get("next") or request.GET.get("next", ""))
    email = request.POST.get("email", "")[:254]
    if request.method == "GET":
        return look.draw(request, "console/login.html", {"email": "", "next": wished, "error": ""})
    password = request.POST.get("password", "")[:1000]
    with db.transaction():
        outcome = services.authenticate(
            actor=SYSTEM, email=email, password=password, address=network(request), at=clock.now()
        )
    if outcome.user_id and not outcome.is_staff:
        return _again(request, email, wished, gettext("This account is for the shop, not for the console."), 403)
    if outcome.user_id:
        return (
            half_way(request, outcome.user_id, wished)
            if outcome.second_factor
            else _enter(request, outcome.user_id, wished)
        )
    return _again(request, email, wished, _refusal(outcome), 429 if outcome.wait_s else 422)


def half_way(request: HttpRequest, user_id: str, wished: str) -> HttpResponse:
    """The password fits, a second factor is asked for: remember that much, in a fresh session, for ten minutes."""
    request.session.cycle_key()
    request.session.set_expiry(int(HALF_LASTS.total_seconds()))
    request.session["half"] = user_id
    request.session["half_at"] = clock.now().isoformat()
    return HttpResponseRedirect("/console/login/second?" + urlencode({"next": wished}))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@door.public
def second(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor: a code of the app, a recovery code, or a passkey."""
    wished = _own(request.POST.get("next") or request.GET.get("next", ""))
    half = _half(request)
    if not half:
        return HttpResponseRedirect("/console/login?" + urlencode({"next": wished}))
    context = {"next": wished, "factors": identity.factors(user_id=half), "error": ""}
    if request.method == "GET":
        return look.draw(request, "console/second.html", context)
    code = request.POST.get("code", "")[:40]
    with db.transaction():
        outcome = services.take_code(actor=SYSTEM, user_id=half, code=code, address=network(request), at=clock.now())
    if outcome.user_id:
        return _enter(request, outcome.user_id, wished)
    context["error"] = _second_refusal(outcome)
    return look.draw(request, "console/second.html", context, status=429 if outcome.wait_s else 422)


@require_POST
@door.public
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Give a browser the challenge that a passkey answers, for a log-in or a fresh proof."""
    throttle.knock("passkey", network(request), most=60, window=PASSKEY_WINDOW, at=clock.now())
    with db.transaction():
        asked = services.begin_passkey_login(actor=SYSTEM, host=door.host(request), at=clock.now())
    return JsonResponse(asked)


@require_POST
@door.public
def passkey(request: HttpRequest) -> HttpResponse:
    """Let somebody in by a passkey, which is both factors."""
    wished = _own(request.POST.get("next", ""))
    with db.transaction():
        outcome = services.take_passkey(
            actor=SYSTEM, answer=request.POST.get("passkey", ""), host=door.host(request), address=network(request),
            at=clock.now(),
        )  # fmt: skip
    if not outcome.user_id:
        status = 429 if outcome.wait_s else 422
        return _again(request, "", wished, gettext(PasskeyRefused.sentence), status)
    if not outcome.is_staff:
        return _again(request, "", wished, gettext("This account is for the shop, not for the console."), 403)
    return _enter(request, outcome.user_id, wished)


def _half(request: HttpRequest) -> str:
    """Return who gave the right password in this session a moment ago, "" for nobody."""
    began = request.session.get("half_at", "")
    fresh = began and abs(clock.now() - dt.datetime.fromisoformat(began)) < HALF_LASTS
    return request.session.get("half", "") if fresh else ""


def _enter(request: HttpRequest, user_id: str, wished: str) -> HttpResponse:
    try:
        member = identity.staff(user_id=user_id)
    except NotFound:
        return _again(request, "", wished, gettext("This account is for the shop, not for the console."), 403)
    door.enter(request, member)
    response = HttpResponseRedirect(wished)
    response.set_cookie(
        door.COOKIE,
        member.language,
        max_age=365 * 86400,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_POST
@door.page()
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    with db.transaction():
        services.end_session(
            actor=request.desk.actor, user_id=request.desk.staff.id, session_id=request.desk.staff.session_id
        )
    request.session.flush()
    return HttpResponseRedirect("/console/login")


@require_POST
@door.public
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language for this browser and, when somebody is logged in, for the person."""
    wished = request.POST.get("language", "")
    response = door.back(request, "/console/")
    if wished in door.LANGUAGES:
        user_id = request.session.get("staff")
        if user_id:
            with db.transaction():
                services.set_language(actor=SYSTEM, user_id=user_id, language=wished)
        response.set_cookie(
            door.COOKIE,
            wished,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def _again(request: HttpRequest, email: str, wished: str, error: str, status: int) -> HttpResponse:
    return look.draw(request, "console/login.html", {"email": email, "next": wished, "error": error}, status=status)


def _refusal(outcome: LoginOutcome) -> str:
    if outcome.wait_s:
        minutes = math.ceil(outcome.wait_s / 60)
        return ngettext(
            "Too many tries. To keep guessers out, the door stays shut for %(n)s minute. Your password was not checked.",
            "Too many tries. To keep guessers out, the door stays shut for %(n)s minutes. Your password was not checked.",
            minutes,
        ) % {"n": minutes}
    if outcome.tries_left <= 2:
        return ngettext(
            "E-mail and password do not fit together. %(n)s more try, then the door stays shut for 15 minutes.",
            "E-mail and password do not fit together. %(n)s more tries, then the door stays shut for 15 minutes.",
            outcome.tries_left,
        ) % {"n": outcome.tries_left}
    return gettext("E-mail and password do not fit together. Check both; capital letters count in the password.")


def _second_refusal(outcome: LoginOutcome) -> str:
    return _refusal(outcome) if outcome.wait_s else gettext(WrongCode.sentence)


def _own(wished: str) -> str:
    good = wished.startswith("/console/") and url_has_allowed_host_and_scheme(wished, allowed_hosts=None)
    return wished if good else "/console/"
