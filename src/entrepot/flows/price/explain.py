"""Explain a quote line by line: each figure with its base, its rate, its rounding, its rule, and what it comes to when done anew.

Pure: a frozen quote in, rows out; of the law nothing is asked but how a country rounds. What the engines say by the law of a day may be handed over (`recompute`
returns it) and then stands beside each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from entrepot.flows.price.landed_cost import LandedCost
from entrepot.flows.price.replay import amount_again, held_between, limits_of, rates_of, rounding_of, stands
from entrepot.kernel.errors import N_
from entrepot.kernel.money import PPM, Fx, Rounding
from entrepot.kernel.quote import FrozenQuote, FxQuote
from entrepot.kernel.trade import Charge, RuleRef

How = Literal["given", "flat", "rate", "held", "share"]

ROUNDINGS: dict[How, str] = {
    "given": N_("as agreed, not calculated"),
    "flat": N_("a fixed amount, restated by the stored exchange rate where its currency is another"),
    "rate": N_("base × rate, rounded once to the smallest coin"),
    "held": N_("base × rate, held between the least and the most that the rule names"),
    "share": N_("worked out for several lines together, rounded there, and shared so that the parts sum exactly"),
}


class ExplainedRow(msgspec.Struct, frozen=True):
    """One row of the cascade. Amounts are minor units of the quote's currency.

    `consignment` and `line` are the refs (line "" = the whole consignment, its `sku` and `title` then ""); `name` is a message
    id. `how` names the sum (`ROUNDINGS` says it in words): given, flat, rate, held (between limits) or share (of a total).
    `exact` is base × rate before rounding, None where there is no such product. `least_minor` and `most_minor` are the limits
    of a held row. `stored_minor` is what was charged, `recomputed_minor` what the stored base, rate and rule come to,
    `by_law_minor` what the law handed over comes to, None without one.
    """

    consignment: str
    line: str
    sku: str
    title: str
    kind: str
    name: str
    how: How
    base_minor: int
    rate_ppm: int
    exact: Decimal | None
    least_minor: int | None
    most_minor: int | None
    rule: RuleRef
    reason: str
    collector: str
    stored_minor: int
    recomputed_minor: int
    by_law_minor: int | None = None

    @property
    def rounding(self) -> str:
        """The rounding in words, as a message id."""
        return ROUNDINGS[self.how]

    @property
    def follows(self) -> bool:
        """Whether what was charged is what the row comes to."""
        return self.stored_minor == self.recomputed_minor and self.by_law_minor in (None, self.stored_minor)


class ExplainedSum(msgspec.Struct, frozen=True):
    """A sum of rows: of one kind within a consignment, of a consignment ("total"), or (ref "") of the whole quote."""

    consignment: str
    kind: str
    stored_minor: int
    recomputed_minor: int


class Explanation(msgspec.Struct, frozen=True):
    """A quote taken apart: `rows` in the order of the cascade, consignment by consignment, then `sums`.

    `fx` are the exchange rates it used, `rules` every rule row once. `follows` says that every figure comes out anew.
    """

    quote_id: str
    currency: str
    rows: tuple[ExplainedRow, ...]
    sums: tuple[ExplainedSum, ...]
    fx: tuple[FxQuote, ...]
    rules: tuple[RuleRef, ...]

    @property
    def follows(self) -> bool:
        """Whether every row and every sum comes out anew as it was charged."""
        return all(row.follows for row in self.rows) and all(s.stored_minor == s.recomputed_minor for s in self.sums)


def explain(quote: FrozenQuote, anew: Sequence[LandedCost] = ()) -> Explanation:
    """Return a quote's figures row by row, each with base, rate, rounding, rule and what it comes to when done anew.

    Args:
        anew: the same consignments by the law of some day, as `replay.recompute` returns them; () leaves that column out.
    """
    fx = rates_of(quote)
    by_law = {cost.ref: cost.charges for cost in anew}
    rows: list[ExplainedRow] = []
    sums: list[ExplainedSum] = []
    for one in quote.consignments:
        named = {line.ref: (line.sku, line.title) for line in one.lines}
        anew_here = by_law.get(one.ref)
        mine = explain_charges(one.charges, one.ref, quote.currency, fx, named, anew_here, rounding_of(quote.country))
        rows += mine
        sums += _sums(
            one.ref, mine, _stored(one.goods_minor, one.freight_minor, one.duty_minor, one.fee_minor, one.tax_minor)
        )
        sums.append(ExplainedSum(one.ref, "total", one.total_minor, sum(row.recomputed_minor for row in mine)))
    sums.append(ExplainedSum("", "total", quote.total_minor, sum(row.recomputed_minor for row in rows)))
    return Explanation(quote.id, quote.currency, tuple(rows), tuple(sums), quote.fx, quote.rules)


def explain_charges(
    charges: Sequence[Charge], ref: str, currency: str, fx: Fx, named: Mapping[str, tuple[str, str]] | None = None,
    by_law: Sequence[Charge] | None = None, rounding: Rounding = "half_up",
) -> list[ExplainedRow]:  # fmt: skip
    """Return the rows of one consignment's cascade (a quote's, or a `LandedCost`'s own).

    Args:
        ref: of the consignment. named: (sku, title) by line ref. by_law: the same cascade by the law of some day.
        rounding: of the destination's taxes (`replay.rounding_of`).
    """
    waiting: dict[tuple[str, ...], list[int]] = {}
    for charge in by_law or ():
        waiting.setdefault(_slot(charge), []).append(charge.amount_minor)
    rows = []
    for charge in charges:
        sku, title = (named or {}).get(charge.line, ("", ""))
        how = how_of(charge)
        limits = limits_of(charge, currency, fx) if how == "held" else None
        product = how in ("rate", "held")
        law = None
        if by_law is not None:
            found = waiting.get(_slot(charge))
            law = found.pop(0) if found else 0
        rows.append(
            ExplainedRow(
                consignment=ref, line=charge.line, sku=sku, title=title, kind=charge.kind, name=charge.name, how=how,
                base_minor=charge.base_minor, rate_ppm=charge.rate_ppm,
                exact=Decimal(charge.base_minor) * charge.rate_ppm / PPM if product else None,
                least_minor=limits[0] if limits else None, most_minor=limits[1] if limits else None,
                rule=charge.rule, reason=charge.reason, collector=charge.collector, stored_minor=charge.amount_minor,
                recomputed_minor=amount_again(charge, currency, fx, rounding), by_law_minor=law,
            )
        )  # fmt: skip
    return rows


def how_of(charge: Charge) -> How:
    """Return how a row's amount comes about: given, flat, rate, held between limits, or a share of a total."""
    if charge.kind in ("goods", "freight", "insurance"):
        return "given"
    if charge.rate_ppm and stands(charge):
        return "share"
    if stands(charge):
        return "flat"
    return "held" if held_between(charge) else "rate"


def _slot(charge: Charge) -> tuple[str, ...]:
    return (charge.kind, charge.line, charge.rule.table, charge.rule.key, charge.name)


def _stored(goods: int, freight: int, duty: int, fee: int, tax: int) -> dict[str, int]:
    return {"goods": goods, "freight": freight, "duty": duty, "fee": fee, "tax": tax}


def _sums(ref: str, rows: Sequence[ExplainedRow], stored: Mapping[str, int]) -> list[ExplainedSum]:
    found = dict.fromkeys(stored, 0)
    for row in rows:
        found["freight" if row.kind == "insurance" else row.kind] += row.recomputed_minor
    return [ExplainedSum(ref, kind, stored[kind], amount) for kind, amount in found.items()]
