"""The law as data: tables of dated rows, past, in force and coming, each with its source and how sure we are of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from entrepot.domains.customs import queries as customs
from entrepot.domains.tax import queries as tax
from entrepot.infra import clock
from entrepot.interfaces.console import door, look

# Told in columns of their own, so not again among the values.
APART = {"key", "from", "until", "source", "confidence", "note", "doubt", "in_use"}
MOST_ROWS = 40


@door.page("console.see_law")
def listing(request: HttpRequest) -> HttpResponse:
    """Show the tables of one territory on a day."""
    places = sorted({*customs.law(), *tax.law()})
    place = request.GET.get("place", "")
    place = place if place in places else places[0]
    on = _day(request.GET.get("on", ""))
    begins = request.GET.get("q", "").strip()[:40]
    tables = list(_tables(place, on, begins))
    context = {"places": places, "place": place, "on": on, "begins": begins, "tables": tables}
    return look.draw(request, "console/law.html", context)


def _tables(place: str, on: dt.date, begins: str) -> Iterable[dict[str, Any]]:
    found: list[tuple[str, Iterable[Any], str]] = []
    if place in customs.law():
        law = customs.law()[place]
        found += [(name, rows, law.currency) for name, rows in law.tables.items()]
    if place in tax.law():
        own = tax.law()[place]
        for name in ("schemes", "rates", "further", "exemptions", "nexus", "outside"):
            found.append((f"tax_{name}", getattr(own, name), own.currency))
    for name, rows, currency in found:
        listed = [row for row in rows if _key(row).startswith(begins)]
        if listed:
            drawn = [_row(row, on) for row in listed[:MOST_ROWS]]
            yield {"name": name, "rows": drawn, "currency": currency, "left_out": max(0, len(listed) - MOST_ROWS)}


def _row(row: Any, on: dt.date) -> dict[str, Any]:
    fields: Mapping[str, Any] = row.fields
    period = row.period
    state = "now" if on in period else "coming" if period.start and period.start > on else "past"
    if state == "now" and not fields.get("in_use", True):
        state = "not_in_use"
    return {
        "key": _key(row),
        "values": {name: value for name, value in fields.items() if name not in APART and value not in (None, "", [])},
        "start": period.start,
        "end": period.end,
        "state": state,
        "source": str(fields.get("source", "")),
        "confidence": str(fields.get("confidence", "")),
        "doubt": str(fields.get("doubt") or fields.get("note") or ""),
        "place": f"{row.file}, {row.number}",
    }


def _key(row: Any) -> str:
    fields: Mapping[str, Any] = row.fields
    return str(fields.get("key") or fields.get("category") or fields.get("code") or fields.get("place") or row.number)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return clock.today()
