"""Bills of carriers and brokers: bring a file in, match by hand what waits, withdraw; variance by lane and the reserve proposed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.documents import queries as document_queries
from entrepot.domains.documents import services as documents
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.types import CHARGE_KINDS, RISK_GROUPS, BillLineView, BillMatch, Lane, LaneVariance
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.settle.decide_reserve import decide_reserve
from entrepot.flows.settle.import_bills import import_bills
from entrepot.flows.settle.match_bill import by_order, compare, match_line, match_open, withdraw_bill, withdraw_line
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.views.ledger import chart
from entrepot.interfaces.console.words import STATES as STATES_IN_WORDS
from entrepot.interfaces.web import words
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import EntrepotError, InvalidInput, NotFound
from entrepot.kernel.money import PPM

HERE = "/console/bills"
PAGE = 50
STATES = ("unmatched", "posted", "withdrawn")
MOST_BYTES = 2_000_000
MOST_LINES = 2_000


@door.page("finance.see_bills")
def listing(request: HttpRequest) -> HttpResponse:
    """List lines of bills by state; those that wait first, with their reason."""
    number = finance.bill_counts()
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else "unmatched" if number.get("unmatched") else "posted"
    text, before = request.GET.get("q", "").strip()[:60], request.GET.get("before", "")
    rows = finance.bill_lines(state=state, text=text, before=before and door.public_id(before, "line"), limit=PAGE + 1)
    context = {
        "rows": rows[:PAGE], "state": state, "states": STATES, "number": number, "text": text, "kinds": CHARGE_KINDS,
        "problems": STATES_IN_WORDS["bill_problem"],
        "next_before": rows[PAGE - 1].id if len(rows) > PAGE else "",
    }  # fmt: skip
    return look.draw(request, "console/bills.html", context)


@require_POST
@door.page("finance.import_bills")
def send(request: HttpRequest) -> HttpResponse:
    """Take a file and go to its preview."""
    sent = request.FILES.get("file")
    if sent is None or not sent.size:
        raise InvalidInput(field=_("File"), value=getattr(sent, "name", ""), rule=_("Choose a file that is not empty."))
    if sent.size > MOST_BYTES:
        rule = _("A file sent here has at most 2 MB; “entrepot import bills” takes larger ones.")
        raise InvalidInput(field=_("File"), value=sent.name, rule=rule)
    with db.transaction():
        key = documents.store_file(
            actor=SYSTEM, content=sent.read(), mime="text/csv", name=f"bills-{sent.name}",
            retention="tax_10_years",
        )  # fmt: skip
    return HttpResponseRedirect(f"{HERE}/import/{key}")


@require_http_methods(["GET", "POST"])
@door.page("finance.import_bills")
def bring_in(request: HttpRequest, document_id: str) -> HttpResponse:
    """Show what a file would do (GET), then do it (POST)."""
    content, mime, name = document_queries.file(id=document_id[:64])
    if mime != "text/csv" or not name.startswith("bills-"):
        raise NotFound(kind="file", key=document_id[:60])
    entity = organisation.store().entity
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InvalidInput(field=_("File"), value=name, rule=_("The file is not UTF-8 text.")) from fault
    if text.count("\n") > MOST_LINES:
        rule = _("A file sent here has at most 2,000 lines; “entrepot import bills” takes larger ones.")
        raise InvalidInput(field=_("File"), value=name, rule=rule)
    asked = {"actor": request.desk.anywhere, "entity_id": entity.id, "text": text}
    if request.method == "POST":
        done = import_bills(**asked)
        told = _("%(new)s lines brought in: %(matched)s matched and booked, %(waiting)s wait for a person.")
        door.say(request, told % {"new": done.new, "matched": done.matched, "waiting": done.waiting})
        return HttpResponseRedirect(HERE)
    context = {
        "report": import_bills(**asked, preview=True),
        "name": name.removeprefix("bills-"),
        "kinds": CHARGE_KINDS,
    }
    return look.draw(request, "console/bills_import.html", context)


@require_POST
@door.page("finance.match_bill")
def match_again(request: HttpRequest) -> HttpResponse:
    """Try all lines that wait once more."""
    booked, waiting = match_open(actor=request.desk.anywhere)
    told = _("%(booked)s lines were matched and booked, %(waiting)s still wait.")
    door.say(request, told % {"booked": booked, "waiting": waiting})
    return HttpResponseRedirect(HERE)


@door.page("finance.see_bills")
def detail(request: HttpRequest, line_id: str) -> HttpResponse:
    """Show a line: the bill beside the quote, its entries; a waiting one with a form to name the order it is for."""
    line = finance.bill_line(line_id=door.public_id(line_id, "line"))
    order, fault, tried = request.GET.get("order", "").strip()[:60], "", None
    if order and line.state == "unmatched":
        try:
            tried = compare(line, by_order(order))
        except EntrepotError as refused:
            fault = words.say(refused)
    context = {
        "line": line, "kinds": CHARGE_KINDS, "order": order, "fault": fault, "tried": tried,
        "problems": STATES_IN_WORDS["bill_problem"], "match": tried or _own(line), "entries": _entries(line), "chart": chart(),
    }  # fmt: skip
    return look.draw(request, "console/bill.html", context, status=422 if fault else 200)


def _own(line: BillLineView) -> BillMatch | None:
    if line.comparison is None or line.lane is None:
        return None
    return BillMatch(line.order_id, line.order_number, line.consignment_ref, line.how, line.lane, line.comparison)  # type: ignore[arg-type]


def _entries(line: BillLineView) -> list[Any]:
    found: list[Any] = []
    for key in (line.key, f"{line.key}:owed"):
        try:
            entry = ledger.entry(entry_id=ledger.entry_id(key=key))
        except NotFound:
            continue
        found += [entry, *([ledger.entry(entry_id=entry.reversed_by)] if entry.reversed_by else [])]
    return found


@require_POST
@door.page("finance.match_bill")
def match(request: HttpRequest, line_id: str) -> HttpResponse:
    """Match a line with the order a person names, and book it."""
    key = door.public_id(line_id, "line")
    line = match_line(actor=request.desk.anywhere, line_id=key, place=by_order(request.POST.get("order", "")[:60]))
    door.say(request, _("The line is booked with order %(number)s.") % {"number": line.order_number})
    return HttpResponseRedirect(f"{HERE}/{key}")


@require_POST
@door.page("finance.withdraw_bill")
def withdraw(request: HttpRequest, line_id: str) -> HttpResponse:
    """Take a line, or its whole bill, out; the entries are reversed."""
    key = door.public_id(line_id, "line")
    reason = " ".join(request.POST.get("reason", "").split())[:150]
    if not reason:
        raise InvalidInput(field=_("Reason"), value="", rule=_("Say why the line is withdrawn."))
    if request.POST.get("whole"):
        line = finance.bill_line(line_id=key)
        asked = {"carrier": line.carrier, "bill_number": line.bill_number, "reason": reason}
        number = withdraw_bill(actor=request.desk.anywhere, **asked)
        door.say(
            request, _("%(number)s lines of the bill are withdrawn; their entries are reversed.") % {"number": number}
        )
    else:
        withdraw_line(actor=request.desk.anywhere, line_id=key, reason=reason)
        door.say(request, _("The line is withdrawn; its entries are reversed."))
    return HttpResponseRedirect(f"{HERE}/{key}")


@door.page("finance.see_bills")
def lanes(request: HttpRequest) -> HttpResponse:
    """Show variance by lane over time, and the reserve that is proposed."""
    entity = organisation.store().entity
    today = clock.today(entity.time_zone)
    since = _day(request.GET.get("from", ""), today - dt.timedelta(days=365))
    until = _day(request.GET.get("to", ""), today)
    rows = finance.lane_variances(entity_id=entity.id, since=since, until=until)
    context = {
        "rows": rows, "since": since, "until": until, "months": _months(rows), "kinds": CHARGE_KINDS,
        "proposals": finance.reserve_proposals(entity_id=entity.id), "reserves": finance.reserves(entity_id=entity.id),
        "groups": RISK_GROUPS, "tomorrow": today + dt.timedelta(days=1),
    }  # fmt: skip
    return look.draw(request, "console/bill_lanes.html", context)


def _months(rows: tuple[LaneVariance, ...]) -> dict[str, list[tuple[dt.date, int, int]]]:
    """By currency: month, quoted, billed; for a chart each."""
    found: dict[str, dict[dt.date, list[int]]] = {}
    for row in rows:
        both = found.setdefault(row.currency, {}).setdefault(row.month, [0, 0])
        both[0] += row.quoted_minor
        both[1] += row.billed_minor
    return {
        currency: [(month, both[0], both[1]) for month, both in sorted(months.items())]
        for currency, months in sorted(found.items())
    }


@require_POST
@door.page("finance.decide_reserve")
def reserve(request: HttpRequest) -> HttpResponse:
    """Decide on a lane's reserve."""
    entity = organisation.store().entity
    form = request.POST
    group = form.get("group", "")
    if group not in RISK_GROUPS:
        raise NotFound(kind="reserve", key=group[:20])
    lane = Lane(form.get("dispatch", "")[:2], form.get("destination", "")[:2], form.get("service", "")[:40])
    today = clock.today(entity.time_zone)
    start = _day(form.get("from_date", ""), None)
    if start is None:
        raise InvalidInput(field=_("From"), value=form.get("from_date", "")[:20], rule=_("Choose a day."))
    decide_reserve(
        actor=request.desk.anywhere, entity_id=entity.id, lane=lane, group=group, ppm=_ppm(form.get("percent", "")),
        from_date=start, today=today,
    )  # fmt: skip
    door.say(request, _("The reserve is decided on; it counts from that day."))
    return HttpResponseRedirect(f"{HERE}/lanes")


def _ppm(text: str) -> int:
    plain = text.strip().replace(",", ".")[:12]
    whole, _dot, part = plain.partition(".")
    if not (whole.isascii() and whole.isdecimal() and (not part or (part.isascii() and part.isdecimal()))):
        raise InvalidInput(field=_("Percent"), value=text[:20], rule=_("Give a number such as 4.5."))
    return (int(whole) * PPM + int(part[:6].ljust(6, "0"))) // 100


def _day(text: str, otherwise: Any) -> Any:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return otherwise
