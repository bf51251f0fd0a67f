"""Price policies: what the price lists hold for each market, changed after a look at every shelf."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.markets import queries as markets
from entrepot.flows.price.set_policies import preview_policies, set_policies
from entrepot.infra import clock
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import N_, InvalidInput

HERE = "/console/price-policies"
SHOWN, AT_FIRST = 8, 3  # articles on the preview, and how many before anybody has named some
WORDS = {
    "same_net": N_("Same net: duty and tax come on top"),
    "same_gross": N_("Same gross: the list is what the buyer pays"),
}


@require_http_methods(["GET", "POST"])
@door.page("console.see_markets")
def policies(request: HttpRequest) -> HttpResponse:
    """Show the policy of each market; show what another choice would do (POST), then write it (POST with `confirmed`)."""
    known = [market for market in markets.markets() if market.open]
    chosen: dict[str, str] = {market.code: market.price_policy for market in known}
    changed: tuple = ()
    if request.method == "POST":
        request.desk.actor.require("markets.set_up")
        chosen |= {market.code: _asked(request, market.code, chosen[market.code]) for market in known}
        if request.POST.get("confirmed"):
            done = set_policies(actor=request.desk.anywhere, policies=chosen)
            said = _("Policies changed: %(markets)s. The shelves follow within seconds.") % {"markets": ", ".join(done)}
            door.say(request, said if done else _("Nothing was changed."))
            return HttpResponseRedirect(HERE)
        seen = preview_policies(policies=chosen, skus=_samples(request), at=clock.now())
        changed = tuple(sorted(seen, key=lambda one: one.before == one.after))  # what moves comes first
    skus = sorted({one.after.sku for one in changed})
    context = {
        "markets": known, "chosen": chosen, "names": WORDS, "changed": changed, "skus": _samples(request),
        "facts": catalogue.variant_facts(skus=skus, language=look.content_language()) if skus else {},
    }  # fmt: skip
    return look.draw(request, "console/price_policies.html", context)


def _asked(request: HttpRequest, code: str, now: str) -> str:
    value = request.POST.get(f"policy:{code}", now)
    if value not in WORDS:
        raise InvalidInput(field=code, value=value[:20], rule=_("Choose one of the list."))
    return value


def _samples(request: HttpRequest) -> list[str]:
    """The articles to look at: those asked for, else the first ones."""
    asked = request.POST.get("skus", "").replace("\x00", "").upper().replace(",", " ").split()[:SHOWN]
    known = catalogue.variant_facts(skus=[sku[:100] for sku in asked]) if asked else {}
    return [sku for sku in asked if sku in known] or list(catalogue.all_skus(after="", limit=AT_FIRST))
