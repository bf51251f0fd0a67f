"""Tax on a consignment's goods, freight, duty and fees. The story with worked numbers is docs/algorithms/tax.md.

Kinds of condition are code (movement, value limit, registration, kind of goods …); countries, rates and dates are data. This
module chooses the scheme and does the short sum (a rate of the base, by line); `engine.stages` does the long one.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

import msgspec

from entrepot.domains.tax.engine import stages
from entrepot.domains.tax.errors import NotRegistered
from entrepot.domains.tax.types import TaxAssessment, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.money import PPM, Fx, Rounding, apply_rate, divide, restate, split
from entrepot.kernel.trade import Charge, Columns, Consignment, Line


def open_to(scheme: TaxScheme, consignment: Consignment) -> bool:
    """Say whether who buys, who sells, how it travels and where from are as a scheme wants."""
    return not (
        (scheme.facilitated and not consignment.facilitated)
        or (scheme.across and consignment.dispatch_country == consignment.destination_country)
        or (scheme.not_sellers_of and consignment.seller_country in scheme.not_sellers_of)
        or (scheme.customers and consignment.customer not in scheme.customers)
        or (scheme.modes and consignment.mode not in scheme.modes)
        or (scheme.dispatch and consignment.dispatch_country not in scheme.dispatch)
        or (scheme.origins and any(line.origin not in scheme.origins for line in consignment.lines))
    )


def takes(scheme: TaxScheme, line: Line, limit: int | None) -> bool:
    """Whether a single article may go under a scheme: its kind, and the price of one unit where the limit is per item."""
    if scheme.not_codes and line.hs_code.startswith(scheme.not_codes):
        return False
    if scheme.not_categories and line.tax_category in scheme.not_categories:
        return False
    if limit is None:
        return True
    value, limit = line.goods_minor, limit * line.quantity
    return value < limit or (value == limit and not scheme.limit_exclusive)


def _item_limit(scheme: TaxScheme, currency: str, fx: Fx | None) -> int | None:
    """The most one unit may cost, in a currency; None where the limit is not per item."""
    if scheme.limit_per != "item" or scheme.limit_minor is None:
        return None
    return restate(scheme.limit_minor, scheme.currency, currency, fx, "down")


def _candidates(consignment: Consignment, rules: TaxRules, fx: Fx | None) -> tuple[list[TaxScheme], list[str]]:
    """The schemes that a consignment as a whole may go under, best first, and the registrations that others would need."""
    movement = "inside" if consignment.dispatch_country in rules.territory else "import"
    goods = 0
    for line in consignment.lines:
        goods += line.goods_minor
    found, needed = [], []
    for scheme in rules.schemes:
        if scheme.movement not in (movement, "any"):
            continue
        limit = scheme.limit_minor
        if limit is not None and scheme.limit_per == "consignment":
            cif = scheme.basis == "cif"
            value = goods + consignment.freight_minor + consignment.insurance_minor if cif else goods
            if scheme.currency != consignment.currency:
                limit = restate(limit, scheme.currency, consignment.currency, fx, "down")
            if value > limit or (value == limit and scheme.limit_exclusive):
                continue
        if scheme.narrow and not open_to(scheme, consignment):
            continue
        if scheme.registration and not scheme.registered:
            needed.append(scheme.registration)
            continue
        found.append(scheme)
        if not scheme.by_goods:
            break
    return found, needed


def schemes_for(consignment: Consignment, rules: TaxRules, *, fx: Fx | None = None) -> list[TaxScheme]:
    """Return the scheme of each line, in the order of `consignment.lines`: the first that fits it.

    Only where a limit is per item, or some goods are shut out, may they differ; otherwise it is one for all.

    Raises:
        NotRegistered: schemes would fit, but the seller holds none of the registrations they need.
    """
    found, needed = _candidates(consignment, rules, fx)
    lines = consignment.lines
    chosen: list[TaxScheme | None] = [None] * len(lines)
    for scheme in found:
        if not scheme.by_goods:
            return [scheme if one is None else one for one in chosen]
        limit = _item_limit(scheme, consignment.currency, fx)
        left = False
        for n, line in enumerate(lines):
            if chosen[n] is None:
                if takes(scheme, line, limit):
                    chosen[n] = scheme
                else:
                    left = True
        if not left:
            break
    whole = [scheme for scheme in chosen if scheme is not None]
    if len(whole) < len(lines):
        raise NotRegistered(
            origin=consignment.dispatch_country, country=rules.destination, needed=", ".join(needed) or "-"
        )
    return whole


def scheme_for(consignment: Consignment, rules: TaxRules, *, fx: Fx | None = None) -> TaxScheme:
    """Return the first scheme whose conditions fit the consignment and each of its lines.

    A limit is inclusive unless it says otherwise, and its currency may differ.

    Raises:
        NotRegistered: schemes would fit, but the seller holds none of the registrations they need.
    """
    found, needed = _candidates(consignment, rules, fx)
    for scheme in found:
        if not scheme.by_goods or _takes_all(scheme, consignment, fx):
            return scheme
    raise NotRegistered(origin=consignment.dispatch_country, country=rules.destination, needed=", ".join(needed) or "-")


def choose(consignment: Consignment, rules: TaxRules, *, fx: Fx | None = None) -> tuple[TaxScheme, Sequence[TaxScheme]]:
    """Return the scheme a consignment is named after, and those of its lines where they differ, else ().

    Where lines differ, the first is the last of theirs in the law's order, which asks for most.

    Raises:
        NotRegistered: as `schemes_for`.
    """
    found, _ = _candidates(consignment, rules, fx)
    if found and (not found[0].by_goods or _takes_all(found[0], consignment, fx)):
        return found[0], ()
    schemes = schemes_for(consignment, rules, fx=fx)
    first = schemes[0]
    if schemes.count(first) == len(schemes):
        return first, ()
    return next(one for one in reversed(rules.schemes) if one in schemes), schemes


def _takes_all(scheme: TaxScheme, consignment: Consignment, fx: Fx | None) -> bool:
    """Whether every article may go under a scheme."""
    limit = _item_limit(scheme, consignment.currency, fx)
    if limit is None or scheme.not_codes or scheme.not_categories:
        return all(takes(scheme, line, limit) for line in consignment.lines)
    shut = int(scheme.limit_exclusive)  # in whole minor units, below 100 is up to 99
    for line in consignment.lines:  # noqa: SIM110 a generator costs more than the comparisons
        if line.goods_minor > limit * line.quantity - shut:
            return False
    return True


def included_tax(gross_minor: int, rate_ppm: int, rounding: Rounding = "half_up") -> int:
    """Return the tax inside a gross amount: gross × rate / (1 + rate), rounded once."""
    return divide(gross_minor * rate_ppm, PPM + rate_ppm, rounding)


def _freight(
    consignment: Consignment, scheme: TaxScheme, rates: Sequence[TaxRate], rounding: Rounding, charges: list[Charge]
) -> int:
    """Add the rows of freight that follows goods of several rates, by their value."""
    carriage = consignment.freight_minor + consignment.insurance_minor
    if not carriage:
        return 0
    if not scheme.on_freight:
        charges.append(
            Charge("tax", scheme.name, "", 0, scheme.rule, carriage, 0, "freight_not_taxed", scheme.collector)
        )
        return 0
    weights: dict[int, int] = {}
    by_ppm: dict[int, TaxRate] = {}
    for line, rate in zip(consignment.lines, rates, strict=True):
        weights[rate.rate_ppm] = weights.get(rate.rate_ppm, 0) + line.goods_minor
        by_ppm[rate.rate_ppm] = rate
    total = 0
    for ppm, share in zip(weights, split(carriage, list(weights.values())), strict=True):
        amount = apply_rate(share, ppm, rounding)
        total += amount
        rate = by_ppm[ppm]
        reason = "" if amount else (rate.reason or "rounds_to_zero")
        name = rate.name or scheme.name
        charges.append(Charge("tax", name, "", amount, rate.rule, share, ppm, reason, scheme.collector))
    return total


def _exempt(line: Line, rate: TaxRate, currency: str, fx: Fx | None) -> TaxRate:
    """The rate of a line after its category's exemption: zero when one unit costs less than the limit."""
    limit = restate(rate.exempt_below_minor, rate.exempt_currency, currency, fx)
    if rate.exemption is not None and line.goods_minor < limit * line.quantity:
        return TaxRate(0, rate.exemption, "exempt_below_limit", name=rate.name)
    return rate


