"""The list of orders: states as tabs, saved views, filters and order in the address, 50 a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.markets import queries as markets
from entrepot.domains.orders import queries as orders
from entrepot.interfaces.console import bulk, door, lists, look
from entrepot.interfaces.console.next_step import short_step
from entrepot.interfaces.console.words import word
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_

PAGE = 50
VIEWS = ("", "placed", "confirmed", "shipped", "delivered", "cancelled", "expired")


def market_choices() -> Sequence[tuple[str, str]]:
    """Return the markets as choices of a filter."""
    return [(m.code, formats.country_name(m.country, look.locale())) for m in markets.markets()]


def _states() -> Sequence[tuple[str, str]]:
    return [(state, word("order", state)) for state in (*VIEWS[1:], "refused")]


LIST = lists.Listing(
    page="orders",
    path="/console/orders",
    fields=(
        lists.Field("state", N_("State"), "choice", _states, hidden=True),
        lists.Field("q", N_("Number or e-mail")),
        lists.Field("market", N_("Market"), "choice", market_choices, N_("All markets")),
        lists.Field("since", N_("Placed from"), "day"),
        lists.Field("until", N_("Placed until"), "day"),
    ),
    sorts=(("newest", N_("Newest first")), ("oldest", N_("Oldest first")), ("due", N_("Hold ends first"))),
)


@door.page("console.see_orders")
def listing(request: HttpRequest) -> HttpResponse:
    """List orders with what each needs next."""
    views, way = lists.opening(request, LIST)
    if way:
        return way
    asked = lists.read(request, LIST)
    rows = orders.orders(
        state=asked["state"],
        market=asked["market"],
        text=asked["q"],
        since=_midnight(asked.day("since")),
        until=_midnight(asked.day("until"), after=1),
        sort=asked.sort,
        limit=PAGE + 1,
        before=asked.before,
    )
    shown = rows[:PAGE]
    paid = [row.id for row in shown if row.state == "confirmed"]
    steps = fulfilment.states_of(order_ids=paid) if paid else {}
    context = {
        **lists.frame(LIST, asked, views),
        "rows": shown,
        "steps": {row.id: short_step(row.state, steps.get(row.id, ())) for row in shown},
        "next_before": shown[-1].id if len(rows) > PAGE else "",
        "views": VIEWS,
        "deeds": bulk.DEEDS["orders"],
    }
    return look.draw(request, "console/orders.html", context)


def _midnight(day: dt.date | None, after: int = 0) -> dt.datetime | None:
    """Return when a day of the desk begins (or, `after` days on, ends)."""
    return dt.datetime.combine(day + dt.timedelta(days=after), dt.time(), ZoneInfo(look.zone())) if day else None
