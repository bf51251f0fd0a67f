"""The list of orders: saved views as tabs, filters in the address, 50 a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from entrepot.domains.markets import queries as markets
from entrepot.domains.orders import queries as orders
from entrepot.interfaces.console import door, look

PAGE = 50
VIEWS = ("", "placed", "confirmed", "shipped", "delivered", "cancelled", "expired")


@door.page("console.see_orders")
def listing(request: HttpRequest) -> HttpResponse:
    """List orders, newest first."""
    state = request.GET.get("state", "")
    text = request.GET.get("q", "").strip()[:120].replace("\x00", "")
    market = request.GET.get("market", "")[:10]
    rows = orders.orders(
        state=state if state in VIEWS else "",
        market=market,
        text=text,
        limit=PAGE + 1,
        before=request.GET.get("before", ""),
    )
    context = {
        "rows": rows[:PAGE],
        "next_before": rows[PAGE - 1].id if len(rows) > PAGE else "",
        "views": VIEWS,
        "state": state,
        "text": text,
        "market": market,
        "markets": markets.markets(),
    }
    return look.draw(request, "console/orders.html", context)
