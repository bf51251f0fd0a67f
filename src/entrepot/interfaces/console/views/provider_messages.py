"""What providers said that fits nothing, and money on which a person must decide: send it back, ask for it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.payments import queries as payments
from entrepot.flows.pay import decide
from entrepot.infra import clock
from entrepot.interfaces.console import door, look


@door.page("console.see_provider_messages")
def listing(request: HttpRequest) -> HttpResponse:
    """List unmatched messages, payments of another amount, refunds that were turned down or take too long."""
    context = {
        "messages": payments.unmatched_messages(limit=100),
        "mismatches": payments.mismatches(limit=100),
        "refunds": payments.failed_refunds(limit=100),
        "overdue": payments.overdue_refunds(limit=100),
    }
    return look.draw(request, "console/provider_messages.html", context)


@require_POST
@door.page("payments.send_back")
def send_back(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """Send a payment of another amount back as it came."""
    key = door.public_id(attempt_id, "payment attempt")
    decide.send_back(actor=request.desk.anywhere, attempt_id=key, by=request.desk.staff.name, at=clock.now())
    door.say(request, _("The provider is asked to send the money back."))
    return door.back(request, "/console/provider-messages")


@require_POST
@door.page("payments.retry_refund")
def try_again(request: HttpRequest, refund_id: str) -> HttpResponse:
    """Ask once more for a refund that failed."""
    key = door.public_id(refund_id, "refund")
    decide.retry_refund(actor=request.desk.anywhere, refund_id=key, by=request.desk.staff.name, at=clock.now())
    door.say(request, _("The provider is asked to send the money back."))
    return door.back(request, "/console/provider-messages")
