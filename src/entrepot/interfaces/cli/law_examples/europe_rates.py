"""Rates by state and kind of goods, in the European Union and elsewhere; the Union's return dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.markets.engine.calendar import rate_day
from entrepot.domains.tax.engine.returns import due_date
from entrepot.domains.tax.types import TaxRules
from entrepot.interfaces.cli.law_examples import shapes, world
from entrepot.interfaces.cli.law_examples.europe import is_state, is_union
from entrepot.interfaces.cli.law_examples.frame import Example, Skip, day, major, minor, topic
from entrepot.interfaces.cli.law_examples.world import Shipment


def _has_rates(jurisdiction: str) -> bool:
    return is_state(jurisdiction) or world.is_place(jurisdiction)


def _vat(net: Decimal, state: str, on: dt.date, category: str) -> str:
    """The tax on a sale at home, in major units."""
    money = world.currency_of(state)
    shipment = Shipment(state, money, on, (minor(net, money),), dispatch=state, category=category)
    rates = world.tax_rules(shipment).rates
    known = category if category in rates else _WIDER.get(category, category)
    return major(world.answer(msgspec.structs.replace(shipment, category=known)).taxed(), money)


# What an article's words say of its tax category, the first that fits; a state that lacks it is asked for the wider one.
_CATEGORIES = {
    "children_car_seats": r"car seat",
    "children_clothing": r"(child|baby|kids|infant).*(cloth|shirt|shoe|dress|trouser|coat|jacket)"
    r"|(cloth|shirt|shoe|dress|trouser|coat|jacket).*(child|baby|kids|infant)",
    "books": r"\bbooks?\b|e-book|novel|dictionary",
    "food_basic_listed": r"milk|yogh?urt|butter|\beggs?\b|vegetable|potato|fruit|apple|\brice\b|flour|pasta|bread|\bsalt\b",
    "food_basic": r"food|groceries|cheese|meat|sugar",
    "medical_devices_disabled": r"wheelchair|disabled|hearing aid",
}
_WIDER = {"food_basic_listed": "food_basic"}


def _category(item: str) -> str:
    found = next((name for name, words in _CATEGORIES.items() if re.search(words, item.casefold())), None)
    if found is None:
        raise Skip(f"the tax category of “{item}” is not known")
    return found


def _rate_of(rules: TaxRules, category: str) -> int:
    return shapes.rate(rules, category if category in rules.rates else _WIDER.get(category, category)).rate_ppm


@topic("category_rate", region="eu", covers=is_union, keys="currency item net states")
def category_rate(example: Example) -> Mapping[str, Any]:
    """The rate of an article in several states."""
    category, states = _category(str(example.input["item"])), example.input["states"]
    missing = [state for state in states if not _has_rates(state)]
    if missing:
        raise Skip(f"no rates for {', '.join(missing)}")
    rules = [shapes.tax_rules(state, example.on) for state in states]
    return {
        "rate": [str(Decimal(_rate_of(r, category)) / 10_000) for r in rules],
        "vat": [_vat(Decimal(str(example.input["net"])), state, example.on, category) for state in states],
    }


@topic("dated_category_rate", region="eu", covers=_has_rates, keys="currency item net supply_dates dates")
def dated_category_rate(example: Example) -> Mapping[str, Any]:
    """The rate of an article on each date."""
    given = example.input
    category, net = _category(str(given["item"])), Decimal(str(given["net"]))
    dates = given.get("supply_dates") or given["dates"]
    return {"vat": [_vat(net, example.jurisdiction, day(d), category) for d in dates]}


@topic("oss_exchange_rate", region="eu", covers=is_union, keys="period_ends")
def oss_exchange_rate(example: Example) -> Mapping[str, Any]:
    """The day whose rate a return uses."""
    return {"ecb_rate_date": [rate_day(day(d)).isoformat() for d in example.input["period_ends"]]}


@topic("oss_due_date", region="eu", covers=is_union, keys="scheme period")
def oss_due_date(example: Example) -> Mapping[str, Any]:
    """When a return is due."""
    periods = example.input["period"]
    listed = periods if isinstance(periods, list) else [periods]
    found = [due_date(str(period)).isoformat() for period in listed]
    return {"due": found if isinstance(periods, list) else found[0]}
