"""The long way of a tax: several taxes in order, a rate inside the price, an uplift of the base, rounding once on the total,
bases and amounts in whole steps. The story with worked numbers is docs/algorithms/tax.md.

Lines of one rate are one group, with their share of the freight. A law rounds the tax of a group (or of each part of it); the
parts, a line or the freight, get their shares of it, so that a line can be returned by itself. An amount that is not simply
base × rate says so (`rounded_on_total`).
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.tax.types import FurtherTax, TaxAssessment, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.money import PPM, Rounding, apply_rate, coin_of, divide, split, split_coins
from entrepot.kernel.trade import Charge, Consignment

TOGETHER, INSIDE = "rounded_on_total", "inside_the_price"


class _Group:
    """Lines of one rate: their positions, the bases of their parts (each line, then the freight if any) and the base as rounded."""

    __slots__ = ("base", "freight", "lines", "main", "parts", "rate")

    def __init__(self, rate: TaxRate, lines: Sequence[int], parts: list[int], freight: int) -> None:
        self.rate, self.lines, self.parts, self.freight = rate, lines, parts, freight
        self.base = sum(parts) + freight
        self.main = 0

    def weights(self) -> list[int]:
        """Bases of the parts, the freight last where there is any."""
        return [*self.parts, self.freight] if self.freight else self.parts


def in_steps(amount: int, step: int, rounding: Rounding) -> int:
    """Return an amount in whole steps, e.g. 17_640 in steps of 100 down as 17_600; a step of 0 changes nothing."""
    return divide(amount, step, rounding) * step if step else amount


def taxed_at(base: int, rate: TaxRate, rounding: Rounding = "half_up") -> int:
    """Return the tax on a base that does not hold it yet, rounded once: a rate of it, or what makes the rate inside the price."""
    if rate.inside:
        return divide(base * rate.rate_ppm, PPM - rate.rate_ppm, rounding)
    return apply_rate(base, rate.rate_ppm, rounding)


def _groups(consignment: Consignment, scheme: TaxScheme, rates: Sequence[TaxRate], own: list[int]) -> list[_Group]:
    """The lines by rate; freight follows them by the value of the goods."""
    freight = consignment.freight_minor + consignment.insurance_minor if scheme.on_freight else 0
    first = rates[0]
    for rate in rates:
        if rate is not first:
            break
    else:
        return [_Group(first, range(len(own)), own, freight)]
    members: dict[int, list[int]] = {}
    for n, rate in enumerate(rates):
        members.setdefault(id(rate), []).append(n)
    goods = [sum(consignment.lines[n].goods_minor for n in mine) for mine in members.values()]
    return [
        _Group(rates[mine[0]], mine, [own[n] for n in mine], share)
        for mine, share in zip(members.values(), split(freight, goods), strict=True)
    ]


def _cut_bases(groups: Sequence[_Group], consignment: Consignment, step: int) -> None:
    """Cut the base of each tariff line (lines of one HS code and origin, with their freight) down to whole steps."""
    for group in groups:
        lines = [consignment.lines[n] for n in group.lines]
        carriage = split(group.freight, [line.goods_minor for line in lines])
        items: dict[tuple[str, str], int] = {}
        for line, part, share in zip(lines, group.parts, carriage, strict=True):
            item = (line.hs_code, line.origin)
            items[item] = items.get(item, 0) + part + share
        group.base = sum(base // step * step for base in items.values())


def _shared(amounts: Sequence[int], step: int, scheme: TaxScheme, coin: int) -> Sequence[int]:
    """Amounts of groups brought to whole steps together."""
    if not step:
        return amounts
    return split_coins(in_steps(sum(amounts), step, scheme.step_rounding), amounts, coin)


def _beside(
    further: FurtherTax, groups: Sequence[_Group], scheme: TaxScheme, rounding: Rounding, step: int, coin: int
) -> Sequence[int]:
    """A further tax of each group: a rate of its base, or a share of the main tax of all."""
    over, under = further.share
    if not over:
        amounts = [divide(group.base * further.rate_ppm, PPM, rounding) for group in groups]
        return _shared(amounts, step, scheme, coin)
    main = [group.main for group in groups]
    return split_coins(in_steps(sum(main) * over // under, step, scheme.step_rounding), main, coin)


class _Rows:
    """Collects what each line and the freight come to, with a row for each."""

    def __init__(self, consignment: Consignment, scheme: TaxScheme, coin: int) -> None:
        self.consignment, self.scheme, self.coin = consignment, scheme, coin
        self.line_tax = [0] * len(consignment.lines)
        self.freight_tax = 0
        self.charges: list[Charge] = []

    def add(self, group: _Group, tax: TaxRate | FurtherTax, amount: int, unlike: str, zero: str) -> None:
        """Share a group's tax among its parts by base, with a row for each."""
        weights, ppm, rule, collector = group.weights(), tax.rate_ppm, tax.rule, self.scheme.collector
        name, lines, line_tax, charges = (
            tax.name or self.scheme.name,
            self.consignment.lines,
            self.line_tax,
            self.charges,
        )
        shares = split_coins(amount, weights, self.coin)
        for n, base, share in zip(group.lines, weights, shares, strict=False):
            line_tax[n] += share
            reason = zero if not share else "" if share == (base * ppm * 2 + PPM) // (PPM * 2) else unlike
            charges.append(Charge("tax", name, lines[n].ref, share, rule, base, ppm, reason, collector))
        if group.freight:
            base, share = group.freight, shares[-1]
            self.freight_tax += share
            reason = zero if not share else "" if share == (base * ppm * 2 + PPM) // (PPM * 2) else unlike
            charges.append(Charge("tax", name, "", share, rule, base, ppm, reason, collector))


