"""What changes next in the law of every territory, and what has just changed; rules that are in doubt, side by side."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs import services as customs_services
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.types import MarketInfo
from entrepot.flows.price.compute_anew import compute_anew
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, lawroom, look
from entrepot.interfaces.console.lawroom import Change, Entry
from entrepot.interfaces.console.views.law import day_of, law_tools
from entrepot.interfaces.web import regimes
from entrepot.kernel.errors import InvalidInput

MOST_RECENT, MOST_COMING = 40, 200


@door.page("console.see_law")
def changes(request: HttpRequest) -> HttpResponse:
    """List the days after today on which a rule begins, ends or gives way, then those just past, newest first."""
    on = day_of(request.GET.get("on", ""))
    ours = request.GET.get("ours", "") == "1"
    open_markets = [market for market in markets.markets() if market.open]
    told = [(change, _touched(change, open_markets)) for change in lawroom.changes()]
    told = [pair for pair in told if pair[1] or not ours]
    context: dict[str, Any] = {
        "coming": [pair for pair in told if pair[0].day > on][:MOST_COMING],
        "recent": [pair for pair in reversed(told) if pair[0].day <= on][:MOST_RECENT],
        "on": on, "ours": ours, **law_tools(),
    }  # fmt: skip
    return look.draw(request, "console/law_changes.html", context)


@door.page("console.see_law")
def doubts(request: HttpRequest) -> HttpResponse:
    """Show the rules whose sources contradict each other or that are not in use, beside what else is said of the same."""
    on = day_of(request.GET.get("on", ""))
    place = request.GET.get("place", "")
    found = [entry for entry in lawroom.entries() if entry.fields.get("doubt") or not entry.in_use]
    places = regimes.places({entry.place for entry in found}, look.locale())
    shown = [entry for entry in found if not place or entry.place == place]
    open_markets = [market for market in markets.markets() if market.open]
    context: dict[str, Any] = {
        "rows": [(entry, _of_markets(entry, open_markets)) for entry in _ordered(shown, on)],
        "on": on, "places": places, "place": place, "tomorrow": clock.today() + dt.timedelta(days=1),
        "choices": [one for one in customs.rule_choices(on=on) if not place or one.territory == place], **law_tools(),
    }  # fmt: skip
    return look.draw(request, "console/law_doubts.html", context)


@require_POST
@door.page("console.see_law")
def choose(request: HttpRequest) -> HttpResponse:
    """Follow another reading of a rule from a day on; what is on the shelves of its markets is computed anew."""
    territory = request.POST.get("territory", "")[:8]
    try:
        since = dt.date.fromisoformat(request.POST.get("from_date", ""))
    except ValueError as fault:
        raise InvalidInput(field="from_date", value="", rule="Choose the day from which it holds.") from fault
    with db.transaction():
        customs_services.choose_rule(
            actor=request.desk.actor,  # type: ignore[attr-defined]
            territory=territory,
            group=request.POST.get("group", "")[:60],
            option=request.POST.get("option", "")[:60],
            from_date=since,
            at=clock.now(),
        )
        countries = customs.law()[territory].countries
        compute_anew(market_codes=[one.code for one in markets.markets() if one.country in countries])
    door.say(
        request, _("From that day on the other reading holds. Orders of earlier days keep what they were made by.")
    )
    return HttpResponseRedirect(f"/console/law/doubts?place={territory}")


def _touched(change: Change, open_markets: list[MarketInfo]) -> list[MarketInfo]:
    return _of_markets(change.entry, open_markets)


def _of_markets(entry: Entry, open_markets: list[MarketInfo]) -> list[MarketInfo]:
    covered = lawroom.covers(entry)
    return [market for market in open_markets if market.country in covered]


def _ordered(rows: list[Entry], on: Any) -> list[Entry]:
    """What is in force first, then what is switched off, then what comes, then the past."""
    order = {"now": 0, "not_in_use": 1, "coming": 2, "past": 3}
    return sorted(rows, key=lambda entry: (order[entry.state(on)], entry.place, entry.table))
