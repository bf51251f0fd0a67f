"""What providers said that fits nothing, and money on which a person must decide."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from entrepot.domains.payments import queries as payments
from entrepot.interfaces.console import door, look


@door.page("console.see_provider_messages")
def listing(request: HttpRequest) -> HttpResponse:
    """List unmatched messages, payments of another amount, refunds that were turned down."""
    context = {
        "messages": payments.unmatched_messages(limit=100),
        "mismatches": payments.mismatches(limit=100),
        "refunds": payments.failed_refunds(limit=100),
    }
    return look.draw(request, "console/provider_messages.html", context)
