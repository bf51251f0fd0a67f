"""Who calls: the API key of a request, what it may do, and the web origins that may show a public one."""

from __future__ import annotations

import datetime as dt
import hashlib

import msgspec
from django.http import HttpRequest

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.types import ApiKeyView
from entrepot.infra import clock, db
from entrepot.infra.memo import Memo
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import N_, EntrepotError, PermissionDenied

# A revoked key opens nothing any more after these seconds, everywhere.
_keys = Memo(ttl_s=5)
_origins = Memo(ttl_s=30)


class NoKey(EntrepotError):
    """The request shows no API key that opens anything. Params: none."""

    code = "NO_API_KEY"
    status = 401
    sentence = N_(
        "Show an API key as “Authorization: Bearer ep_…”. The one that came, if any, is unknown, revoked or expired."
    )


class NotThisOrigin(PermissionDenied):
    """A page of another origin shows a public key. Params: origin."""

    code = "ORIGIN_NOT_ALLOWED"
    sentence = N_("Pages of %(origin)s may not use this key. Add the origin to the key in the console.")


class SecretInABrowser(PermissionDenied):
    """A web page shows a server key. Params: origin."""

    code = "SECRET_KEY_IN_A_BROWSER"
    sentence = N_(
        "A server key came from a web page (%(origin)s), where everybody can read it. Revoke it; use a public key."
    )


class TooFast(EntrepotError):
    """A key calls more often than it may. Params: wait_s, per_minute."""

    code = "TOO_FAST"
    status = 429
    sentence = N_("This key is heard %(per_minute)s times a minute. Call again in %(wait_s)s seconds.")


class Caller(msgspec.Struct, frozen=True):
    """A key at a moment of the house's clock. `actor` acts with the key's scopes."""

    key: ApiKeyView
    actor: Actor
    at: dt.datetime

    @property
    def public(self) -> bool:
        """Whether this is a key that everybody can read: what it may see is what a visitor may."""
        return self.key.kind == "public"


def caller_of(request: HttpRequest) -> Caller:
    """Return who calls; raise NoKey, NotThisOrigin or SecretInABrowser."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or len(text) > 200:
        raise NoKey()
    at = clock.now()
    shown = hashlib.sha256(text.strip().encode("utf-8", "replace")).digest()  # no secret lies about in memory
    key = _keys.get(shown, lambda: identity.api_key(text=text.strip()))
    if key is None or not key.usable(at):
        raise NoKey()
    _refuse_origin(key, request.headers.get("Origin", ""))
    if key.last_used_on != at.date():
        _keys.get((key.id, at.date()), lambda: _note(key.id, at.date()))
    return Caller(key, Actor("key", key.id, frozenset(key.scopes)), at)


def _note(key_id: str, day: dt.date) -> bool:
    with db.transaction():
        services.note_key_use(actor=SYSTEM, key_id=key_id, on=day)
    return True


def _refuse_origin(key: ApiKeyView, origin: str) -> None:
    if not origin:
        return
    if key.kind == "secret":
        raise SecretInABrowser(origin=origin[:80], permission="")
    if origin.lower() not in key.origins:
        raise NotThisOrigin(origin=origin[:80], permission="")


def origin_known(origin: str) -> bool:
    """Say whether some usable public key answers pages of an origin; a browser asks this before it shows the key."""
    return origin.lower() in _origins.get("all", lambda: identity.api_origins(at=clock.now()))


def forget() -> None:
    """Read keys anew (after one was made or revoked in this process)."""
    _keys.forget()
    _origins.forget()
