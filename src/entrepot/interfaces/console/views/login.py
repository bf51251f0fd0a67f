"""Log in, log out, change the language."""

from __future__ import annotations

import math

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.types import LoginOutcome
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web.caller import network
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound


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
    if outcome.user_id:
        try:
            member = identity.staff(user_id=outcome.user_id)
        except NotFound:
            return _again(request, email, wished, gettext("This account is for the shop, not for the console."), 403)
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
    return _again(request, email, wished, _refusal(outcome), 429 if outcome.wait_s else 422)


@require_POST
@door.page()
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
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


def _own(wished: str) -> str:
    good = wished.startswith("/console/") and url_has_allowed_host_and_scheme(wished, allowed_hosts=None)
    return wished if good else "/console/"
