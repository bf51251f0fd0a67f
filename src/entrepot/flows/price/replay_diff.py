"""Why a quote costs another amount by other rules: each difference by the rule row that was replaced and the one in its place.

Pure. The rows of both cascades are paired by what they are charged on; what a pair differs by has one cause, and where a rate
and its base both moved, two: what the base brought (`follows`) and what the rate brought. Every amount of either side is counted
once, so the causes of a consignment sum exactly to the difference of its totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from entrepot.domains.customs.engine.words import ADDED_DUTY
from entrepot.flows.price.landed_cost import LandedCost
from entrepot.flows.price.replay import stands
from entrepot.kernel.errors import N_
from entrepot.kernel.money import apply_rate
from entrepot.kernel.quote import QuotedConsignment
from entrepot.kernel.trade import Charge, RuleRef

CauseKind = Literal["rate", "scheme", "treatment", "limit", "fee", "tariff", "follows", "stored", "not_coverable"]

CAUSES: dict[CauseKind, str] = {
    "rate": N_("a rate of tax changed"),
    "scheme": N_("another tax scheme applies"),
    "treatment": N_("another treatment at the border applies"),
    "limit": N_("a limit moved"),
    "fee": N_("a border fee changed"),
    "tariff": N_("the tariff changed"),
    "follows": N_("the same rule on a changed base"),
    "stored": N_("the same rule comes to another amount than was stored"),
    "not_coverable": N_("these rules cannot be applied to it"),
}

Known = Mapping[tuple[str, str], RuleRef]


class Cause(msgspec.Struct, frozen=True):
    """What a difference comes from. `charge` is the kind of row (duty, fee, tax, …); a rule is None where there was none."""

    kind: CauseKind
    charge: str
    before: RuleRef | None
    after: RuleRef | None


class _Side(msgspec.Struct, frozen=True):
    """A cascade with the rows of its tax schemes: of each line, and ("") of the consignment."""

    charges: Sequence[Charge]
    schemes: dict[str, RuleRef]


def shifts(
    stored: QuotedConsignment, rules: Sequence[RuleRef], anew: LandedCost, known: Known
) -> list[tuple[Cause, int]]:
    """Return the causes for which a consignment costs another amount, with the amount of each in minor units.

    A scheme that changed without changing the amount (another collects it) is told with 0.

    Args:
        rules: the rule rows that the quote stored. anew: the consignment by other rules.
        known: the rows of these rules' schemes and treatments by (table, key).
    """
    old = _Side(stored.charges, _schemes_stored(stored, rules))
    new = _Side(anew.charges, _schemes_anew(anew))
    found: dict[Cause, int] = {}
    pairs, gone, come = _paired(old.charges, new.charges)
    for before, after in pairs:
        for cause, amount in _of_pair(before, after, old, new, known):
            found[cause] = found.get(cause, 0) + amount
    for cause, amount in _of_rest(gone, come, old, new, known):
        found[cause] = found.get(cause, 0) + amount
    for cause in [one for one in found if one.kind == "stored"]:
        # A coin that a total, rounded as one, gave to another of its parts because the base of a third moved.
        whole = Cause("follows", cause.charge, cause.before, cause.after)
        if whole in found:
            found[whole] += found.pop(cause)
    return [(cause, amount) for cause, amount in found.items() if amount or cause.kind in ("scheme", "limit")]


def _paired(
    old: Iterable[Charge], new: Iterable[Charge]
) -> tuple[list[tuple[Charge, Charge]], list[Charge], list[Charge]]:
    """Pair rows of the same line, table and key; return the pairs and what is left on either side."""
    waiting: dict[tuple[str, str, str, str], list[Charge]] = {}
    for charge in old:
        waiting.setdefault((charge.kind, charge.line, charge.rule.table, charge.rule.key), []).append(charge)
    pairs, come = [], []
    for charge in new:
        same = waiting.get((charge.kind, charge.line, charge.rule.table, charge.rule.key))
        if same:
            pairs.append((same.pop(0), charge))
        else:
            come.append(charge)
    return pairs, [charge for left in waiting.values() for charge in left], come


def _of_pair(before: Charge, after: Charge, old: _Side, new: _Side, known: Known) -> Iterable[tuple[Cause, int]]:
    amount = after.amount_minor - before.amount_minor
    handed_over = before.kind == "tax" and before.collector != after.collector
    if not amount and not handed_over:
        return
    same_sum = before.rule == after.rule or before.rate_ppm == after.rate_ppm
    if handed_over or not (same_sum or before.rate_ppm):
        yield _cause(before, after, old, new, known), amount
        return
    # A flat row's base is its own amount.
    moved = bool(before.rate_ppm) and after.base_minor != before.base_minor
    by_base = amount if moved else 0
    if moved and not same_sum:
        was, now = (apply_rate(base, before.rate_ppm) for base in (before.base_minor, after.base_minor))
        by_base = 0 if stands(before) else now - was
    if by_base:
        yield Cause("follows", after.kind, before.rule, after.rule), by_base
    if amount - by_base:
        yield _cause(before, after, old, new, known), amount - by_base


def _of_rest(
    gone: Sequence[Charge], come: Sequence[Charge], old: _Side, new: _Side, known: Known
) -> Iterable[tuple[Cause, int]]:
    """What stood on one side only: each row beside the one of its line on the other side, or the one for all lines."""
    for mine, others, sign in ((gone, come, -1), (come, gone, 1)):
        for charge in mine:
            alike = [other for other in others if other.kind == charge.kind]
            other = next((one for one in alike if one.line == charge.line), next(iter(alike), None))
            before, after = (charge, other) if sign < 0 else (other, charge)
            yield _cause(before, after, old, new, known), sign * charge.amount_minor


def _cause(before: Charge | None, after: Charge | None, old: _Side, new: _Side, known: Known) -> Cause:
    one = after or before
    assert one is not None
    from_rule, to_rule = before.rule if before else None, after.rule if after else None
    if one.kind == "tax":
        was, now = (side.schemes.get(one.line, side.schemes.get("")) for side in (old, new))
        if was is not None and now is not None and (was.table, was.key) != (now.table, now.key):
            return _limit_moved(Cause("scheme", "tax", was, now), known)
        if before is not None and after is not None and "exempt_below_limit" in (before.reason, after.reason):
            return Cause("limit", "tax", from_rule, to_rule)
    if from_rule == to_rule:
        return Cause("stored", one.kind, from_rule, to_rule)
    if one.kind == "duty" and not all(_of_tariff(row) for row in (before, after) if row):
        return _limit_moved(Cause("treatment", "duty", from_rule, to_rule), known)
    kinds: dict[str, CauseKind] = {"tax": "rate", "duty": "tariff", "fee": "fee"}
    return Cause(kinds.get(one.kind, "stored"), one.kind, from_rule, to_rule)


def _limit_moved(cause: Cause, known: Known) -> Cause:
    """The same cause, or the limit as cause where the row that does not fit any more stands, with another limit."""
    before = cause.before
    still = known.get((before.table, before.key)) if before is not None else None
    if before is None or still is None or (cause.after is not None and still.key == cause.after.key):
        return cause
    return Cause("limit", cause.charge, before, still) if still.value != before.value else cause


def _of_tariff(charge: Charge) -> bool:
    rule = charge.rule
    return rule.table.endswith((".tariff", ".preference")) or rule.key == "merchant_duty" or charge.name == ADDED_DUTY


def _schemes_stored(one: QuotedConsignment, rules: Sequence[RuleRef]) -> dict[str, RuleRef]:
    rows = {rule.key: rule for rule in rules if rule.table.startswith("tax.")}
    named = {"": one.tax_scheme or one.scheme} | {line.ref: line.tax_scheme for line in one.lines if line.tax_scheme}
    return {ref: rows[key] for ref, key in named.items() if key in rows}


def _schemes_anew(cost: LandedCost) -> dict[str, RuleRef]:
    rows = {rule.key: rule for rule in cost.rules if rule.table.startswith("tax.")}
    named = {"": cost.tax_scheme} | dict(zip(cost.lines, cost.line_schemes, strict=False))
    return {ref: rows[key] for ref, key in named.items() if key in rows}
