"""Webhooks: endpoints of other programs, what they hear of, what they answered; send again, pause, change the secret."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.messages import queries as messages
from entrepot.domains.messages import services
from entrepot.flows.tell.webhooks import TOPICS, change_webhook, register_webhook
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError, NotFound

HERE = "/console/webhooks"
MANAGE = "messages.manage_webhooks"
PAGE = 50


@require_http_methods(["GET", "POST"])
@door.page("console.see_webhooks")
def listing(request: HttpRequest) -> HttpResponse:
    """List the endpoints; a POST keeps a new one and shows its secret, once."""
    url, topics = request.POST.get("url", "").strip()[:500], request.POST.getlist("topic")[:40]
    error, secret, status = "", "", 200
    if request.method == "POST":
        try:
            _kept, secret = register_webhook(actor=request.desk.actor, url=url, topics=topics, at=clock.now())
        except EntrepotError as fault:
            error, status = words.say(fault), fault.status
    context = {
        "rows": messages.webhooks(),
        "topics": TOPICS,
        "typed": {"url": url, "topics": topics},
        "error": error,
        "secret": secret,
    }
    response = look.draw(request, "console/webhooks.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@door.page("console.see_webhooks")
def detail(request: HttpRequest, webhook_id: str, secret: str = "") -> HttpResponse:
    """Show an endpoint with the log of what it was sent."""
    found = messages.webhook(webhook_id=door.public_id(webhook_id, "webhook"))
    before = request.GET.get("before", "")
    rows = messages.webhook_deliveries(
        webhook_id=found.id, before=door.public_id(before, "webhook delivery") if before else "", limit=PAGE + 1
    )
    context = {
        "hook": found,
        "rows": rows[:PAGE],
        "secret": secret,
        "next_before": rows[PAGE - 1].id if len(rows) > PAGE else "",
    }
    response = look.draw(request, "console/webhook.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@door.page(MANAGE)
def settle(request: HttpRequest, webhook_id: str, deed: str) -> HttpResponse:
    """Pause an endpoint, let it go on, give it a new secret, or remove it."""
    actor = request.desk.actor
    found = messages.webhook(webhook_id=door.public_id(webhook_id, "webhook"))
    if deed == "rotate":
        with db.transaction():
            secret = services.rotate_webhook_secret(actor=actor, webhook_id=found.id, at=clock.now())
        return detail(request, webhook_id=found.id, secret=secret)
    if deed in ("pause", "resume"):
        change_webhook(actor=actor, webhook_id=found.id, url=found.url, topics=found.topics, active=deed == "resume")
        door.say(request, _("It is paused.") if deed == "pause" else _("It goes on; what waited is sent now."))
    elif deed == "remove":
        with db.transaction():
            services.remove_webhook(actor=actor, webhook_id=found.id)
        door.say(request, _("It is removed and hears nothing any more."))
        return door.back(request, HERE)
    else:
        raise NotFound(kind="step", key=deed[:20])
    return door.back(request, f"{HERE}/{found.id}")


@require_POST
@door.page(MANAGE)
def resend(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Send an event once more, with its old event id."""
    with db.transaction():
        services.resend_webhook(actor=request.desk.actor, delivery_id=door.public_id(delivery_id, "webhook delivery"))
    door.say(request, _("It is in line again."))
    return door.back(request, HERE)
