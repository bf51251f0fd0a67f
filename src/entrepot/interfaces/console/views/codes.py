"""HS codes: what a description may be, with reasons and duty; the nomenclature to search and to leaf through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.types import Candidate
from entrepot.domains.markets import queries as markets
from entrepot.flows.declare.classify_article import classify_article
from entrepot.infra import clock
from entrepot.interfaces.console import door, look

SHOWN = 8
FOUND = 60


class Duty(msgspec.Struct, frozen=True):
    """What a code bears into a territory, in percent of the value, with what comes on top by origin."""

    territory: str
    percent: str
    added: tuple[str, ...]
    source: str
    confidence: str


@door.page("console.see_products")
def page(request: HttpRequest) -> HttpResponse:
    """Propose codes for `d` (or for what the article `sku` is called in English), list codes for `q`, codes below `below`."""
    sku = request.GET.get("sku", "")[:100].strip()
    article = catalogue.variant_facts(skus=[sku], language="en").get(sku) if sku else None
    told = request.GET.get("d", "")[:200].strip()
    if article and not told:
        told = article.customs_description or article.title
    origin = (request.GET.get("origin", "") or (article.origin if article else ""))[:2].strip().upper()
    text, below = request.GET.get("q", "")[:80].strip(), request.GET.get("below", "")[:10]
    candidates = customs.candidates(description=told, limit=SHOWN) if told else ()
    context = {
        "told": told,
        "sku": sku,
        "article": article,
        "origin": origin,
        "candidates": candidates,
        "duties": _duties(candidates if origin else (), origin, clock.today("UTC")),
        "text": text,
        "below": below,
        "found": customs.codes_found(text=text, limit=FOUND) if text else (),
        "listed": () if text or told else customs.codes_below(parent=below),
        "size": customs.nomenclature_size(),
    }
    return look.draw(request, "console/hs_codes.html", context)


def _duties(candidates: Sequence[Candidate], origin: str, on: dt.date) -> dict[str, list[Duty]]:
    """Duty of each candidate into the territory of each open market, each territory once."""
    found: dict[str, list[Duty]] = {candidate.hs6: [] for candidate in candidates}
    seen: set[str] = set()
    for market in markets.markets() if candidates else ():
        law = customs.territory_of(country=market.country)
        if law is None or not market.open or law.territory in seen:
            continue
        seen.add(law.territory)
        rules = customs.rules(destination=market.country, pairs=[(code, origin) for code in found], on=on)
        for code, listed in found.items():
            rate = rules.rates.get((code, origin))
            if rate is None:
                continue
            added = tuple(_percent(row.rate_ppm) for row in rate.added)
            listed.append(Duty(rules.territory, _percent(rate.rate_ppm), added, rate.rule.source, rate.rule.confidence))
    return found


def _percent(ppm: int) -> str:
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + " %"


@require_POST
@door.page("catalogue.confirm_customs")
def use(request: HttpRequest) -> HttpResponse:
    """Take a code for an article and remember the choice."""
    sku, code = request.POST.get("sku", "")[:100].strip(), request.POST.get("code", "")[:10].strip()
    classify_article(
        actor=request.desk.anywhere, sku=sku, description=request.POST.get("d", "")[:200], code=code, at=clock.now()
    )
    text = _("%(sku)s now has the HS code %(code)s, confirmed by you. Descriptions like this one will raise it.")
    door.say(request, text % {"sku": sku, "code": code})
    return door.back(request, "/console/codes")
