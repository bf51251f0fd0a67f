"""Who comes in: the session, the person, the language, and errors said in words.

`page("console.see_orders")` wraps a view: it opens the session, finds the person (one statement each), answers
strangers with the log-in and people without the permission with who has it. A POST that ends in an EntrepotError goes
back to where it came from and says so; nothing was written, for the transaction was rolled back.
"""

from __future__ import annotations

import datetime as dt
import functools
import secrets
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
from entrepot.domains.identity import services
from entrepot.domains.identity.types import StaffInfo
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import clock, db
from entrepot.infra.memo import Memo
from entrepot.interfaces.console import counts, look, mending, proof
from entrepot.interfaces.web import words
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import EntrepotError, NotFound

LANGUAGES = {"en": "English", "zh-hans": "简体中文"}
COOKIE = "console_language"
THEME_COOKIE = look.THEME_COOKIE
SESSION_S = 12 * 3600
SEEN_EVERY = dt.timedelta(minutes=5)
OWN_PAGES = ("/console/me", "/console/logout", "/console/prove", "/console/language")  # open while a factor is missing
_kept = Memo(ttl_s=60)

View = Callable[..., HttpResponse]


class Desk(msgspec.Struct, frozen=True):
    """The person at work. A role held in one place alone counts there and nowhere else; the service door sees to it."""

    staff: StaffInfo
    actor: Actor

    @property
    def anywhere(self) -> Actor:
        """The actor of an act that belongs to no place."""
        return self.actor

    def may(self, permission: str) -> bool:
        """Say whether the person may do something, at least somewhere."""
        return self.actor.may_somewhere(permission)

    def actor_in(self, *scopes: str) -> Actor:
        """Return the actor for an act within scopes, e.g. `warehouse:RTM`."""
        return msgspec.structs.replace(self.actor, inside=(*self.actor.inside, *scopes))

    def places(self, permission: str) -> tuple[str, ...] | None:
        """Return the codes of the warehouses in which something may be done; None means in all."""
        if self.actor.may(permission):
            return None
        held = (scope for scope, _ in self.actor.scoped if self.actor.may(permission, scope))
        return tuple(scope.partition(":")[2] for scope in held if scope.startswith("warehouse:"))

    def place(self, wished: str, permission: str) -> str:
        """Return the warehouse a list is narrowed to: the wished one ("" = all) where allowed, else the first allowed."""
        allowed = self.places(permission)
        if allowed is None or wished in allowed:
            return wished
        return allowed[0] if allowed else "-"  # a role that is bound to no warehouse sees no stock


def page(permission: str = "", *, scoped: bool = False) -> Callable[[View], View]:
    """Declare a page and the permission that opens it ("" = whoever is logged in).

    `scoped` opens it to those who hold the permission in one place alone, too: such a page narrows what it shows by
    `desk.place` or `desk.places`.
    """

    def declare(view: View) -> View:
        @functools.wraps(view)
        def call(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            return _in_session(request, lambda r: _answer(r, view, permission, scoped, kwargs))

        return call

    return declare


def proven(view: View) -> View:
    """Ask for a fresh proof of who it is (password, code or passkey, remembered for 15 minutes) before a dangerous act.

    Goes below `page`. A form that was sent is kept and goes on after the proof.
    """

    @functools.wraps(view)
    def call(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return proof.ask(request) if proof.needed(request) else view(request, **kwargs)

    return call


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
    for name in ("half", "half_at"):
        request.session.pop(name, None)
    request.session.set_expiry(SESSION_S)
    with db.transaction():
        opened = services.open_session(
            actor=SYSTEM, user_id=member.id, door="console", key=secrets.token_urlsafe(32),
            user_agent=request.headers.get("User-Agent", ""), at=clock.now(), lasts=dt.timedelta(seconds=SESSION_S),
        )  # fmt: skip
    request.session["staff"] = member.id
    request.session["sid"] = opened
    request.session["mark"] = member.session_mark


def say(request: HttpRequest, text: str, tone: str = "good", href: str = "") -> None:
    """Keep a sentence for the next page: good, warn or bad; `href` is the page where what it names can be mended."""
    request.session["said"] = [*request.session.get("said", [])[-3:], [tone, text, href]]


def asked_language(request: HttpRequest) -> str:
    """Return the language of a visitor: the cookie, else the browser's wish, else English."""
    kept = request.COOKIES.get(COOKIE, "")
    if kept in LANGUAGES:
        return kept
    wish = request.headers.get("Accept-Language", "").lower()
    return "zh-hans" if wish.startswith("zh") else "en"


def host(request: HttpRequest) -> str:
    """Return the site's host name without port: what a passkey is bound to."""
    return request.get_host().rpartition(":")[0] or request.get_host()


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
        member = identity.staff(user_id=user_id, session_id=request.session.get("sid", ""))
        actor = identity.actor_of(member, scopes=_house())
    except NotFound:
        return None
    if member.session_mark != request.session.get("mark") or not member.session_id:
        return None
    return Desk(member, actor)


def _house() -> tuple[str, ...]:
    """The store and entity this console works for: a role held for them counts here. Read once a minute."""

    def ask() -> tuple[str, ...]:
        try:
            store = organisation.store()
        except NotFound:
            return ()
        return (f"store:{store.id}", f"entity:{store.entity.id}")

    return _kept.get("house", ask)


def _seen(member: StaffInfo) -> None:
    now = clock.now()
    if member.seen_at is None or now - member.seen_at > SEEN_EVERY:
        with db.transaction():
            services.see_session(actor=SYSTEM, session_id=member.session_id, at=now)


def _answer(request: HttpRequest, view: View, permission: str, scoped: bool, kwargs: dict[str, Any]) -> HttpResponse:
    desk = _person(request)
    if desk is None:
        with translation.override(asked_language(request)):
            wished = request.get_full_path() if request.method == "GET" else "/console/"
            return HttpResponseRedirect("/console/login?" + urlencode({"next": wished}))
    request.desk = desk  # type: ignore[attr-defined]
    _seen(desk.staff)
    language = desk.staff.language if desk.staff.language in LANGUAGES else "en"
    with translation.override(language):
        if proof.lacks_factor(desk.staff) and not request.path.startswith(OWN_PAGES):
            return HttpResponseRedirect("/console/me")
        if permission and not (desk.may(permission) if scoped else desk.actor.may(permission)):
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
        say(request, words.say(fault), "bad", mending.page_of(fault))
        return back(request, "/console/")
    return look.draw(request, "console/said.html", {"text": words.say(fault), "code": fault.code}, status=fault.status)


def _not_allowed(request: HttpRequest, permission: str) -> HttpResponse:
    context = {"permission": permission, "roles": identity.roles_with(permission=permission)}
    return look.draw(request, "console/not_allowed.html", context, status=403)
