"""Staff: who works here, inviting, roles and their places, leaving; each act asks for a fresh proof."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.errors import KeyLapsed
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.welcome import invite_staff as inviting
from entrepot.infra import clock, db, throttle
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.views.login import PASSKEY_WINDOW, half_way
from entrepot.interfaces.web import words
from entrepot.interfaces.web.caller import network
from entrepot.kernel.errors import EntrepotError, InvalidInput, NotFound


@door.page("console.see_staff")
def listing(request: HttpRequest) -> HttpResponse:
    """List everybody who works here, with a form to invite somebody."""
    context = {
        "rows": identity.all_staff(),
        "roles": identity.roles(),
        "places": _places(),
        "languages": door.LANGUAGES,
    }
    return look.draw(request, "console/staff.html", context)


@require_POST
@door.page("identity.invite_staff")
@door.proven
def invite(request: HttpRequest) -> HttpResponse:
    """Take somebody on and mail the link."""
    given = request.POST
    user_id = inviting.invite_staff(
        actor=request.desk.actor,
        email=given.get("email", "")[:254],
        name=given.get("name", "")[:200],
        language=given.get("language", "en") if given.get("language") in door.LANGUAGES else "en",
        roles=[(given.get("role", "")[:40], _scope(given.get("scope", "")))],
        inviter=request.desk.staff.name,
        at=clock.now(),
    )
    door.say(request, _("The invitation is on its way. Its link works once, for seven days."))
    return HttpResponseRedirect(f"/console/staff/{user_id}")


@door.page("console.see_staff")
def person(request: HttpRequest, user_id: str) -> HttpResponse:
    """Show one person: roles, ways in, sessions, what they did last."""
    key = door.public_id(user_id, "member of staff")
    context = {
        "m": identity.staff(user_id=key),
        "factors": identity.factors(user_id=key),
        "sessions": identity.sessions(user_id=key, at=clock.now()),
        "roles": identity.roles(),
        "places": _places(),
        "entries": identity.audit_entries(actor_id=key, limit=10) if request.desk.may("console.see_audit") else (),
    }
    return look.draw(request, "console/person.html", context)


@require_POST
@door.page("console.see_staff")
@door.proven
def change(request: HttpRequest, user_id: str, deed: str) -> HttpResponse:
    """Do one act on a person; the services refuse what goes beyond the actor or leaves no owner."""
    key = door.public_id(user_id, "member of staff")
    acts = {
        "grant": _grant, "revoke": _revoke, "deactivate": _deactivate, "reactivate": _reactivate,
        "end-sessions": _end_sessions, "invite": _invite_again, "remove-factors": _remove_factors,
    }  # fmt: skip
    if deed not in acts:
        raise NotFound(kind="step", key=deed[:20])
    door.say(request, acts[deed](request, key))
    return HttpResponseRedirect(f"/console/staff/{key}")


def _grant(request: HttpRequest, user_id: str) -> str:
    role, scope = request.POST.get("role", "")[:40], _scope(request.POST.get("scope", ""))
    with db.transaction():
        services.grant(actor=request.desk.actor, user_id=user_id, role=role, scope=scope)
    return _("The role is given.")


def _revoke(request: HttpRequest, user_id: str) -> str:
    role, scope = request.POST.get("role", "")[:40], request.POST.get("scope", "")[:80]
    with db.transaction():
        services.revoke(actor=request.desk.actor, user_id=user_id, role=role, scope=scope)
    return _("The role is taken away.")


def _deactivate(request: HttpRequest, user_id: str) -> str:
    with db.transaction():
        services.deactivate(actor=request.desk.actor, user_id=user_id)
    return _("This person can log in no more; all sessions have ended.")


def _reactivate(request: HttpRequest, user_id: str) -> str:
    with db.transaction():
        services.reactivate(actor=request.desk.actor, user_id=user_id)
    return _("This person may log in again.")


def _end_sessions(request: HttpRequest, user_id: str) -> str:
    with db.transaction():
        services.end_sessions(actor=request.desk.actor, user_id=user_id)
    return _("Ended. Whoever sat there has to log in anew.")


def _invite_again(request: HttpRequest, user_id: str) -> str:
    inviting.invite_again(actor=request.desk.actor, user_id=user_id, inviter=request.desk.staff.name, at=clock.now())
    return _("A fresh link is on its way; the older one opens nothing more.")


def _remove_factors(request: HttpRequest, user_id: str) -> str:
    """Somebody has lost the phone: take app and passkeys away, so that they can set up new ones."""
    actor = request.desk.actor
    with db.transaction():
        services.remove_code_app(actor=actor, user_id=user_id)
        for key in identity.factors(user_id=user_id).passkeys:
            services.remove_passkey(actor=actor, user_id=user_id, passkey_id=key.id)
        services.end_sessions(actor=actor, user_id=user_id)
    return _(
        "App and passkeys are taken away and all sessions ended. The password alone opens until new ones are set up."
    )


def _places() -> list[tuple[str, str]]:
    """Return the places a role can be bound to, as (scope, words)."""
    store = organisation.store()
    found = [("", _("everywhere"))]
    for code, warehouse in sorted(inventory.warehouses().items()):
        found.append((f"warehouse:{code}", _("warehouse %(name)s") % {"name": _(warehouse.name)}))
    found.append((f"store:{store.id}", _("store %(name)s") % {"name": store.name}))
    found.append((f"entity:{store.entity.id}", _("company %(name)s") % {"name": store.entity.name}))
    return found


def _scope(given: str) -> str:
    if given not in {scope for scope, _words in _places()}:
        raise InvalidInput(field=_("Place"), value=given[:60], rule=_("Choose one of the places of this house."))
    return given


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@door.public
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Open an invitation: choose a password, and be in."""
    throttle.knock("join", network(request), most=60, window=PASSKEY_WINDOW, at=clock.now())
    opened = inviting.invitation(key=key, at=clock.now())
    if opened is None:
        raise KeyLapsed()
    context = {"name": opened.name, "email": opened.email, "error": "", "key": key}
    if request.method == "POST":
        try:
            user_id = inviting.accept(key=key, password=request.POST.get("password", "")[:1000], at=clock.now())
        except EntrepotError as fault:
            context["error"] = words.say(fault)
            return look.draw(request, "console/join.html", context, status=fault.status)
        if identity.factors(user_id=user_id).any:  # the link stands for the password, not for the second factor
            return half_way(request, user_id, "/console/me")
        door.enter(request, identity.staff(user_id=user_id))
        door.say(request, _("Welcome. Set up a passkey or an app with codes next: it keeps thieves of passwords out."))
        return HttpResponseRedirect("/console/me")
    return look.draw(request, "console/join.html", context)