def assess(
    consignment: Consignment, scheme: TaxScheme, rules: TaxRules, duty: Sequence[int], fee: Sequence[int],
    *, fx: Fx | None = None, columns: Columns | None = None,
) -> TaxAssessment:  # fmt: skip
    """Return the tax of a consignment under a scheme, per line and on its freight.

    The base of a line is its goods, plus its duty and fee where the scheme says so; each line is rounded once, by the
    rules' rounding. Freight follows the rates of the goods, by value. A sum below the scheme's minimum is not collected.

    Args:
        duty, fee: minor units per line, in the order of `consignment.lines`.
        columns: of the consignment, where the caller has them already.
    """
    lines = consignment.lines
    if not scheme.taxed:
        zero = Charge("tax", scheme.name, "", 0, scheme.rule, 0, 0, scheme.reason, scheme.collector)
        return TaxAssessment([0] * len(lines), 0, [zero], [scheme.rule])
    standard, rates_by = rules.rates["standard"], rules.rates
    first = rates_by.get(lines[0].tax_category, standard)
    rates = [rates_by.get(line.tax_category, standard) for line in lines]
    if rules.exempts:
        rates = [
            _exempt(line, rate, consignment.currency, fx) if rate.exempt_below_minor else rate
            for line, rate in zip(lines, rates, strict=True)
        ]
    for rate in rates:
        if rate is not first:
            break
    else:
        found = stages.assess_alike(consignment, columns or Columns(consignment), scheme, rules, first, duty, fee)
        return _unless_too_little(found, consignment, scheme, fx) if scheme.minimum_minor else found
    if scheme.key in rules.staged:
        found = stages.assess(consignment, scheme, rules, rates, duty, fee)
    else:
        found = _by_line(consignment, scheme, rates, rules.rounding, duty, fee)
    return _unless_too_little(found, consignment, scheme, fx)


