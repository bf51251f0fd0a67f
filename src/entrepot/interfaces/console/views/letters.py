"""What is stuck: deliveries of events that were given up, and mails that could not be sent; send again or skip."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.messages import queries as messages
from entrepot.infra import db, events
from entrepot.infra.service import service
from entrepot.interfaces.console import door, look
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound


@service("events.resend")
def resend(*, actor: Actor, delivery_id: int) -> None:
    """Put a dead letter back in line; through the service door, so that it is checked and logged."""
    events.resend(delivery_id)


@service("events.skip")
def skip(*, actor: Actor, delivery_id: int) -> None:
    """Give a dead letter up; through the service door, so that it is checked and logged."""
    events.skip(delivery_id)


@door.page("console.see_dead_letters")
def listing(request: HttpRequest) -> HttpResponse:
    """List what was given up; `all=1` also what is still being tried."""
    every = request.GET.get("all") == "1"
    context = {
        "rows": events.dead_letters(held_only=not every, limit=200),
        "every": every,
        "mails": messages.messages(state="failed", limit=50),
        "backlog": events.backlog(),
    }
    return look.draw(request, "console/letters.html", context)


@require_POST
@door.page()
def settle(request: HttpRequest, delivery_id: int, deed: str) -> HttpResponse:
    """Put a dead letter back in line, or give it up; what waits behind it then goes on."""
    verbs = {"resend": resend, "skip": skip}
    if deed not in verbs:
        raise NotFound(kind="step", key=deed[:20])
    with db.transaction():
        verbs[deed](actor=request.desk.anywhere, delivery_id=delivery_id)
    door.say(request, _("It is in line again.") if deed == "resend" else _("Skipped; what waited behind it goes on."))
    return door.back(request, "/console/letters")
