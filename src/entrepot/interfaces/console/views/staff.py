"""Staff and roles: who holds what; giving and taking a role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.infra import db
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import InvalidInput


@door.page("console.see_staff")
def listing(request: HttpRequest) -> HttpResponse:
    """List staff; a POST gives or takes a role."""
    if request.method == "POST":
        return _change(request)
    context = {"rows": identity.all_staff(), "roles": identity.roles()}
    return look.draw(request, "console/staff.html", context)


def _change(request: HttpRequest) -> HttpResponse:
    user_id = door.public_id(request.POST.get("user", ""), "user")
    role, scope = request.POST.get("role", "")[:40], request.POST.get("scope", "").strip()[:80]
    if request.POST.get("deed") == "revoke":
        if user_id == request.desk.staff.id and role == "owner":
            raise InvalidInput(field=_("Role"), value=_("Owner"), rule=_("Another owner must take it from you."))
        with db.transaction():
            services.revoke(actor=request.desk.actor, user_id=user_id, role=role, scope=scope)
        door.say(request, _("The role is taken away."))
    else:
        with db.transaction():
            services.grant(actor=request.desk.actor, user_id=user_id, role=role, scope=scope)
        door.say(request, _("The role is given."))
    return door.back(request, "/console/staff")
