"""Roles: what each may do; roles of one's own by picking permissions; which ask for a second factor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.types import RoleInfo
from entrepot.infra import db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.words import DEEDS
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError, NotFound

HERE = "/console/staff/roles"


@door.page("console.see_staff")
def listing(request: HttpRequest) -> HttpResponse:
    """List all roles."""
    return look.draw(request, "console/roles.html", {"rows": identity.roles()})


@require_http_methods(["GET", "POST"])
@door.page("identity.save_role")
@door.proven
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Make a role of one's own, or change one."""
    kept = _role(code) if code else RoleInfo("", "", ())
    name, picked, error, status = kept.name, set(kept.permissions), "", 200
    if request.method == "POST":
        name, picked = request.POST.get("name", "")[:80], set(request.POST.getlist("permission")[:300])
        try:
            with db.transaction():
                services.save_role(actor=request.desk.actor, name=name, permissions=sorted(picked), code=code)
        except EntrepotError as fault:
            error, status = words.say(fault), fault.status
        else:
            door.say(request, _("The role is kept."))
            return HttpResponseRedirect(HERE)
    context = {"role": kept, "name": name, "picked": picked, "groups": _groups(picked), "error": error}
    return look.draw(request, "console/role.html", context, status=status)


@require_POST
@door.page("identity.save_role")
@door.proven
def settle(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Delete a role of one's own, or say whether a role asks for a second factor."""
    actor = request.desk.actor
    with db.transaction():
        if deed == "delete":
            services.remove_role(actor=actor, code=code)
        elif deed in ("require", "waive"):
            services.require_second_factor(actor=actor, code=code, required=deed == "require")
        else:
            raise NotFound(kind="step", key=deed[:20])
    door.say(request, _("Done."))
    return HttpResponseRedirect(HERE)


def _role(code: str) -> RoleInfo:
    found = next((role for role in identity.roles() if role.code == code), None)
    if found is None:
        raise NotFound(kind="role", key=code[:40])
    return found


def _groups(picked: set[str]) -> list[tuple[str, list[str]]]:
    """Return the permissions to pick from by domain; those without words are shown by their code when they are held."""
    known = sorted({*DEEDS, *picked} - {"*"})
    found: dict[str, list[str]] = {}
    for permission in known:
        found.setdefault(permission.partition(".")[0], []).append(permission)
    return sorted(found.items())
