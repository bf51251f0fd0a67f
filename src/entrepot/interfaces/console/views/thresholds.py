"""Thresholds of registration: how far the shop is from each, when it will cross it, and what was told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.types import Watched
from entrepot.flows.comply.watch_thresholds import measure, watch_thresholds
from entrepot.infra import clock
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import N_
from entrepot.kernel.money import PPM

HERE = "/console/thresholds"
LEVELS = {
    "reached": (N_("Crossed"), "bad"),
    "near": (N_("Near"), "warn"),
    "in_sight": (N_("In sight"), "info"),
    "fine": (N_("Far"), ""),
}
PERIODS = {
    "rolling_12_months": N_("the last 12 months"),
    "previous_year": N_("the last calendar year"),
    "previous_or_current_year": N_("the last or the current calendar year"),
}


@require_http_methods(["GET", "POST"])
@door.page("console.see_law")
def page(request: HttpRequest) -> HttpResponse:
    """Show every threshold that is for this seller, the fullest first; measure and tell by hand (POST)."""
    at = clock.now()
    if request.method == "POST":
        request.desk.actor.require("tax.note_threshold")
        told = watch_thresholds(at, actor=request.desk.anywhere)
        said = ngettext("%(num)s threshold is told anew.", "%(num)s thresholds are told anew.", told) % {"num": told}
        door.say(request, said if told else _("Looked: nothing new to tell."))
        return HttpResponseRedirect(HERE)
    found = measure(at=at)
    sold = [one for one in found if one.amount_minor or one.orders]
    rest = [one for one in found if not (one.amount_minor or one.orders)]
    context: dict[str, Any] = {
        "sold": [_row(one) for one in sold], "rest": [_row(one) for one in rest], "levels": LEVELS, "periods": PERIODS,
        "notices": tax.notices(entity_id=organisation.store().entity.id, limit=20),
        "urgent": sum(1 for one in sold if one.level in ("reached", "near") and not one.registered),
    }  # fmt: skip
    return look.draw(request, "console/thresholds.html", context)


def _row(one: Watched) -> dict[str, Any]:
    limit = one.threshold
    return {
        "told": one,
        "last": one.period_until - dt.timedelta(days=1),
        "place": f"{limit.jurisdiction}-{limit.region}" if limit.region else limit.jurisdiction,
        "percent": one.share_ppm * 100 // PPM,
        "full": min(100, one.share_ppm * 100 // PPM),
    }
