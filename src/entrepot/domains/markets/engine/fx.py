"""How one currency becomes another: directly, over a source's base, or over a dated peg; never an older rate than allowed.

Refuses: to mix two sources in one rate; to use a rate past its source's age limit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from entrepot.domains.markets.errors import NoRate, StaleRate
from entrepot.kernel.period import Period
from entrepot.kernel.quote import FxQuote

_PLACES = Decimal("0.0000000001")


class SourceRates(msgspec.Struct, frozen=True):
    """What a source last said on or before a day: currency → (units per one base, date)."""

    code: str
    base: str
    age_limit_days: int
    rates: dict[str, tuple[Decimal, dt.date]]


class Peg(msgspec.Struct, frozen=True):
    """A currency held at a fixed number of units per one unit of its anchor, for a period."""

    currency: str
    anchor: str
    rate: Decimal
    period: Period
    source: str
    confidence: str


class _Leg(msgspec.Struct, frozen=True):
    per_base: Decimal
    date: dt.date | None
    via: str = ""


def pegs_in_force(pegs: Iterable[Peg], on: dt.date) -> dict[str, Peg]:
    """Return the pegs of a day by currency."""
    return {peg.currency: peg for peg in pegs if on in peg.period}


def _leg(currency: str, source: SourceRates, pegs: dict[str, Peg]) -> _Leg | None:
    if currency == source.base:
        return _Leg(Decimal(1), None)
    if currency in source.rates:
        return _Leg(*source.rates[currency])
    peg = pegs.get(currency)
    if peg is None:
        return None
    anchor = _leg(peg.anchor, source, {})
    via = f"{peg.currency} pegged at {peg.rate.normalize():f} per {peg.anchor}"
    return None if anchor is None else _Leg(anchor.per_base * peg.rate, anchor.date, via)


def _by_peg(source: str, target: str, on: dt.date, pegs: dict[str, Peg]) -> FxQuote | None:
    for pegged, anchor, invert in ((target, source, False), (source, target, True)):
        peg = pegs.get(pegged)
        if peg is not None and peg.anchor == anchor:
            rate = (1 / peg.rate if invert else peg.rate).quantize(_PLACES, ROUND_HALF_EVEN)
            until = peg.period.end or on + dt.timedelta(days=366)
            return FxQuote(source, target, rate, f"peg: {peg.source}", on, until)
    return None


def quote(source: str, target: str, on: dt.date, sources: Sequence[SourceRates], pegs: dict[str, Peg]) -> FxQuote:
    """Return the rate from one currency to another for a day.

    Sources are asked in the order given; the first that knows both currencies freshly answers. `date` is the older of
    the two days, `usable_until` the first day on which the rate is too old.

    Raises:
        StaleRate: a source knows both, but its last rate is too old.
        NoRate: none knows both.
    """
    if source == target:
        return FxQuote(source, target, Decimal(1), "same currency", on, on + dt.timedelta(days=366))
    pegged = _by_peg(source, target, on, pegs)
    if pegged is not None:
        return pegged
    stale: tuple[dt.date, SourceRates] | None = None
    for known in sources:
        one, other = _leg(source, known, pegs), _leg(target, known, pegs)
        if one is None or other is None:
            continue
        date = min(day for day in (one.date, other.date) if day is not None)
        until = date + dt.timedelta(days=known.age_limit_days + 1)
        if until <= on:
            stale = max(stale, (date, known), key=lambda s: s[0]) if stale else (date, known)
            continue
        rate = (other.per_base / one.per_base).quantize(_PLACES, ROUND_HALF_EVEN)
        words = "; ".join([known.code, *filter(None, (one.via, other.via))])
        return FxQuote(source, target, rate, words, date, until)
    if stale is not None:
        date, known = stale
        raise StaleRate(source=source, target=target, date=date, limit=known.age_limit_days, origin=known.code)
    raise NoRate(source=source, target=target, on=on)
