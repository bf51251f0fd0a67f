"""Quotes and their trace: every charge with its rule, source, period and how sure we are of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.orders import queries as orders
from entrepot.infra import clock
from entrepot.interfaces.console import door, look

PAGE = 50


@door.page("console.see_quotes")
def listing(request: HttpRequest) -> HttpResponse:
    """List frozen quotes, newest first."""
    rows = checkout.quotes(limit=PAGE + 1, before=request.GET.get("before", ""))
    now = clock.now()
    shown = [(q, "expired" if s == "open" and q.expires_at <= now else s) for q, s in rows[:PAGE]]
    context = {"rows": shown, "next_before": rows[PAGE - 1][0].id if len(rows) > PAGE else ""}
    return look.draw(request, "console/quotes.html", context)


@door.page("console.see_quotes")
def trace(request: HttpRequest, quote_id: str) -> HttpResponse:
    """Show a quote whole, with the rule behind every figure."""
    quote, state = checkout.quote(quote_id=quote_id)
    lapsed = state == "open" and quote.expires_at <= clock.now()
    context = {"quote": quote, "state": "expired" if lapsed else state, "order_id": orders.order_for_quote(quote_id)}
    return look.draw(request, "console/quote.html", context)
