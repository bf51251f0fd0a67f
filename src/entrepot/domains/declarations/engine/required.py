"""What must be known before a label is printed, from rows of data, and what of it is missing, doubtful or useless."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

import msgspec

from entrepot.domains.declarations.types import GoodsData, Problem
from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.trade import hs_code

FIELDS = {
    "hs_code": N_("HS code"),
    "origin": N_("country of origin"),
    "mass_g": N_("net mass"),
    "customs_description": N_("customs description"),
    "material": N_("material (in the customs description)"),
}
"""The fields of goods that borders ask for, with their names for people."""

PROBLEMS = {
    "missing": N_("missing"),
    "assumed": N_("only assumed"),
    "vague": N_("too vague for customs"),
    "short": N_("too short for this country"),
}

WHERE_TO_MEND = N_("Console → Customs data")
WHERE_RECEIVER = N_("the order's page, “Receiver's number”")

RECEIVER = "receiver_id"


class FieldRule(msgspec.Struct, frozen=True):
    """A row of refdata/required_fields.yaml. Empty tuples: everywhere, everybody, all goods."""

    field: str
    source: str
    confidence: str
    digits: int = 0
    destinations: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None


class Wording(msgspec.Struct, frozen=True):
    """The words by which a description is judged: refdata/description_words.yaml; `terms` are whole descriptions that customs
    refuse (refdata/unacceptable_terms.yaml), as `plain` leaves them."""

    small: frozenset[str]
    vague: frozenset[str]
    materials: tuple[str, ...]
    terms: frozenset[str] = frozenset()


class Lane(msgspec.Struct, frozen=True):
    """From where to where, with which kind of carrier."""

    origin: str
    destination: str
    carrier_kind: str


def in_force(rules: Iterable[FieldRule], lane: Lane, *, on: dt.date) -> tuple[FieldRule, ...]:
    """Return the rows that hold on a lane on a day."""
    return tuple(
        rule
        for rule in rules
        if (not rule.start or on >= rule.start)
        and (not rule.end or on < rule.end)
        and lane.destination in (rule.destinations or (lane.destination,))
        and lane.origin in (rule.origins or (lane.origin,))
        and lane.carrier_kind in (rule.carriers or (lane.carrier_kind,))
    )


def problems(goods: Iterable[GoodsData], rules: Sequence[FieldRule], wording: Wording) -> tuple[Problem, ...]:
    """Return every field of goods that stops a label, by SKU in the order of `FIELDS`; each field of a SKU once.

    `rules` are those in force (`in_force`).
    """
    found: dict[tuple[str, str], str] = {}
    for item in sorted(goods, key=lambda g: g.sku):
        asked = [rule for rule in rules if not rule.chapters or item.hs_code[:2] in rule.chapters]
        for field in FIELDS:
            for rule in asked:
                trouble = _trouble(item, rule, wording) if rule.field == field else ""
                if trouble:
                    found.setdefault((item.sku, field), trouble)
    return tuple(Problem(sku=sku, field=field, problem=problem) for (sku, field), problem in found.items())


def _trouble(item: GoodsData, rule: FieldRule, wording: Wording) -> str:
    if rule.field == "material":
        return "" if not item.customs_description or names_material(item.customs_description, wording) else "missing"
    if not getattr(item, rule.field) or (rule.field == "hs_code" and not _is_hs(item.hs_code)):
        return "missing"
    if rule.field in item.assumed:
        return "assumed"
    if rule.field == "hs_code" and len(item.hs_code) < rule.digits:
        return "short"
    if rule.field == "customs_description" and is_vague(item.customs_description, wording):
        return "vague"
    return ""


def needs_receiver(rules: Iterable[FieldRule]) -> bool:
    """Say whether customs ask for a number of the receiver; `rules` are those in force."""
    return any(rule.field == RECEIVER for rule in rules)


def is_vague(description: str, wording: Wording) -> bool:
    """Say whether a description tells customs nothing: a term they refuse, or only words that nobody accepts."""
    if plain(description) in wording.terms:
        return True
    return not any(len(word) > 2 and word not in wording.vague | wording.small for word in _words(description))


def plain(description: str) -> str:
    """Return a description as terms are compared: small letters, words alone, without a plural's s."""
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in _words(description))


def names_material(description: str, wording: Wording) -> bool:
    """Say whether a material stands in a description."""
    return any(word.startswith(wording.materials) for word in _words(description))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _is_hs(value: str) -> bool:
    try:
        return bool(hs_code(value))
    except InvalidInput:
        return False
