"""The long way of a tax: several taxes in order, a rate inside the price, an uplift of the base, rounding once on the total,
bases and amounts in whole steps. The story with worked numbers is docs/algorithms/tax.md.

Lines of one rate are one group, with their share of the freight. A law rounds the tax of a group (or of each part of it); the
parts, a line or the freight, get their shares of it, so that a line can be returned by itself. An amount that is not simply
base × rate says so (`rounded_on_total`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import add

from entrepot.domains.tax.types import FurtherTax, TaxAssessment, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.money import PPM, Rounding, apply_rate, coin_of, divide, split, split_coins
from entrepot.kernel.trade import Charge, Columns, Consignment, RuleRef, charges_of

TOGETHER, INSIDE = "rounded_on_total", "inside_the_price"
_TWICE = PPM * 2
_SAID = ""  # the row says it all
_NO_REASONS = repeat(_SAID)


class _Group:
    """Lines of one rate: their positions, the bases of their parts (each line, then the freight if any) and the base as rounded."""

    __slots__ = ("base", "freight", "lines", "main", "parts", "rate", "weights")

    def __init__(self, rate: TaxRate, lines: Sequence[int], parts: list[int], freight: int) -> None:
        self.rate, self.lines, self.parts, self.freight = rate, lines, parts, freight
        self.weights = [*parts, freight] if freight else parts
        self.base = sum(self.weights)
        self.main = 0


def in_steps(amount: int, step: int, rounding: Rounding) -> int:
    """Return an amount in whole steps, e.g. 17_640 in steps of 100 down as 17_600; a step of 0 changes nothing."""
    if step == 0:
        return amount
    return amount // step * step if rounding == "down" else divide(amount, step, rounding) * step


def taxed_at(base: int, rate: TaxRate, rounding: Rounding = "half_up") -> int:
    """Return the tax on a base that does not hold it yet, rounded once: a rate of it, or what makes the rate inside the price."""
    if rate.inside:
        return divide(base * rate.rate_ppm, PPM - rate.rate_ppm, rounding)
    return divide(base * rate.rate_ppm, PPM, rounding)


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


def _cut(consignment: Consignment, members: Sequence[int], parts: Sequence[int], freight: int, step: int) -> int:
    """The base of each tariff line (lines of one HS code and origin, with their freight) in whole steps, summed."""
    lines = [consignment.lines[n] for n in members]
    carriage = split(freight, [line.goods_minor for line in lines])
    if len({(line.hs_code, line.origin) for line in lines}) == len(lines):
        return sum([(part + share) // step * step for part, share in zip(parts, carriage, strict=True)])
    items: dict[tuple[str, str], int] = {}
    for line, part, share in zip(lines, parts, carriage, strict=True):
        item = (line.hs_code, line.origin)
        items[item] = items.get(item, 0) + part + share
    return sum(base // step * step for base in items.values())


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

    __slots__ = ("charges", "coin", "collector", "freight_tax", "line_tax", "name", "refs")

    def __init__(self, consignment: Consignment, scheme: TaxScheme, coin: int) -> None:
        self.name, self.collector, self.coin = scheme.name, scheme.collector, coin
        self.refs = [line.ref for line in consignment.lines]
        self.line_tax = [0] * len(self.refs)
        self.freight_tax = 0
        self.charges: list[Charge] = []

    def add(self, group: _Group, tax: TaxRate | FurtherTax, amount: int, unlike: str, zero: str) -> None:
        """Share a group's tax among its parts by base, with a row for each."""
        weights, ppm, rule, collector = group.weights, tax.rate_ppm, tax.rule, self.collector
        line_tax, refs = self.line_tax, [self.refs[n] for n in group.lines]
        shares = split_coins(amount, weights, self.coin)
        for n, share in zip(group.lines, shares, strict=False):
            line_tax[n] += share
        if group.freight:
            refs.append("")
            self.freight_tax += shares[-1]
        reasons = _reasons(shares, [(base * ppm * 2 + PPM) // _TWICE for base in weights], unlike, zero)
        self.charges += charges_of("tax", tax.name or self.name, refs, shares, rule, weights, ppm, reasons, collector)


def _own(own: list[int], scheme: TaxScheme, duty: Sequence[int], fee: Sequence[int]) -> list[int]:
    """The base of each line without freight, from its goods."""
    if scheme.uplift_ppm:
        own = [amount + apply_rate(amount, scheme.uplift_ppm) for amount in own]
    if scheme.on_duty:
        own = list(map(add, own, duty))
    if scheme.on_fee:
        own = list(map(add, own, fee))
    return own


def _main(group: _Group, by_line: bool, rounding: Rounding) -> int:
    """The main tax of a group, rounded on each part or once."""
    if by_line:
        return sum([taxed_at(part, group.rate, rounding) for part in group.weights])
    return taxed_at(group.base, group.rate, rounding)


def _side_by_side(rows: _Rows, groups: Sequence[_Group], scheme: TaxScheme, rounding: Rounding, step: int) -> None:
    """The taxes of goods of several rates, each tax brought to whole steps over all of them together."""
    coin, by_line = rows.coin, scheme.level == "line"
    for group in groups:
        group.main = _main(group, by_line, rounding)
    if step:
        for group, amount in zip(groups, _shared([group.main for group in groups], step, scheme, coin), strict=True):
            group.main = amount
    for group in groups:
        rate = group.rate
        rows.add(group, rate, group.main, INSIDE if rate.inside else TOGETHER, rate.reason or "rounds_to_zero")
    for further in dict.fromkeys(more for group in groups for more in group.rate.further):
        mine = [group for group in groups if further in group.rate.further]
        for group, amount in zip(mine, _beside(further, mine, scheme, rounding, step, coin), strict=True):
            rows.add(group, further, amount, TOGETHER, "rounds_to_zero")


def assess(
    consignment: Consignment, scheme: TaxScheme, rules: TaxRules, rates: Sequence[TaxRate], duty: Sequence[int],
    fee: Sequence[int],
) -> TaxAssessment:  # fmt: skip
    """Return the tax of a consignment under a scheme, per line and on its freight, for goods of several rates.

    Args:
        rates: of each line, after exemptions. duty, fee: minor units per line that count towards the base.
    """
    own = _own([line.goods_minor for line in consignment.lines], scheme, duty, fee)
    in_own = consignment.currency == scheme.home
    step = scheme.amount_step_minor if in_own else 0
    rows = _Rows(consignment, scheme, coin_of(step, consignment.currency) if step else 1)
    groups = _groups(consignment, scheme, rates, own)
    if in_own and scheme.base_step_minor:
        for group in groups:
            group.base = _cut(consignment, group.lines, group.parts, group.freight, scheme.base_step_minor)
    _side_by_side(rows, groups, scheme, rules.rounding, step)
    whole = consignment.freight_minor + consignment.insurance_minor
    if whole and not scheme.on_freight:
        row = Charge("tax", scheme.name, "", 0, scheme.rule, whole, 0, "freight_not_taxed", scheme.collector)
        rows.charges.append(row)
    return TaxAssessment(rows.line_tax, rows.freight_tax, rows.charges, [row.rule for row in rows.charges])


def assess_alike(
    consignment: Consignment, columns: Columns, scheme: TaxScheme, rules: TaxRules, rate: TaxRate, duty: Sequence[int],
    fee: Sequence[int],
) -> TaxAssessment:  # fmt: skip
    """Return the same for goods that are all of one rate, the short way or the long: nothing is shared between rates.

    Args:
        columns: of the consignment. rate: of every line. duty, fee: as in `assess`.
    """
    own, rounding = _own(columns.goods, scheme, duty, fee), rules.rounding
    freight = columns.carriage_minor if scheme.on_freight else 0
    weights, refs = ([*own, freight], [*columns.refs, ""]) if freight else (own, columns.refs)
    ppm, zero = rate.rate_ppm, rate.reason or "rounds_to_zero"
    double = ppm * 2
    plain = [(base * double + PPM) // _TWICE for base in weights]
    if scheme.key in rules.staged:
        base, step = sum(weights), 0
        if consignment.currency == scheme.home:
            step = scheme.amount_step_minor
            if scheme.base_step_minor:
                base = _cut_alike(consignment, columns, own, freight, scheme.base_step_minor)
        if scheme.level == "line":
            main = sum([taxed_at(part, rate, rounding) for part in weights])
        else:
            main = taxed_at(base, rate, rounding)
        coin = 1
        if step:
            main, coin = in_steps(main, step, scheme.step_rounding), coin_of(step, consignment.currency)
        amounts = split_coins(main, weights, coin)
        reasons = _reasons(amounts, plain, INSIDE if rate.inside else TOGETHER, zero)
    else:
        if rounding != "half_up":
            plain = [apply_rate(base, ppm, rounding) for base in weights]
        amounts, reasons = tuple(plain), [_SAID if amount else zero for amount in plain] if 0 in plain else _NO_REASONS
    name, collector, law = rate.name or scheme.name, scheme.collector, [rate.rule]
    charges = [*charges_of("tax", name, refs, amounts, rate.rule, weights, ppm, reasons, collector)]
    for further in rate.further:  # none where the way is short
        over, under = further.share
        more = main * over // under if over else divide(base * further.rate_ppm, PPM, rounding)
        shares = split_coins(in_steps(more, step, scheme.step_rounding), weights, coin)
        charges += _beside_rows(further, shares, weights, refs, scheme)
        amounts = tuple(map(add, amounts, shares))
        law.append(further.rule)
    return _closed(charges, list(amounts), len(own), scheme, columns.carriage_minor, freight, law)


def _beside_rows(
    further: FurtherTax, shares: tuple[int, ...], weights: list[int], refs: list[str], scheme: TaxScheme
) -> Iterable[Charge]:
    """The rows of a tax beside the main one."""
    ppm = further.rate_ppm
    double = ppm * 2
    reasons = _reasons(shares, [(part * double + PPM) // _TWICE for part in weights], TOGETHER, "rounds_to_zero")
    name = further.name or scheme.name
    return charges_of("tax", name, refs, shares, further.rule, weights, ppm, reasons, scheme.collector)


def _cut_alike(consignment: Consignment, columns: Columns, own: Sequence[int], freight: int, step: int) -> int:
    """As `_cut` for all lines of a consignment."""
    lines = consignment.lines
    if freight and len({(line.hs_code, line.origin) for line in lines}) == len(lines):
        return sum([(part + share) // step * step for part, share in zip(own, columns.carriage, strict=True)])
    return _cut(consignment, range(len(lines)), own, freight, step)


def _reasons(shares: tuple[int, ...], plain: list[int], unlike: str, zero: str) -> Iterable[str]:
    """Why a share is zero, or is not what its base and rate alone come to."""
    if shares == tuple(plain) and 0 not in shares:
        return _NO_REASONS
    return [
        (_SAID if share == usual else unlike) if share else zero for share, usual in zip(shares, plain, strict=True)
    ]


def _closed(
    charges: list[Charge], amounts: list[int], number: int, scheme: TaxScheme, carriage: int, freight: int,
    rules: list[RuleRef],
) -> TaxAssessment:  # fmt: skip
    """The assessment of amounts per line and, after these, of the freight where it is taxed."""
    if len(amounts) > number:
        return TaxAssessment(amounts[:number], amounts[number], charges, rules)
    if carriage and not freight:
        row = Charge("tax", scheme.name, "", 0, scheme.rule, carriage, 0, "freight_not_taxed", scheme.collector)
        charges.append(row)
        rules.append(scheme.rule)
    return TaxAssessment(amounts, 0, charges, rules)
