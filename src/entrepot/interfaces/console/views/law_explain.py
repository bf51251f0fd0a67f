"""An order explained: each line done anew from what its quote stored, and by the law of a day, with rule and source."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from entrepot.domains.orders import queries as orders
from entrepot.flows.price.explain import explain
from entrepot.flows.price.landed_cost import LandedCost
from entrepot.flows.price.replay import recompute
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.views.law import law_tools
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.quote import FrozenQuote


@door.page("console.see_law")
def explained(request: HttpRequest) -> HttpResponse:
    """Ask for an order's number; show its figures taken apart, beside what the law of a day (its own by default) says."""
    number = request.GET.get("order", "").strip()[:40]
    context: dict[str, Any] = {"number": number, "fault": "", "explanation": None, **law_tools()}
    if number:
        try:
            order = orders.order(number=number)
        except EntrepotError:
            context["fault"] = _(
                "There is no order %(number)s. Type its number as it stands in the list, like E-10012."
            ) % {"number": number}
        else:
            context |= _told(order.quote, request.GET.get("on", "")) | {"order": order}
    return look.draw(request, "console/law_explain.html", context, status=404 if context["fault"] else 200)


def _told(quote: FrozenQuote, wished: str) -> dict[str, Any]:
    """The explanation with the law of the wished day beside it; where that law has no answer, the reason instead."""
    try:
        on = dt.date.fromisoformat(wished)
    except ValueError:
        on = quote.tax_point
    anew: tuple[LandedCost, ...] = ()
    refused = ""
    try:
        anew = recompute(quote, on=on)
    except EntrepotError as fault:
        refused = words.say(fault)
    told = explain(quote, anew)
    totals = {cost.ref: cost.total_minor for cost in anew}
    return {
        "quote": quote, "on": on, "explanation": told, "refused": refused, "by_law": totals,
        "law_total": sum(totals.values()) if anew else None,
    }  # fmt: skip
