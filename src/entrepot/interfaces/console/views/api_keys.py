"""Keys of the API: who calls with what; making one (its text is shown once), revoking one."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.engine import api_keys
from entrepot.domains.identity.types import KeyKind
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError

HERE = "/console/api-keys"
RATES = (60, 120, 600, 3000)
LIVES = (0, 30, 90, 365)
KINDS: tuple[KeyKind, ...] = ("public", "secret")


@door.page("console.see_api_keys")
def listing(request: HttpRequest) -> HttpResponse:
    """List the keys, newest first."""
    rows = identity.api_keys()
    makers = identity.names(user_ids=[key.created_by for key in rows])
    return look.draw(request, "console/api_keys.html", {"rows": rows, "makers": makers, "at": clock.now()})


@require_http_methods(["GET", "POST"])
@door.page("identity.create_api_key")
@door.proven
def make(request: HttpRequest, kind: str) -> HttpResponse:
    """Make a key of a kind; the answer to the form shows its text, once."""
    chosen: KeyKind = "public" if kind == "public" else "secret"
    form = request.POST
    typed = {
        "name": form.get("name", "")[:80],
        "scopes": form.getlist("scope")[:40],
        "origins": form.get("origins", "")[:2000],
        "per_minute": form.get("per_minute", "120"),
        "days": form.get("days", "0"),
    }
    error, field, text, status = "", "", "", 200
    if request.method == "POST":
        try:
            text = _make(request, chosen, typed)
        except EntrepotError as fault:
            error, field, status = words.say(fault), str(fault.params.get("field", "")), fault.status
    context = {
        "kind": chosen,
        "typed": typed,
        "scopes": {code: word for code, word in api_keys.scopes_of(chosen).items() if request.desk.may(code)},
        "rates": RATES,
        "lives": LIVES,
        "error": error,
        "field": field,
        "text": text,
    }
    response = look.draw(request, "console/api_key.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _make(request: HttpRequest, kind: KeyKind, typed: dict) -> str:
    at = clock.now()
    days = int(typed["days"]) if typed["days"] in map(str, LIVES) else 0
    with db.transaction():
        minted = services.create_api_key(
            actor=request.desk.actor,
            kind=kind,
            name=typed["name"],
            scopes=typed["scopes"],
            store_id=organisation.store().id,
            origins=typed["origins"].split(),
            per_minute=int(typed["per_minute"]) if typed["per_minute"] in map(str, RATES) else 120,
            expires_at=at + dt.timedelta(days=days) if days else None,
            at=at,
        )
    return minted.text


@require_POST
@door.page("identity.revoke_api_key")
def revoke(request: HttpRequest, key_id: str) -> HttpResponse:
    """Revoke a key."""
    with db.transaction():
        services.revoke_api_key(actor=request.desk.actor, key_id=door.public_id(key_id, "API key"), at=clock.now())
    door.say(request, _("The key is revoked. Within five seconds it opens nothing any more."))
    return door.back(request, HERE)
