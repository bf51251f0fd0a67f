"""The long way of a tax: several taxes in order, a rate inside the price, an uplift of the base, rounding once on the total,
bases and amounts in whole steps. The story with worked numbers is docs/algorithms/tax.md.

A line's base takes in its share of the freight, for such laws round the whole of it; afterwards what falls on freight is shown
apart, so that a line can be returned by itself. An amount that is not simply base × rate says so (`rounded_on_total`).
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.tax.types import FurtherTax, TaxAssessment, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.money import PPM, Rounding, apply_rate, coin_of, divide, split, split_coins
from entrepot.kernel.trade import Charge, Consignment, RuleRef

TOGETHER, INSIDE = "rounded_on_total", "inside_the_price"


def in_steps(amount: int, step: int, rounding: Rounding) -> int:
    """Return an amount in whole steps, e.g. 17_640 in steps of 100 down as 17_600; a step of 0 changes nothing."""
    return divide(amount, step, rounding) * step if step else amount


def taxed_at(base: int, rate: TaxRate, rounding: Rounding = "half_up") -> int:
    """Return the tax on a base that does not hold it yet, rounded once: a rate of it, or what makes the rate inside the price."""
    if rate.inside:
        return divide(base * rate.rate_ppm, PPM - rate.rate_ppm, rounding)
    return apply_rate(base, rate.rate_ppm, rounding)


def _main(
    bases: Sequence[int], rates: Sequence[TaxRate], scheme: TaxScheme, rounding: Rounding, step: int, coin: int
) -> list[int]:
    """The main tax of each line; rounded by line, or once per rate and then shared by base."""
    first = rates[0]
    if scheme.level == "line":
        amounts = [taxed_at(base, rate, rounding) for base, rate in zip(bases, rates, strict=True)]
    elif all(rate is first for rate in rates):
        total = in_steps(taxed_at(sum(bases), first, rounding), step, scheme.step_rounding)
        return list(split_coins(total, bases, coin))
    else:
        amounts = [0] * len(bases)
        for rate in {id(rate): rate for rate in rates}.values():
            mine = [n for n, one in enumerate(rates) if one is rate]
            weights = [bases[n] for n in mine]
            for n, share in zip(mine, split(taxed_at(sum(weights), rate, rounding), weights), strict=True):
                amounts[n] = share
    return list(split_coins(in_steps(sum(amounts), step, scheme.step_rounding), amounts, coin)) if step else amounts


def _beside(
    further: FurtherTax, bases: Sequence[int], main: Sequence[int], scheme: TaxScheme, rounding: Rounding, step: int,
    coin: int,
) -> list[int]:  # fmt: skip
    """A further tax of each line: a rate of the base, or a share of the main tax."""
    over, under = further.share
    whole = list(main) if over else list(bases)
    top, bottom = (over, under) if over else (further.rate_ppm, PPM)
    if over or scheme.level == "total":
        total = divide(sum(whole) * top, bottom, "down" if over else rounding)
        return list(split_coins(in_steps(total, step, scheme.step_rounding), whole, coin))
    amounts = [divide(base * top, bottom, rounding) for base in whole]
    return list(split_coins(in_steps(sum(amounts), step, scheme.step_rounding), amounts, coin)) if step else amounts


def _in_whole_steps(bases: list[int], consignment: Consignment, step: int) -> list[int]:
    """Bases cut down to whole steps per tariff line (lines of one HS code and origin), then shared by base."""
    if not step:
        return bases
    groups: dict[tuple[str, str], list[int]] = {}
    for n, line in enumerate(consignment.lines):
        groups.setdefault((line.hs_code, line.origin), []).append(n)
    for mine in groups.values():
        weights = [bases[n] for n in mine]
        for n, share in zip(mine, split(in_steps(sum(weights), step, "down"), weights), strict=True):
            bases[n] = share
    return bases


class _Rows:
    """Collects what each line and the freight come to, with a row for each."""

    def __init__(
        self, consignment: Consignment, scheme: TaxScheme, carriage: Sequence[int], own: Sequence[int]
    ) -> None:
        self.consignment, self.scheme, self.carriage, self.own = consignment, scheme, carriage, own
        self.unlike, self.coin = TOGETHER, 1
        self.line_tax = [0] * len(own)
        self.freight_tax = 0
        self.charges: list[Charge] = []

    def _row(self, name: str, ref: str, amount: int, base: int, ppm: int, rule: RuleRef, zero: str) -> None:
        reason = self.unlike if not ppm or amount != apply_rate(base, ppm) else ""
        if not amount:
            reason = zero
        self.charges.append(Charge("tax", name, ref, amount, rule, base, ppm, reason, self.scheme.collector))

    def add(self, name: str, amounts: Sequence[int], kinds: Sequence[tuple[int, RuleRef, str]]) -> None:
        """Put a tax of each line into rows; `kinds` is its (rate, rule, reason of a zero)."""
        apart: dict[int, list[int]] = {}
        for n, line in enumerate(self.consignment.lines):
            amount, (ppm, rule, zero) = amounts[n], kinds[n]
            freight = split_coins(amount, (self.own[n], self.carriage[n]), self.coin)[1] if self.carriage[n] else 0
            self.line_tax[n] += amount - freight
            self._row(name, line.ref, amount - freight, self.own[n], ppm, rule, zero)
            if self.carriage[n]:
                found = apart.setdefault(ppm, [0, 0, n])
                found[0] += freight
                found[1] += self.carriage[n]
        for ppm, (freight, base, n) in apart.items():
            self.freight_tax += freight
            self._row(name, "", freight, base, ppm, kinds[n][1], kinds[n][2])


def assess(
    consignment: Consignment, scheme: TaxScheme, rules: TaxRules, rates: Sequence[TaxRate], duty: Sequence[int],
    fee: Sequence[int],
) -> TaxAssessment:  # fmt: skip
    """Return the tax of a consignment under a scheme, per line and on its freight.

    Args:
        rates: of each line, after exemptions. duty, fee: minor units per line that count towards the base.
    """
    lines, rounding = consignment.lines, rules.rounding
    goods = [line.goods_minor for line in lines]
    whole = consignment.freight_minor + consignment.insurance_minor
    carriage: Sequence[int] = split(whole, goods) if whole and scheme.on_freight else [0] * len(lines)
    own = [
        amount + apply_rate(amount, scheme.uplift_ppm) + (duty[n] if scheme.on_duty else 0)
        + (fee[n] if scheme.on_fee else 0)
        for n, amount in enumerate(goods)
    ]  # fmt: skip
    in_own = consignment.currency == scheme.home
    base_step, step = (scheme.base_step_minor, scheme.amount_step_minor) if in_own else (0, 0)
    bases = _in_whole_steps([own[n] + carriage[n] for n in range(len(lines))], consignment, base_step)
    rows = _Rows(consignment, scheme, carriage, own)
    coin = rows.coin = coin_of(step, consignment.currency)
    main = _main(bases, rates, scheme, rounding, step, coin)
    names = [rate.name or scheme.name for rate in rates]
    kinds = [(rate.rate_ppm, rate.rule, rate.reason or "rounds_to_zero") for rate in rates]
    rows.unlike = INSIDE if any(rate.inside for rate in rates) else TOGETHER
    rows.add(names[0], main, kinds)
    rows.unlike = TOGETHER
    for position, further in enumerate(next((rate.further for rate in rates if rate.further), ())):
        mine = [n for n, rate in enumerate(rates) if len(rate.further) > position]
        amounts = [0] * len(lines)
        shares = _beside(further, [bases[n] for n in mine], [main[n] for n in mine], scheme, rounding, step, coin)
        for n, amount in zip(mine, shares, strict=True):
            amounts[n] = amount
        free = [(further.rate_ppm, further.rule, "" if n in mine else "zero_rated") for n in range(len(lines))]
        rows.add(further.name, amounts, [(p, r, z or "rounds_to_zero") for p, r, z in free])
    if whole and not scheme.on_freight:
        row = Charge("tax", scheme.name, "", 0, scheme.rule, whole, 0, "freight_not_taxed", scheme.collector)
        rows.charges.append(row)
    return TaxAssessment(rows.line_tax, rows.freight_tax, rows.charges)