def _own(consignment: Consignment, scheme: TaxScheme, duty: Sequence[int], fee: Sequence[int]) -> list[int]:
    """The base of each line without freight."""
    own = [line.goods_minor for line in consignment.lines]
    if scheme.uplift_ppm:
        own = [amount + apply_rate(amount, scheme.uplift_ppm) for amount in own]
    if scheme.on_duty:
        own = [amount + more for amount, more in zip(own, duty, strict=True)]
    if scheme.on_fee:
        own = [amount + more for amount, more in zip(own, fee, strict=True)]
    return own


def assess(
    consignment: Consignment, scheme: TaxScheme, rules: TaxRules, rates: Sequence[TaxRate], duty: Sequence[int],
    fee: Sequence[int],
) -> TaxAssessment:  # fmt: skip
    """Return the tax of a consignment under a scheme, per line and on its freight.

    Args:
        rates: of each line, after exemptions. duty, fee: minor units per line that count towards the base.
    """
    groups = _groups(consignment, scheme, rates, _own(consignment, scheme, duty, fee))
    in_own = consignment.currency == scheme.home
    step = scheme.amount_step_minor if in_own else 0
    if in_own and scheme.base_step_minor:
        _cut_bases(groups, consignment, scheme.base_step_minor)
    coin = coin_of(step, consignment.currency) if step else 1
    rows, rounding = _Rows(consignment, scheme, coin), rules.rounding
    if scheme.level == "line":
        for group in groups:
            group.main = sum(taxed_at(part, group.rate, rounding) for part in group.weights())
    else:
        for group in groups:
            group.main = taxed_at(group.base, group.rate, rounding)
    if step:
        for group, amount in zip(groups, _shared([group.main for group in groups], step, scheme, coin), strict=True):
            group.main = amount
    for group in groups:
        amount, rate = group.main, group.rate
        rows.add(group, rate, amount, INSIDE if rate.inside else TOGETHER, rate.reason or "rounds_to_zero")
    for further in dict.fromkeys(more for group in groups for more in group.rate.further):
        mine = [group for group in groups if further in group.rate.further]
        for group, amount in zip(mine, _beside(further, mine, scheme, rounding, step, coin), strict=True):
            rows.add(group, further, amount, TOGETHER, "rounds_to_zero")
    whole = consignment.freight_minor + consignment.insurance_minor
    if whole and not scheme.on_freight:
        row = Charge("tax", scheme.name, "", 0, scheme.rule, whole, 0, "freight_not_taxed", scheme.collector)
        rows.charges.append(row)
    return TaxAssessment(rows.line_tax, rows.freight_tax, rows.charges)
