"""The public calculator: goods, from, to and a day → what they cost at the door, each sum with its rule. No log-in, one GET.

The address holds the whole question, so that an answer can be sent to somebody; nothing of it is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entrepot.domains.customs import queries as customs
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax import queries as tax
from entrepot.flows.price.calculate import MOST_ARTICLES, Answer, Question, calculate, destinations, due_of
from entrepot.flows.price.explain import explain_charges
from entrepot.flows.price.what_if import Otherwise, otherwise, steps
from entrepot.infra import throttle
from entrepot.infra.memo import Memo
from entrepot.interfaces.storefront import calculator_form as forms
from entrepot.interfaces.storefront.calculator_form import SENTENCES, Form
from entrepot.interfaces.storefront.place import Shop, draw, page
from entrepot.interfaces.storefront.views.market import start
from entrepot.interfaces.web import cascade, formats, regimes, words
from entrepot.interfaces.web.caller import network
from entrepot.kernel.errors import N_, EntrepotError

HOUR = dt.timedelta(hours=1)
MOST_AN_HOUR = 240
_SUGGESTED = 5
_kept = Memo(ttl_s=600)
CHANGED = {
    "registered": {"all": N_("if the seller is registered there"), "none": N_("if the seller is registered nowhere")},
    "customer": {"consumer": N_("if a private person buys"), "business": N_("if a business with a tax number buys")},
    "mode": {"post": N_("if it goes by post"), "courier": N_("if it goes by courier")},
}
HOWS: dict[str, str] = {
    "given": N_("as given"),
    "flat": N_("a fixed amount"),
    "rate": N_("base × rate"),
    "held": N_("between the least and the most of the rule"),
    "share": N_("its share of a sum rounded once"),
}
# The field of the form that an error of the engines belongs to.
_FIELDS = {"OUTSIDE_TAX_TERRITORY": "postcode", "NOT_REGISTERED": "seller", "NO_TARIFF": "hs-1"}


@require_GET
def anywhere(request: HttpRequest) -> HttpResponse:
    """Send `/landed-cost` to the calculator in the visitor's market and language."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{start(request)['Location']}landed-cost{'?' if query else ''}{query}")


