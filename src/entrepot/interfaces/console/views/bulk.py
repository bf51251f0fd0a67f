"""Deeds on ticked rows: first what would happen, then what happened to each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.markets import queries as markets
from entrepot.interfaces.console import bulk, door, look
from entrepot.kernel.errors import NotFound


def _deed(kind: str, code: str) -> bulk.Deed:
    for deed in bulk.DEEDS.get(kind, ()):
        if deed.code == code:
            return deed
    raise NotFound(kind="deed", key=code[:20])


def _rows(request: HttpRequest, kind: str, deed: bulk.Deed) -> tuple[list[bulk.Row], dict[str, str]]:
    """Return the ticked rows and what else was chosen; who may not see the list, or do it anywhere, is refused."""
    desk = request.desk
    if not desk.may(deed.permission):
        desk.actor.require(deed.permission)
    if kind == "products" or kind == "orders":
        desk.actor.require(bulk.SEES[kind])
    more = {"market": markets.market(code=request.POST.get("market", "")[:12]).code} if deed.for_market else {}
    ids = [door.public_id(key, kind) for key in request.POST.getlist("row")[: bulk.MOST]]
    return (deed.rows(desk, list(dict.fromkeys(ids)), more) if ids else []), more


@require_POST
@door.page()
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """Show what a deed would do with each ticked row, and which rows it cannot be done with."""
    deed = _deed(kind, request.POST.get("deed", ""))
    rows, more = _rows(request, kind, deed)
    if not rows:
        door.say(request, _("No row was ticked, so nothing was done. Tick some, then press the button."), "warn")
        return door.back(request, bulk.PLACES[kind])
    context = {
        "kind": kind,
        "deed_": deed,
        "rows": rows,
        "ready": [row for row in rows if not row.problem],
        "more": more,
        "market": markets.market(code=more["market"]) if more else None,
        "place": bulk.PLACES[kind],
        "next": request.POST.get("next", ""),
    }
    return look.draw(request, "console/bulk.html", context)


@require_POST
@door.page()
def do(request: HttpRequest, kind: str) -> HttpResponse:
    """Do a deed with each row, and keep what became of them for the page that says so."""
    deed = _deed(kind, request.POST.get("deed", ""))
    rows, more = _rows(request, kind, deed)
    outcomes = bulk.do(deed, request.desk, rows, more)
    request.session["bulk"] = [[o.name, o.href, o.done, o.words] for o in outcomes]
    request.session["bulk_of"] = [kind, deed.code]
    return HttpResponseRedirect("/console/bulk/done")


@door.page()
def done(request: HttpRequest) -> HttpResponse:
    """Say what became of each row of the last deed of this session."""
    kind, code = request.session.get("bulk_of", ["", ""])
    outcomes = [bulk.Outcome(*row) for row in request.session.get("bulk", [])]
    context = {
        "deed_": _deed(kind, code),
        "place": bulk.PLACES[kind],
        "good": [o for o in outcomes if o.done],
        "bad": [o for o in outcomes if not o.done],
    }
    return look.draw(request, "console/bulk_done.html", context)
