"""Tax returns: what is due, a period's fields beside the ledger, the orders behind them, files, filing and payment."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import return_files
from entrepot.domains.finance.engine.return_words import GROUPS, RATE_TYPES
from entrepot.domains.finance.types import StoredRecord
from entrepot.domains.orders import queries as orders
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.comply.file_return import file_return, pay_return, stale
from entrepot.flows.comply.prepare_return import duties, prepare_return
from entrepot.flows.comply.tie_return import records_of, tie
from entrepot.infra import clock
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import InvalidInput, NotFound

HERE = "/console/returns"
PAGE = 100
FORMS = {"json": "application/json", "xml": "application/xml", "csv": "text/csv; charset=utf-8"}


@door.page("finance.see_returns")
def listing(request: HttpRequest) -> HttpResponse:
    """List the returns of this period and of those before, by when they are due."""
    entity = organisation.store().entity
    today = clock.today(entity.time_zone)
    back = 3 if request.GET.get("back") else 1
    rows = duties(entity_id=entity.id, on=today, back=back)
    context = {"rows": rows, "today": today, "back": back}
    return look.draw(request, "console/returns.html", context)


@require_POST
@door.page("finance.prepare_return")
def prepare(request: HttpRequest) -> HttpResponse:
    """Compute a return and show it."""
    form = request.POST
    view = prepare_return(
        actor=request.desk.anywhere, entity_id=organisation.store().entity.id, form=form.get("form", "")[:40],
        jurisdiction=form.get("jurisdiction", "")[:10], period=form.get("period", "")[:8],
    )  # fmt: skip
    door.say(request, _("The return is computed, as version %(number)s.") % {"number": view.version})
    return HttpResponseRedirect(f"{HERE}/{view.id}")


@door.page("finance.see_returns")
def detail(request: HttpRequest, return_id: str) -> HttpResponse:
    """Show a return: its fields, its breakdown, corrections, both sides of the tie-out, and the records behind it."""
    view = finance.tax_return(return_id=return_id)
    c = view.content
    form = finance.return_form(key=c.form)
    records = records_of(view)
    chosen = {name: request.GET.get(name, "")[:20] for name in ("country", "rate")}
    picked = [row for row in records if _fits(row, chosen)]
    page = _number(request.GET.get("page", ""))
    shown = picked[page * PAGE : (page + 1) * PAGE]
    today = clock.today(organisation.store().entity.time_zone)
    versions = finance.tax_returns(entity_id=view.entity_id, form=c.form, jurisdiction=c.jurisdiction, period=c.period)
    context = {
        "view": view, "content": c, "form": form, "groups": GROUPS, "rate_types": RATE_TYPES, "tied": tie(c, records),
        "stale": stale(view), "shown": shown, "numbers": _numbers(shown), "count": len(picked), "page": page,
        "more": len(picked) > (page + 1) * PAGE, "chosen": chosen, "today": today, "over": today > c.until,
        "versions": versions, "newest": versions[0].id == view.id,
        "nil": not c.payable_minor and not any(f.amount_minor for f in c.fields),
        "lines": [(dict(zip(form.groups, line.keys, strict=True)), line) for line in c.lines],
    }  # fmt: skip
    return look.draw(request, "console/return.html", context)


def _fits(row: StoredRecord, chosen: dict[str, str]) -> bool:
    r = row.record
    return chosen["country"] in ("", r.country) and chosen["rate"] in ("", str(r.rate_ppm))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _numbers(rows: list[StoredRecord]) -> dict[str, str]:
    ids = {row.record.document.partition(":")[2] for row in rows if row.record.document.startswith("order:")}
    return {one.id: one.number for one in orders.orders(ids=sorted(ids), limit=len(ids))} if ids else {}


@door.page("finance.see_returns")
def file(request: HttpRequest, return_id: str, kind: str) -> HttpResponse:
    """Hand out the field set (json, xml) or the records behind it (csv)."""
    view = finance.tax_return(return_id=return_id)
    if kind not in FORMS:
        raise NotFound(kind="file", key=kind[:20])
    form = finance.return_form(key=view.content.form)
    if kind == "csv":
        rows = records_of(view)
        content: bytes | str = return_files.as_csv([row.record for row in rows], _numbers(list(rows)))
    else:
        content = return_files.as_json(view, form) if kind == "json" else return_files.as_xml(view, form)
    response = HttpResponse(content, content_type=FORMS[kind])
    c = view.content
    response["Content-Disposition"] = (
        f'attachment; filename="{c.form}-{c.jurisdiction}-{c.period}-v{view.version}.{kind}"'
    )
    return response


@require_POST
@door.page("finance.file_return")
def file_it(request: HttpRequest, return_id: str) -> HttpResponse:
    """Record that the return was filed."""
    form = request.POST
    today = clock.today(organisation.store().entity.time_zone)
    view = file_return(
        actor=request.desk.anywhere, return_id=return_id, filed_on=_day(form.get("filed_on", ""), _("Filed on")),
        reference=form.get("reference", "")[:80], today=today,
    )  # fmt: skip
    door.say(request, _("The return is filed; its tax is due in the books. It never changes now."))
    return HttpResponseRedirect(f"{HERE}/{view.id}")


@require_POST
@door.page("finance.file_return")
def pay(request: HttpRequest, return_id: str) -> HttpResponse:
    """Record that the return was paid."""
    form = request.POST
    today = clock.today(organisation.store().entity.time_zone)
    view = pay_return(
        actor=request.desk.anywhere, return_id=return_id, paid_on=_day(form.get("paid_on", ""), _("Paid on")),
        reference=form.get("reference", "")[:80], today=today,
    )  # fmt: skip
    door.say(request, _("The payment is recorded and booked."))
    return HttpResponseRedirect(f"{HERE}/{view.id}")


def _day(text: str, field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as fault:
        raise InvalidInput(field=field, value=text[:20], rule=_("Choose a day.")) from fault