def _by_line(
    consignment: Consignment, scheme: TaxScheme, rates: Sequence[TaxRate], rounding: Rounding, duty: Sequence[int],
    fee: Sequence[int],
) -> TaxAssessment:  # fmt: skip
    """A rate of each line's base, rounded by line."""
    bases = [line.goods_minor for line in consignment.lines]
    if scheme.on_duty:
        bases = list(map(add, bases, duty))
    if scheme.on_fee:
        bases = list(map(add, bases, fee))
    taxes = [apply_rate(base, rate.rate_ppm, rounding) for base, rate in zip(bases, rates, strict=True)]
    charges = [
        Charge(
            "tax", rate.name or scheme.name, line.ref, amount, rate.rule, base, rate.rate_ppm,
            "" if amount else (rate.reason or "rounds_to_zero"), scheme.collector,
        )
        for line, amount, rate, base in zip(consignment.lines, taxes, rates, bases, strict=True)
    ]  # fmt: skip
    freight = _freight(consignment, scheme, rates, rounding, charges)
    return TaxAssessment(taxes, freight, charges, [row.rule for row in charges])


def _unless_too_little(
    found: TaxAssessment, consignment: Consignment, scheme: TaxScheme, fx: Fx | None
) -> TaxAssessment:
    """The same, or nothing with its reason where the whole sum is below what is collected."""
    if not scheme.minimum_minor:
        return found
    total = sum(found.line_tax) + found.freight_tax_minor
    least = restate(scheme.minimum_minor, scheme.currency, consignment.currency, fx)
    if not 0 < total < least + scheme.minimum_inclusive:
        return found
    zero = Charge("tax", scheme.name, "", 0, scheme.rule, total, 0, "below_collection_minimum", scheme.collector)
    return TaxAssessment([0] * len(consignment.lines), 0, [zero], [scheme.rule])


def assess_apart(
    consignment: Consignment, schemes: Sequence[TaxScheme], rules: TaxRules, duty: Sequence[int], fee: Sequence[int],
    *, fx: Fx | None = None,
) -> TaxAssessment:  # fmt: skip
    """Return the tax of a consignment whose lines go under different schemes; freight follows the lines by value.

    Args:
        schemes, duty, fee: per line, in the order of `consignment.lines`.
    """
    goods = [line.goods_minor for line in consignment.lines]
    freight, insurance = split(consignment.freight_minor, goods), split(consignment.insurance_minor, goods)
    taxes, freight_tax, charges = [0] * len(goods), 0, []  # type: list[int], int, list[Charge]
    for scheme in {id(one): one for one in schemes}.values():
        mine = [n for n, one in enumerate(schemes) if one is scheme]
        part = msgspec.structs.replace(
            consignment,
            lines=tuple(consignment.lines[n] for n in mine),
            freight_minor=sum(freight[n] for n in mine),
            insurance_minor=sum(insurance[n] for n in mine),
        )
        found = assess(part, scheme, rules, [duty[n] for n in mine], [fee[n] for n in mine], fx=fx)
        for position, amount in zip(mine, found.line_tax, strict=True):
            taxes[position] = amount
        freight_tax += found.freight_tax_minor
        charges += found.charges
    return TaxAssessment(taxes, freight_tax, charges, [row.rule for row in charges])
