"""Markets: open or closed, and the exchange rates of the day with their source."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.markets import queries as markets
from entrepot.domains.markets import services
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import NotFound


@door.page("console.see_markets")
def listing(request: HttpRequest) -> HttpResponse:
    """List markets and the rates of the day."""
    today = clock.today()
    context = {"rows": markets.markets(), "rates": markets.fx_rates(on=today), "pegs": markets.pegs(), "today": today}
    return look.draw(request, "console/markets.html", context)


@require_POST
@door.page()
def switch(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Open or close a market; what is placed goes on."""
    verbs = {"open": services.open_market, "close": services.close_market}
    if deed not in verbs:
        raise NotFound(kind="step", key=deed[:20])
    with db.transaction():
        verbs[deed](actor=request.desk.anywhere, code=code)
    door.say(request, _("The market takes orders.") if deed == "open" else _("The market takes no new orders."))
    return door.back(request, "/console/markets")
