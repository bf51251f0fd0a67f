"""Replay a period under other rules: a form, what differs by cause, market and kind, and the CSV."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entrepot.domains.documents import queries as document_queries
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.types import ReplayRequest
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.price.replay_diff import CAUSES
from entrepot.flows.price.replay_run import AT_ONCE, start
from entrepot.infra import clock
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError, InvalidInput, NotFound

HERE = "/console/replay"


@require_http_methods(["GET", "POST"])
@door.page("console.see_law")
def form(request: HttpRequest) -> HttpResponse:
    """Ask for a period and a rule day, and list what was asked for before; POST starts a replay."""
    entity = organisation.store().entity
    today = clock.today(entity.time_zone)
    typed = {
        "from": today.replace(day=1).isoformat(), "to": today.isoformat(), "rules": "", "market": "", "what": "orders",
    }  # fmt: skip
    fault = ""
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip()[:20] for name in typed}
        try:
            run_id = start(actor=request.desk.anywhere, request=_asked(typed), zone=entity.time_zone)
            return HttpResponseRedirect(f"{HERE}/{run_id}")
        except EntrepotError as refused:
            fault = words.say(refused)
    context = {
        "typed": typed, "fault": fault, "markets": markets.markets(), "runs": finance.replay_runs(), "most": AT_ONCE,
    }  # fmt: skip
    return look.draw(request, "console/replay.html", context, status=422 if fault else 200)


def _asked(typed: dict[str, str]) -> ReplayRequest:
    return ReplayRequest(
        since=_day(typed["from"], _("First day")),
        until=_day(typed["to"], _("Last day")),
        rules_on=_day(typed["rules"], _("Rules of")) if typed["rules"] else None,
        market=markets.market(code=typed["market"]).code if typed["market"] else "",
        of_quotes=typed["what"] == "quotes",
    )


def _day(text: str, field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as fault:
        raise InvalidInput(field=field, value=text, rule=_("Choose a day.")) from fault


@door.page("console.see_law")
def result(request: HttpRequest, run_id: str) -> HttpResponse:
    """Show what a replay came to; while the worker is at it, the page asks again every few seconds."""
    run = finance.replay_run(run_id=door.public_id(run_id, "replay"))
    response = look.draw(request, "console/replay_run.html", {"run": run, "causes": CAUSES})
    if run.state == "asked":
        response["Refresh"] = "3"
    return response


@door.page("console.see_law")
def download(request: HttpRequest, run_id: str) -> HttpResponse:
    """Give the CSV: a line per order and cause."""
    run = finance.replay_run(run_id=door.public_id(run_id, "replay"))
    if not run.document:
        raise NotFound(kind="file", key="replay.csv")
    content, mime, _name = document_queries.file(id=run.document)
    name = f"replay-{run.request.since}-{run.request.until}.csv"
    return HttpResponse(
        content, content_type=f"{mime}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip
