"""The law as data: dated rows to look through, past, in force and coming, each with its versions, source and confidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse

from entrepot.infra import clock
from entrepot.interfaces.console import door, lawroom, look
from entrepot.interfaces.console.lawroom import Entry
from entrepot.interfaces.web import regimes

PAGE = 60
STATES = ("now", "coming", "past", "not_in_use")


@door.page("console.see_law")
def listing(request: HttpRequest) -> HttpResponse:
    """List rows of law by territory, table, state on a day, confidence and words."""
    asked = request.GET
    places = sorted({entry.place for entry in lawroom.entries()})
    place = asked.get("place", "")
    place = place if place in places else ""
    on = day_of(asked.get("on", ""))
    state = asked.get("state", "")
    wanted = {
        "place": place,
        "table": asked.get("table", ""),
        "state": state if state in STATES else "",
        "sure": asked.get("sure", ""),
        "text": asked.get("q", "").strip()[:60],
    }
    found = [entry for entry in lawroom.entries() if _fits(entry, on, wanted)]
    start = min(_number(asked.get("start", "")), max(0, len(found) - 1))
    shown = found[start : start + PAGE]
    context: dict[str, Any] = {
        "places": regimes.places(places, look.locale()), "tables": sorted({e.table for e in lawroom.entries()}),
        "kinds": sorted({_kind(e) for e in lawroom.entries()}), "on": on, "total": len(found), "start": start,
        "rows": [(entry, _others(entry)) for entry in shown], "older": start + PAGE if start + PAGE < len(found) else 0,
        "states": STATES, **wanted, **law_tools(),
    }  # fmt: skip
    return look.draw(request, "console/law.html", context)


def law_tools() -> dict[str, Any]:
    """What the pages of law have in common: names of places and words of confidence."""
    return {"place_name": lambda code: regimes.place_name(code, look.locale()), "sure_of": regimes.sure}


def day_of(text: str) -> dt.date:
    """Return a day from an address, today where it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return clock.today()


def _kind(entry: Entry) -> str:
    return entry.confidence.partition(":")[0]


def _fits(entry: Entry, on: dt.date, wanted: dict[str, str]) -> bool:
    if wanted["place"] and entry.place != wanted["place"]:
        return False
    if wanted["table"] and entry.table != wanted["table"]:
        return False
    if wanted["sure"] and _kind(entry) != wanted["sure"]:
        return False
    if wanted["state"] and entry.state(on) != wanted["state"]:
        return False
    text = wanted["text"].casefold()
    if not text:
        return True
    told = (entry.key, entry.key.replace("_", " "), entry.region, entry.source, entry.doubt, entry.value)
    return any(text in one.casefold() for one in told)


def _others(entry: Entry) -> tuple[Entry, ...]:
    """All versions of a row's rule in the order of time, () where it is the only one."""
    found = lawroom.versions()[lawroom.thread_of(entry)]
    return found if len(found) > 1 else ()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
