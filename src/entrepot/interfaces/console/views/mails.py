"""The log of mails: what was said to whom, in which language, whether it went out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from entrepot.domains.messages import queries as messages
from entrepot.domains.messages import services
from entrepot.infra import db
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import NotFound

PAGE = 50
STATES = ("", "queued", "sent", "failed", "skipped")


@door.page("console.see_mails")
def listing(request: HttpRequest) -> HttpResponse:
    """List mails, newest first."""
    state = request.GET.get("state", "")
    before = request.GET.get("before", "")
    rows = messages.messages(
        state=state if state in STATES else "",
        before=door.public_id(before, "mail") if before else "",
        limit=PAGE + 1,
    )
    context = {
        "rows": rows[:PAGE],
        "states": STATES,
        "state": state,
        "by_state": messages.counts(),
        "next_before": rows[PAGE - 1].id if len(rows) > PAGE else "",
    }
    return look.draw(request, "console/mails.html", context)


@door.page("console.see_mails")
def detail(request: HttpRequest, message_id: str) -> HttpResponse:
    """Show a mail as the buyer got it."""
    mail, body_ = messages.body(message_id=door.public_id(message_id, "mail"))
    return look.draw(request, "console/mail.html", {"mail": mail, "body": body_})


@xframe_options_sameorigin
@door.page("console.see_mails")
def body(request: HttpRequest, message_id: str) -> HttpResponse:
    """Hand out the HTML of a mail for the frame of its page; no script runs in it."""
    _mail, rendered = messages.body(message_id=door.public_id(message_id, "mail"))
    response = HttpResponse(rendered.html)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox allow-popups"
    )
    return response


@require_POST
@door.page()
def settle(request: HttpRequest, message_id: str, deed: str) -> HttpResponse:
    """Send a mail again with its old Message-ID, or give it up."""
    verbs = {"resend": services.resend, "skip": services.skip}
    if deed not in verbs:
        raise NotFound(kind="step", key=deed[:20])
    with db.transaction():
        verbs[deed](actor=request.desk.anywhere, message_id=door.public_id(message_id, "mail"))
    door.say(request, _("It is in line again.") if deed == "resend" else _("Given up; it stays in the log."))
    return door.back(request, f"/console/mails/{message_id}")
