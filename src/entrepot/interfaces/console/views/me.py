"""One's own account: name, password, second factor, passkeys, and where one is logged in."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from markupsafe import Markup

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services
from entrepot.domains.identity.engine import code_app
from entrepot.flows.welcome.tell_change import tell_change
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look

HERE = "/console/me"


@door.page()
def page(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    me = request.desk.staff
    context = {
        "factors": identity.factors(user_id=me.id),
        "sessions": identity.sessions(user_id=me.id, at=clock.now()),
        "required": me.second_factor_required,
    }
    return look.draw(request, "console/me.html", context)


@require_POST
@door.page()
def rename(request: HttpRequest) -> HttpResponse:
    """Change one's name."""
    with db.transaction():
        services.rename_user(
            actor=request.desk.actor, user_id=request.desk.staff.id, name=request.POST.get("name", "")[:200]
        )
    door.say(request, _("The name is changed."))
    return HttpResponseRedirect(HERE)


@sensitive_post_parameters()
@require_POST
@door.page()
@door.proven
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; all other sessions end."""
    me = request.desk.staff
    with db.transaction():
        services.set_password(actor=request.desk.actor, user_id=me.id, password=request.POST.get("password", "")[:1000])
    door.enter(request, identity.staff(user_id=me.id))
    _tell(request, "password_changed")
    door.say(request, _("The password is changed; all other sessions have ended."))
    return HttpResponseRedirect(HERE)


@sensitive_post_parameters()
@door.page()
@door.proven
def app(request: HttpRequest) -> HttpResponse:
    """Set up an app with codes: begin, show its secret as a QR code, take the first code. Looking changes nothing."""
    me, actor = request.desk.staff, request.desk.actor
    if request.method == "POST" and "code" not in request.POST:
        with db.transaction():
            services.add_code_app(actor=actor, user_id=me.id)
        return HttpResponseRedirect(f"{HERE}/app")
    if request.method == "POST":
        with db.transaction():
            services.confirm_code_app(
                actor=actor, user_id=me.id, code=request.POST.get("code", "")[:20], at=clock.now()
            )
        _tell(request, "app_added")
        door.say(request, _("The app counts from now on. Make recovery codes, too, for the day the phone is gone."))
        return HttpResponseRedirect(HERE)
    secret = identity.waiting_code_app(user_id=me.id)
    if not secret:
        return look.draw(request, "console/app.html", {"secret": ""})
    told = code_app.link(secret, issuer="Entrepôt", account=me.email)
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return look.draw(request, "console/app.html", {"qr": qr(told), "secret": grouped})


@require_POST
@door.page()
@door.proven
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take the app with codes away."""
    with db.transaction():
        gone = services.remove_code_app(actor=request.desk.actor, user_id=request.desk.staff.id)
    if gone:
        _tell(request, "app_removed")
        door.say(request, _("The app opens nothing any more."))
    return HttpResponseRedirect(HERE)


@require_POST
@door.page()
@door.proven
def codes(request: HttpRequest) -> HttpResponse:
    """Make recovery codes and show them this once."""
    with db.transaction():
        made = services.make_recovery_codes(actor=request.desk.actor, user_id=request.desk.staff.id)
    _tell(request, "codes_made")
    return look.draw(request, "console/codes.html", {"codes": made})


@require_POST
@door.page()
@door.proven
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Give the browser what it needs to make a passkey."""
    with db.transaction():
        asked = services.begin_passkey(
            actor=request.desk.actor, user_id=request.desk.staff.id, host=door.host(request), at=clock.now()
        )
    return JsonResponse(asked)


@door.page()
@door.proven
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Ask for the name of a new passkey, and let the device make it."""
    return look.draw(request, "console/passkey.html", {})


@require_POST
@door.page()
@door.proven
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Keep the passkey the browser has made."""
    name = request.POST.get("name", "")[:60] or _("Passkey")
    with db.transaction():
        services.add_passkey(
            actor=request.desk.actor, user_id=request.desk.staff.id, name=name,
            answer=request.POST.get("passkey", ""), host=door.host(request), at=clock.now(),
        )  # fmt: skip
    _tell(request, "passkey_added", name)
    door.say(request, _("The passkey is added. From now on it opens the door by itself."))
    return HttpResponseRedirect(HERE)


@require_POST
@door.page()
@door.proven
def remove_passkey(request: HttpRequest, passkey_id: str) -> HttpResponse:
    """Take a passkey away."""
    key = door.public_id(passkey_id, "passkey")
    with db.transaction():
        gone = services.remove_passkey(actor=request.desk.actor, user_id=request.desk.staff.id, passkey_id=key)
    if gone:
        _tell(request, "passkey_removed", request.POST.get("name", "")[:60] or _("Passkey"))
        door.say(request, _("The passkey opens nothing any more. Delete it on the device, too."))
    return HttpResponseRedirect(HERE)


@require_POST
@door.page()
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one other session, or all others."""
    me, actor = request.desk.staff, request.desk.actor
    wished = request.POST.get("session", "")
    with db.transaction():
        if wished:
            services.end_session(actor=actor, user_id=me.id, session_id=door.public_id(wished, "session"))
        else:
            services.end_sessions(actor=actor, user_id=me.id, but=me.session_id)
    door.say(request, _("Ended. Whoever sat there has to log in anew."))
    return HttpResponseRedirect(HERE)


def qr(text: str) -> Markup:
    """Return a text as a QR picture (SVG, drawn by segno; no text of anybody in it)."""
    picture = segno.make(text, error="m").svg_inline(omitsize=True, border=2, dark="#10212b", light="#ffffff")
    return Markup(picture)  # noqa: S704 drawn by segno


def _tell(request: HttpRequest, change: str, thing: str = "-") -> None:
    me = request.desk.staff
    tell_change(
        to=me.email, name=me.name, language=me.language, path=HERE, user_id=me.id, change=change, thing=thing,
        at=clock.now(),
    )  # fmt: skip
