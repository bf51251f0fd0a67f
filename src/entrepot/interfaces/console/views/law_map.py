"""The map of regimes: what is due on one parcel in every country that has rules, and a country's rules in their order."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from babel.core import get_global
from django.http import HttpRequest, HttpResponse

from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax import queries as tax
from entrepot.flows.price.calculate import Article, Question, calculate, destinations, due_of
from entrepot.flows.price.landed_cost import LandedCost
from entrepot.flows.price.what_if import Step, steps
from entrepot.infra import clock
from entrepot.infra.memo import Memo
from entrepot.interfaces.console import door, lawroom, look
from entrepot.interfaces.console.views.law import day_of, law_tools
from entrepot.interfaces.web import regimes, words
from entrepot.kernel.errors import EntrepotError, InvalidInput, NotFound
from entrepot.kernel.money import Money
from entrepot.kernel.period import Period
from entrepot.kernel.trade import hs_code

_WORLD = Path(__file__).parent.parent / "world.json"
_SAMPLE = "691200"  # household ceramics: no tariff treats them specially
_MOST = 10**12
_kept = Memo(ttl_s=120, limit=256)
IN_FORCE = ("tax_schemes", "treatments", "entries", "fees", "tax_rates", "tax_further", "tax_exemptions", "added_duties",
            "postal_specific", "merchant_duty", "not_loaded", "tax_nexus", "tax_outside")  # fmt: skip


class Due(msgspec.Struct, frozen=True):
    """What one parcel bears in a country: `due` a key of `regimes.DUE`; without a cost, `why` says why there is none."""

    country: str
    due: str
    cost: LandedCost | None
    why: str = ""


class Sample(msgspec.Struct, frozen=True):
    """The parcel that is asked about, as it stands in the address."""

    value: str
    minor: int
    currency: str
    code: str
    origin: str
    way: str
    seller: str
    on: dt.date

    def question(self, country: str, entity_id: str) -> Question:
        """Return the sample as a question for one country."""
        return Question(
            articles=(Article(self.code, self.origin, 1, self.minor, 500),), dispatch=self.origin, country=country,
            on=self.on, currency=self.currency, mode=self.way, registered=self.seller, entity_id=entity_id,  # type: ignore[arg-type]
        )  # fmt: skip


@door.page("console.see_law")
def world(request: HttpRequest) -> HttpResponse:
    """Colour the world by what is due on a parcel, with the same as a table."""
    entity = organisation.store().entity
    sample = _sample(request, entity.country)
    found = _kept.get((sample, entity.id), lambda: [_due(sample, country, entity.id) for country in destinations()])
    by_country = {one.country: one.due for one in found}
    rows = sorted(found, key=lambda one: regimes.place_name(one.country, look.locale()))
    counted = Counter(one.due for one in found)
    drawn = _world()
    context: dict[str, Any] = {
        **_asked(sample), "rows": rows, "drawn": drawn, "due_of": by_country,
        "legend": [(key, text, counted[key]) for key, text in regimes.DUE.items() if counted[key]],
        "due_words": regimes.DUE, **law_tools(),
    }  # fmt: skip
    return look.draw(request, "console/law_map.html", context)


@door.page("console.see_law")
def country(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is due where: the rules of one country in force on a day, in the order in which they are tried."""
    if code not in destinations():
        raise NotFound(kind="country", key=code[:12])
    entity = organisation.store().entity
    sample = _sample(request, entity.country)
    rows = [entry for entry in lawroom.of_country(code) if sample.on in entry.row.period]
    tables = [(name, found) for name in IN_FORCE if (found := [entry for entry in rows if entry.table == name])]
    own = tax.law()[code]
    places = {code, own.group, *(f"{code}-{region}" for region in destinations()[code])}
    held = [one for one in tax.registrations(entity_id=entity.id) if one.jurisdiction in places]
    mine = lawroom.of_country(code)
    coming = [one for one in lawroom.changes() if one.day > sample.on and one.entry in mine]
    context: dict[str, Any] = {
        **_asked(sample), "code": code, "tables": tables, "currency_of_law": own.currency,
        "held": [(one, sample.on in Period(one.from_date, one.until)) for one in held],
        "market": next((one for one in markets.markets() if one.country == code), None),
        "parcel": _due(sample, code, entity.id), "steps": _steps(sample, code, entity.id), "coming": coming[:12],
        "due_words": regimes.DUE, "due_key": due_of, "here_path": f"/console/law/countries/{code}", **law_tools(),
    }  # fmt: skip
    return look.draw(request, "console/law_country.html", context)


def _asked(sample: Sample) -> dict[str, Any]:
    locale = look.locale()
    currencies = {law.currency for law in tax.law().values()} | {one.currency for one in markets.markets()}
    return {
        "sample": sample, "currencies": sorted(currencies), "ways": regimes.WAYS,
        "origins": regimes.places(regimes.every_country(), locale),
    }  # fmt: skip


def _sample(request: HttpRequest, origin: str) -> Sample:
    """Read the parcel of an address; what cannot be read is the sample's: 100 in the store's currency, by courier, today."""
    asked = request.GET
    base = organisation.store().base_currency
    known = {law.currency for law in tax.law().values()} | {one.currency for one in markets.markets()}
    currency = asked.get("currency", base)
    currency = currency if currency in known else base
    try:
        value = asked.get("value", "100").strip()[:16]
        minor = Money.parse(value, currency).minor
        good = 0 < minor < _MOST
    except (EntrepotError, ArithmeticError, ValueError):
        good = False
    value, minor = (value, minor) if good else ("100", Money.parse("100", currency).minor)
    try:
        code = hs_code(asked.get("hs", _SAMPLE))
    except InvalidInput:
        code = _SAMPLE
    made = asked.get("origin", origin).upper()
    made = made if made in regimes.every_country() else origin
    way = asked.get("way", "")
    seller = asked.get("seller", "own")
    return Sample(
        value, minor, currency, code, made, way if way in regimes.WAYS else next(iter(regimes.WAYS)),
        seller if seller in ("own", "all", "none") else "own", day_of(asked.get("on", "")),
    )  # fmt: skip


def _due(sample: Sample, country: str, entity_id: str) -> Due:
    try:
        cost = calculate(sample.question(country, entity_id), rates_on=clock.today()).cost
    except EntrepotError as fault:
        missing = fault.code == "NOT_REGISTERED"
        return Due(country, "not_sold" if missing else "not_covered", None, words.say(fault))
    return Due(country, due_of(cost), cost)


def _steps(sample: Sample, country: str, entity_id: str) -> tuple[Step, ...]:
    try:
        return steps(calculate(sample.question(country, entity_id), rates_on=clock.today()))
    except EntrepotError:
        return ()


@cache
def _world() -> dict[str, Any]:
    """The paths of the world by country (two letters; shapes of nobody's law keep their number), drawn once per process."""
    found = json.loads(_WORLD.read_text("utf-8"))
    names = get_global("territory_aliases")

    def letters(number: str) -> str:
        known = names.get(number) or [number]
        return known[0]

    known = destinations()
    return {
        "width": found["width"], "height": found["height"], "source": found["source"],
        "countries": {letters(number): path for number, path in found["countries"].items()},
        "dots": {code: at for number, at in found["dots"].items() if (code := letters(number)) in known},
    }  # fmt: skip
