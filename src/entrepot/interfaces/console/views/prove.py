"""The fresh proof before a dangerous act; a form that waits for it goes on afterwards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from entrepot.domains.identity import services
from entrepot.domains.identity.types import LoginOutcome
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look, proof
from entrepot.interfaces.web.caller import network
from entrepot.kernel.actor import SYSTEM


@sensitive_post_parameters("password", "code", "passkey")
@require_http_methods(["GET", "POST"])
@door.page()
def prove(request: HttpRequest) -> HttpResponse:
    """Take the proof (password, code or passkey) and go on to what waited for it."""
    if request.method == "GET":
        return HttpResponseRedirect("/console/")
    outcome = _checked(request)
    if outcome.user_id != request.desk.staff.id:
        words = _("This did not fit, so nothing was done. Try once more.")
        if outcome.wait_s:
            words = _("Too many tries. To keep guessers out, the door stays shut for a quarter of an hour.")
        return proof.ask(request, error=words, status=429 if outcome.wait_s else 422)
    with db.transaction():
        services.prove_session(actor=SYSTEM, session_id=request.desk.staff.session_id, at=clock.now())
    go, fields = proof.target(request), proof.kept_fields(request)
    if request.POST.get("posted") != "1":
        return HttpResponseRedirect(go)
    return look.draw(request, "console/go_on.html", {"go": go, "fields": fields})


def _checked(request: HttpRequest) -> LoginOutcome:
    at, where, me = clock.now(), network(request), request.desk.staff
    with db.transaction():
        if request.POST.get("passkey"):
            return services.take_passkey(
                actor=SYSTEM, answer=request.POST["passkey"], host=door.host(request), address=where, at=at
            )
        if request.POST.get("code"):
            return services.take_code(actor=SYSTEM, user_id=me.id, code=request.POST["code"][:40], address=where, at=at)
        password = request.POST.get("password", "")[:1000]
        return services.authenticate(actor=SYSTEM, email=me.email, password=password, address=where, at=at)
