"""Kingdoms of the Gulf that we cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from entrepot.domains.tax.queries import covered_countries
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.interfaces.cli.law_examples import shapes
from entrepot.interfaces.cli.law_examples.frame import Example, day, major, minor, percent_ppm, topic


def _covered(jurisdiction: str) -> bool:
    return jurisdiction in ("SA", "AE") and jurisdiction in covered_countries()


def _cost(example: Example, goods: int, freight: int, on: dt.date) -> LandedCost:
    given, to = example.input, example.jurisdiction
    rules = shapes.tax_rules(to, on, standard_ppm=percent_ppm(given["vat_rate"]) if "vat_rate" in given else None)
    lines = shapes.lines([goods])
    duty = percent_ppm(given["duty_rate"]) if "duty_rate" in given else None
    parcel = shapes.parcel(
        lines, to=to, currency=given.get("currency", "SAR"), freight=freight,
        customer="consumer" if given.get("personal", True) else "business",
    )  # fmt: skip
    return landed_cost(parcel, shapes.customs_rules(to, on, lines, duty_ppm=duty), rules, on)


@topic(
    "low_value_threshold",
    region="gulf",
    covers=_covered,
    keys="currency value_incl_freight cif goods freight personal duty_rate vat_rate date dates values origin",
)
def low_value_threshold(example: Example) -> Mapping[str, Any]:
    """Duty relief up to a value with freight; VAT on everything. Lists give one answer per value or per date."""
    given = example.input
    if "values" in given or "dates" in given:
        values = given.get("values") or [given.get("value_incl_freight") or given.get("cif")] * len(given["dates"])
        dates = [day(d) for d in given.get("dates", [example.on] * len(values))]
        costs = [_cost(example, minor(value), 0, on) for value, on in zip(values, dates, strict=True)]
        return {
            "duty": [major(cost.duty_minor) for cost in costs],
            "vat": [major(cost.tax_minor) for cost in costs],
            "total": [major(cost.total_minor) for cost in costs],
        }
    goods = minor(given.get("value_incl_freight") or given.get("cif") or given["goods"])
    cost = _cost(example, goods, minor(given.get("freight", "0")), example.on)
    return {"duty": major(cost.duty_minor), "vat": major(cost.tax_minor), "total": major(cost.total_minor)}
