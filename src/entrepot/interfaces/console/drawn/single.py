"""Bulk writes asked for one row: what a form needs is the same service with plain arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import available_timezones

from entrepot.domains.inventory import services as inventory
from entrepot.domains.logistics import services as logistics
from entrepot.domains.markets import queries as market_queries
from entrepot.domains.markets import services as markets
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput


def _as(service: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function as a call of a service: whoever may do that may do this."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.permission = service.permission  # type: ignore[attr-defined]
        return function

    return mark


@_as(markets.load_fx_rates)
def set_rate(*, actor: Actor, source: str, currency: str, rate: Decimal, date: dt.date) -> None:
    """Set one exchange rate by hand: units of a currency per one of the source's base, from a day on."""
    base = next((s.base for s in market_queries.fx_sources() if s.code == source), "")
    markets.load_fx_rates(actor=actor, source=source, rows=[(date, currency.upper(), rate)], base=base)


@_as(inventory.set_up_warehouse)
def set_up_warehouse(
    *,
    actor: Actor,
    entity_id: str,
    code: str,
    name: str,
    kind: Literal["domestic", "bonded", "overseas", "third_party"],
    country: str,
    city: str,
    line1: str,
    postcode: str,
    time_zone: str,
    cutoff: str = "15:00",
) -> None:
    """Set up a warehouse, or change the one of that code."""
    if time_zone not in available_timezones():
        raise InvalidInput(field="time_zone", value=time_zone, rule="There is no such time zone.")
    hours, _, minutes = cutoff.partition(":")
    if not (len(cutoff) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        raise InvalidInput(field="cutoff", value=cutoff, rule="A time of day is written 15:00.")
    if len(country) != 2 or not country.isalpha():
        raise InvalidInput(field="country", value=country, rule="A country is two capital letters, e.g. DE.")
    inventory.set_up_warehouse(
        actor=actor, code=code.upper(), entity_id=entity_id, name=name, kind=kind, country=country.upper(), city=city,
        time_zone=time_zone, cutoff=cutoff, address={"line1": line1, "city": city, "postcode": postcode},
    )  # fmt: skip


@_as(logistics.set_up_lanes)
def set_up_lane(
    *,
    actor: Actor,
    origin_country: str,
    destination_country: str,
    carrier: str,
    service: str,
    name: str,
    grade: Literal["economy", "standard", "express"],
    incoterm: Literal["DDP", "DAP"],
    currency: str,
    steps: Sequence[str],
    transit_min_days: int,
    transit_max_days: int,
    start: dt.date,
    source: str,
    handling_days: int = 1,
    customs_days: int = 0,
    volumetric_divisor: int = 5000,
    mode: str = "courier",
) -> None:
    """Set up a rate card of a service from a country to a country, or change the one that starts on that day."""
    try:
        pairs = [[int(part) for part in step.split(":")] for step in steps]
        pairs = sorted([grams, amount] for grams, amount in pairs)
    except ValueError as fault:
        rule = "Write a step per line: grams:amount in the smallest unit, e.g. 500:690."
        raise InvalidInput(field="steps", value=" ".join(steps)[:80], rule=rule) from fault
    if transit_max_days < transit_min_days:
        rule = "The longest time is not shorter than the shortest."
        raise InvalidInput(field="transit_max_days", value=transit_max_days, rule=rule)
    row = {
        "origin_country": origin_country.upper(), "destination_country": destination_country.upper(), "carrier": carrier,
        "service": service, "name": name, "grade": grade, "incoterm": incoterm, "currency": currency.upper(),
        "steps": pairs, "max_mass_g": pairs[-1][0], "transit_min_days": transit_min_days,
        "transit_max_days": transit_max_days, "start": start, "end": None, "source": source,
        "handling_days": handling_days, "customs_days": customs_days, "volumetric_divisor": volumetric_divisor,
        "mode": mode,
    }  # fmt: skip
    logistics.set_up_lanes(actor=actor, rows=[row])