@require_GET
@page
def calculator(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show the form, and beneath it what the question in the address comes to."""
    known = destinations()
    country = shop.market.country
    defaults = {
        "to": country if country in known else next(iter(known)),
        "from": _origin(), "origin": _origin(), "currency": shop.market.currency, "on": shop.today.isoformat(),
        "qty": "1", "freight": "", "seller": "all",
    }  # fmt: skip
    asked = {name: request.GET[name] for name in request.GET}
    countries = regimes.every_country()
    form = forms.read(asked, places=known, countries=countries, currencies=_currencies(), defaults=defaults)
    if "to" in asked:
        throttle.knock("landed_cost", network(request), most=MOST_AN_HOUR, window=HOUR, at=shop.now)
    suggested = _suggested(form)
    answer = None
    if form.question is not None:
        try:
            answer = calculate(form.question, rates_on=shop.today)
        except EntrepotError as fault:
            form.faults[_FIELDS.get(fault.code, "to")] = words.say(fault)
    context: dict[str, Any] = {
        "form": form, "places": regimes.places(known, shop.cldr), "countries": regimes.places(countries, shop.cldr),
        "currencies": [(code, code) for code in sorted(_currencies())], "regions": _regions(known, form), "most": MOST_ARTICLES,
        "suggested": suggested, "ways": _said(regimes.WAYS), "customers": _said(regimes.CUSTOMERS),
        "categories": _said(regimes.CATEGORIES),
        "first": forms.FIRST_DAY, "last": forms.LAST_DAY - dt.timedelta(days=1), "place": regimes.place_name,
    }  # fmt: skip
    if answer is not None:
        context |= _told(shop, answer, asked)
    return draw(request, shop, "shop/calculator.html", status=422 if form.faults else 200, **context)


def _origin() -> str:
    """The country of the seller: a fair first guess of where goods are made and sent from."""
    return _kept.get("origin", lambda: organisation.store().entity.country)  # type: ignore[no-any-return]


def _said(words_by_key: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, _(text)) for key, text in words_by_key.items()]


def _regions(known: Mapping[str, tuple[str, ...]], form: Form) -> list[tuple[str, str]]:
    """What the state or province is chosen from, () where there is nothing to choose."""
    codes = known.get(form.values["to"], ())
    return [("", "–"), *((code, code) for code in codes)] if codes else []


def _currencies() -> frozenset[str]:
    return _kept.get(
        "currencies",
        lambda: frozenset({law.currency for law in tax.law().values()} | {one.currency for one in markets.markets()}),
    )  # type: ignore[no-any-return]


def _suggested(form: Form) -> dict[int, list[dict[str, str]]]:
    """Codes for the lines that have words and no code, the likeliest first; the fault above the field says to choose."""
    found: dict[int, list[dict[str, str]]] = {}
    for number, line in enumerate(form.lines, start=1):
        if line["hs"] or not line["what"] or f"hs-{number}" not in form.faults:
            continue
        candidates = customs.candidates(description=line["what"], limit=_SUGGESTED) if _nomenclature() else ()
        sentence = SENTENCES["hs_found" if candidates else "hs_none"]
        form.faults[f"hs-{number}"] = _(sentence)
        found[number] = [
            {"code": one.hs6, "text": " › ".join(step.text for step in one.path[-2:])} for one in candidates
        ]
    return found


def _nomenclature() -> bool:
    return _kept.get("nomenclature", lambda: customs.nomenclature_size() > 0)  # type: ignore[no-any-return]


def _told(shop: Shop, answer: Answer, asked: dict[str, str]) -> dict[str, Any]:
    """What the page says of an answer: the cascade, who is paid, every sum, and what would be different."""
    question, cost = answer.question, answer.cost
    names = {
        f"L{number}": ("", one.description or one.hs_code) for number, one in enumerate(question.articles, start=1)
    }
    charges = list(cost.charges)
    on = {charge: names[charge.line][1] for charge in charges if charge.line}
    rows = [msgspec.structs.replace(row, detail=()) for row in cascade.rows(charges, shop.cldr, on)]
    return {
        "answer": answer, "cost": cost, "question": question, "rows": rows, "due": regimes.DUE[due_of(cost)],
        "sums": explain_charges(charges, cost.ref, cost.currency, answer.rates, names), "sure": regimes.sure,
        "reasons": cascade.REASONS, "hows": HOWS, "payees": [(regimes.PAYEES[who], answer.paid_to[who]) for who in regimes.PAYEES if who in answer.paid_to],
        "steps": [(step, _due(step.below), _due(step.above)) for step in steps(answer)],
        "otherwise": [_changed(one, answer, shop, asked) for one in otherwise(answer, rates_on=shop.today)],
        "rates": [cascade.rate_words(one, shop.cldr) for one in answer.fx],
    }  # fmt: skip


def _due(cost: Any) -> str:
    due = regimes.DUE["not_sold"] if cost is None else regimes.DUE[due_of(cost)]
    return _(due)


def _changed(one: Otherwise, answer: Answer, shop: Shop, asked: dict[str, str]) -> dict[str, Any]:
    """One changed thing in words, with its total, the difference, and the address that asks so."""
    question = one.question
    parts = {
        "seller": question.registered,
        "who": question.customer,
        "way": question.mode,
        "on": question.on.isoformat(),
    }
    return {
        "words": _changed_words(one.changed, question, shop),
        "total": one.cost.total_minor if one.cost else None,
        "more": one.cost.total_minor - answer.cost.total_minor if one.cost else 0,
        "due": _due(one.cost),
        "fault": words.say(one.fault) if one.fault else "",
        "query": urlencode({**asked, **parts}),
    }


def _changed_words(changed: str, question: Question, shop: Shop) -> str:
    if changed == "day":
        return _("on %(day)s, when the next rule begins") % {"day": formats.date_medium(question.on, shop.cldr)}
    return _(CHANGED[changed][str(getattr(question, changed))])
