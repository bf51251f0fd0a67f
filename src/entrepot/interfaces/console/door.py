"""Who comes in: the session, the person, the language, and errors said in words.

`page("console.see_orders")` wraps a view: it opens the session, finds the person (one statement each), answers
strangers with the log-in and people without the permission with who has it. A POST that ends in an EntrepotError goes
back to where it came from and says so; nothing was written, for the transaction was rolled back.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import msgspec
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity.types import StaffInfo
from entrepot.interfaces.console import counts, look
from entrepot.interfaces.web import words
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import EntrepotError, NotFound

LANGUAGES = {"en": "English", "zh-hans": "简体中文"}
COOKIE = "console_language"
SESSION_S = 12 * 3600

View = Callable[..., HttpResponse]


class Desk(msgspec.Struct, frozen=True):
    """The person at work, with everything they may do anywhere (a scoped role counts where it is scoped)."""

    staff: StaffInfo
    actor: Actor
    anywhere: Actor

    def may(self, permission: str) -> bool:
        """Say whether the person may do something, at least somewhere."""
        return self.anywhere.may(permission)

    def actor_in(self, *scopes: str) -> Actor:
        """Return the actor for an act within scopes, e.g. `warehouse:RTM`."""
        return identity.actor_of(self.staff, scopes=scopes)


def page(permission: str = "") -> Callable[[View], View]:
    """Declare a page and the permission that opens it ("" = whoever is logged in)."""

    def declare(view: View) -> View:
        @functools.wraps(view)
        def call(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            return _in_session(request, lambda r: _answer(r, view, permission, kwargs))

        return call

    return declare


def public(view: View) -> View:
    """Declare a page that needs a session but no person: the log-in."""

    @functools.wraps(view)
    def call(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        def inner(r: HttpRequest) -> HttpResponse:
            with translation.override(asked_language(r)):
                return view(r, **kwargs)

        return _in_session(request, inner)

    return call


def enter(request: HttpRequest, member: StaffInfo) -> None:
    """Open a fresh session for a person who proved who they are."""
    request.session.cycle_key()
    request.session.set_expiry(SESSION_S)
    request.session["staff"] = member.id
    request.session["mark"] = member.session_mark


def say(request: HttpRequest, text: str, tone: str = "good") -> None:
    """Keep a sentence for the next page: good, warn or bad."""
    request.session["said"] = [*request.session.get("said", [])[-3:], [tone, text]]


def asked_language(request: HttpRequest) -> str:
    """Return the language of a visitor: the cookie, else the browser's wish, else English."""
    kept = request.COOKIES.get(COOKIE, "")
    if kept in LANGUAGES:
        return kept
    wish = request.headers.get("Accept-Language", "").lower()
    return "zh-hans" if wish.startswith("zh") else "en"


def public_id(value: str, kind: str) -> str:
    """Return a public id from an address; raise NotFound when it cannot be one."""
    try:
        return str(uuid.UUID(value))
    except ValueError as fault:
        raise NotFound(kind=kind, key=value[:60]) from fault


def back(request: HttpRequest, fallback: str) -> HttpResponseRedirect:
    """Redirect to where a form said it came from, if that is a page of the console."""
    wished = request.POST.get("next", "") or urlsplit(request.headers.get("Referer", "")).path
    good = wished.startswith("/console/") and url_has_allowed_host_and_scheme(wished, allowed_hosts=None)
    return HttpResponseRedirect(wished if good else fallback)


def _in_session(request: HttpRequest, inner: View) -> HttpResponse:
    response = cast(HttpResponse, SessionMiddleware(inner)(request))
    add_never_cache_headers(response)
    return response


def _person(request: HttpRequest) -> Desk | None:
    user_id = request.session.get("staff")
    if not user_id:
        return None
    try:
        member = identity.staff(user_id=user_id)
        actor = identity.actor_of(member)
    except NotFound:
        return None
    if member.session_mark != request.session.get("mark"):
        return None
    scopes = {grant.scope for grant in member.grants if grant.scope}
    return Desk(member, actor, identity.actor_of(member, scopes=scopes))


def _answer(request: HttpRequest, view: View, permission: str, kwargs: dict[str, Any]) -> HttpResponse:
    desk = _person(request)
    if desk is None:
        with translation.override(asked_language(request)):
            wished = request.get_full_path() if request.method == "GET" else "/console/"
            return HttpResponseRedirect("/console/login?" + urlencode({"next": wished}))
    request.desk = desk  # type: ignore[attr-defined]
    language = desk.staff.language if desk.staff.language in LANGUAGES else "en"
    with translation.override(language):
        if permission and not desk.may(permission):
            return _not_allowed(request, permission)
        try:
            return view(request, **kwargs)
        except EntrepotError as fault:
            return _said(request, fault)
        finally:
            if request.method == "POST":
                counts.forget()


def _said(request: HttpRequest, fault: EntrepotError) -> HttpResponse:
    if request.method == "POST":
        say(request, words.say(fault), "bad")
        return back(request, "/console/")
    return look.draw(request, "console/said.html", {"text": words.say(fault), "code": fault.code}, status=fault.status)


def _not_allowed(request: HttpRequest, permission: str) -> HttpResponse:
    context = {"permission": permission, "roles": identity.roles_with(permission=permission)}
    return look.draw(request, "console/not_allowed.html", context, status=403)
