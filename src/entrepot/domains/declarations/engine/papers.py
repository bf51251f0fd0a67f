"""Which papers a parcel needs, from rows of data (`refdata/papers.yaml`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from entrepot.kernel.errors import N_

NAMES = {
    "packing_list": N_("Packing list"),
    "commercial_invoice": N_("Commercial invoice"),
    "cn22": N_("CN 22 customs declaration"),
    "cn23": N_("CN 23 customs declaration"),
    "label": N_("Label"),
    "proof": N_("Proof of delivery"),
}
"""What papers are called in the console."""


class Limits(msgspec.Struct, frozen=True):
    """Limits of a row; None: no limit. `sdr` are whole special drawing rights."""

    sdr: int | None = None
    mass_g: int | None = None
    lines: int | None = None


class PaperRule(msgspec.Struct, frozen=True):
    """A row: with which parcels a paper goes. Empty tuples: with all."""

    paper: str
    border: str
    source: str
    confidence: str
    carriers: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    within: Limits | None = None
    beyond: Limits | None = None
    start: dt.date | None = None
    end: dt.date | None = None


class ParcelFacts(msgspec.Struct, frozen=True):
    """What decides: `value_sdr_cents` is the declared goods value in hundredths of an SDR, None when no rate is known."""

    crosses_border: bool
    carrier_kind: str
    destination: str
    gross_mass_g: int
    lines: int
    value_sdr_cents: int | None


def needed(facts: ParcelFacts, rules: Iterable[PaperRule], *, on: dt.date) -> tuple[str, ...]:
    """Return the papers of a parcel, in the order of the rules, each once."""
    return tuple(dict.fromkeys(rule.paper for rule in rules if _applies(rule, facts, on)))


def _applies(rule: PaperRule, facts: ParcelFacts, on: dt.date) -> bool:
    if (rule.start and on < rule.start) or (rule.end and on >= rule.end):
        return False
    if rule.border == "crossed" and not facts.crosses_border:
        return False
    if rule.carriers and facts.carrier_kind not in rule.carriers:
        return False
    if rule.destinations and facts.destination not in rule.destinations:
        return False
    if rule.within and _beyond(rule.within, facts):
        return False
    return not rule.beyond or _beyond(rule.beyond, facts)


def _beyond(limits: Limits, facts: ParcelFacts) -> bool:
    """Say whether any limit is passed. A value nobody can tell counts as passing: the fuller form is never wrong."""
    value = facts.value_sdr_cents
    return (
        (limits.sdr is not None and (value is None or value > limits.sdr * 100))
        or (limits.mass_g is not None and facts.gross_mass_g > limits.mass_g)
        or (limits.lines is not None and facts.lines > limits.lines)
    )
