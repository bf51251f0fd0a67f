"""China's export refund file in the console: a month's lines, what they lack, and the file."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse

from entrepot.domains.declarations.engine.refund_file import MISSING, YUAN, lacking
from entrepot.flows.declare.export_refund import refund_csv, refund_lines
from entrepot.infra import clock
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import N_, InvalidInput

SHOWN = 100


@door.page("declarations.hand_out")
def listing(request: HttpRequest) -> HttpResponse:
    """Show the lines of a month and what they lack; `take=csv` hands out the file."""
    month = _month(request.GET.get("month", ""))
    found = refund_lines(month=month)
    if request.GET.get("take") == "csv":
        response = HttpResponse(refund_csv(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="export-refund-{month:%Y-%m}.csv"'
        return response
    context = {
        "month": f"{month:%Y-%m}",
        "lines": found[:SHOWN],
        "count": len(found),
        "lacking": [(MISSING[key], count) for key, count in lacking(found).items()],
        "yuan": YUAN,
        "fob": sum(line.fob_yuan_minor or 0 for line in found),
        "refund": sum(line.refund_minor or 0 for line in found),
    }
    return look.draw(request, "console/export_refund.html", context)


def _month(told: str) -> dt.date:
    if not told:
        return clock.now().date().replace(day=1)
    try:
        return dt.date.fromisoformat(f"{told[:7]}-01")
    except ValueError as fault:
        raise InvalidInput(field="month", value=told[:20], rule=N_("A month is written 2026-11.")) from fault
