"""What would be different: the same consignment a cent beyond each limit, and under another seller, buyer, way or day.

Limits are met by asking the engines on both sides of every amount the law names; where nothing differs, nothing is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from entrepot.flows.price.calculate import Answer, Question, calculate
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.money import restate, split
from entrepot.kernel.trade import Consignment

_MOST_STEPS = 4


class Step(msgspec.Struct, frozen=True):
    """A value of the goods at which another rule begins: the landed cost up to it, and a coin above it.

    `at_minor` is the highest value under the first. `above` is None where goods of more cannot be sold there so.
    """

    at_minor: int
    below: LandedCost | None
    above: LandedCost | None


class Otherwise(msgspec.Struct, frozen=True):
    """The same goods with one thing changed (`changed`: registered, customer, mode or day): its total, or why there is none."""

    changed: str
    question: Question
    cost: LandedCost | None
    fault: EntrepotError | None = None


def steps(answer: Answer) -> tuple[Step, ...]:
    """Return the limits of value near an answer's goods, the nearest four, by value; freight and mix of goods stay."""
    found = []
    for at in sorted(set(_limits(answer))):
        for edge in (at - 1, at):  # a limit may count itself in or not
            if edge < 1:
                continue
            below, above = _at(answer, edge), _at(answer, edge + 1)
            if _way(below) != _way(above):
                found.append(Step(edge, below, above))
                break
    here = answer.cost.goods_minor
    nearest = sorted(found, key=lambda step: abs(step.at_minor - here))[:_MOST_STEPS]
    return tuple(sorted(nearest, key=lambda step: step.at_minor))


def otherwise(answer: Answer, *, rates_on: dt.date) -> tuple[Otherwise, ...]:
    """Return the answer with one thing changed at a time, where that changes the total or the way it is charged."""
    asked = answer.question
    other = msgspec.structs.replace
    changes = [
        ("registered", other(asked, registered="none" if asked.registered != "none" else "all")),
        ("customer", other(asked, customer="business" if asked.customer == "consumer" else "consumer")),
        ("mode", other(asked, mode="post" if asked.mode != "post" else "courier")),
    ]
    if answer.cost.next_boundary is not None:
        changes.append(("day", other(asked, on=answer.cost.next_boundary)))
    found = []
    for changed, question in changes:
        try:
            cost = calculate(question, rates_on=rates_on).cost
        except EntrepotError as fault:
            found.append(Otherwise(changed, question, None, fault))
            continue
        if (cost.total_minor, _way(cost)) != (answer.cost.total_minor, _way(answer.cost)):
            found.append(Otherwise(changed, question, cost))
    return tuple(found)


def _limits(answer: Answer) -> Iterator[int]:
    """Every amount of value that a rule in force names, in the consignment's currency."""
    currency, carriage = answer.consignment.currency, answer.consignment.freight_minor
    units = answer.consignment.lines[0].quantity if len(answer.consignment.lines) == 1 else 1
    named: list[tuple[int | None, str, str, bool]]
    named = [(one.limit_minor, one.currency, one.basis, one.limit_per == "item") for one in answer.tax.schemes]
    named += [(one.limit_minor, one.currency, one.basis, False) for one in answer.customs.treatments]
    named += [(one.limit_minor, one.currency, one.basis, False) for one in answer.customs.entries]
    named += [(one.limit_minor, one.limit_currency, one.basis, False) for one in answer.customs.fees]
    for rate in answer.tax.rates.values():
        named.append((rate.exempt_below_minor or None, rate.exempt_currency, "intrinsic", True))
    for limit, of, basis, by_unit in named:
        if limit is None:
            continue
        try:
            amount = restate(limit, of or currency, currency, answer.rates, "down")
        except EntrepotError:
            continue
        amount = amount * units if by_unit else amount
        yield amount - carriage if basis == "cif" else amount


def _at(answer: Answer, value: int) -> LandedCost | None:
    """The answer's consignment with goods of another value, shared as they are."""
    try:
        return landed_cost(
            _worth(answer.consignment, value), answer.customs, answer.tax, answer.question.on, fx=answer.rates
        )
    except EntrepotError:
        return None


def _worth(consignment: Consignment, value: int) -> Consignment:
    shares = split(value, [line.goods_minor or 1 for line in consignment.lines])
    lines = (msgspec.structs.replace(line, goods_minor=s) for line, s in zip(consignment.lines, shares, strict=True))
    return msgspec.structs.replace(consignment, lines=tuple(lines))


def _way(cost: LandedCost | None) -> tuple[object, ...]:
    """How a consignment is charged, whatever the amounts."""
    if cost is None:
        return ()
    rules = {(c.kind, c.rule.table, c.rule.key, c.reason) for c in cost.charges if c.kind not in ("goods", "freight")}
    return (cost.tax_scheme, cost.treatment, cost.entry, frozenset(rules))
