"""Tax on a consignment's goods, freight, duty and fees. The story with worked numbers is docs/algorithms/tax.md.

Kinds of scheme are code (by movement, value limit and registration); countries, rates and dates are data.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.tax.errors import NotRegistered
from entrepot.domains.tax.types import TaxAssessment, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.money import PPM, Fx, Rounding, apply_rate, divide, restate, split
from entrepot.kernel.trade import Charge, Consignment, Line


def scheme_for(consignment: Consignment, rules: TaxRules, *, fx: Fx | None = None) -> TaxScheme:
    """Return the first scheme whose movement, value limit and registration fit.

    The limit is compared with the intrinsic value (goods alone), whose currency may differ.

    Raises:
        NotRegistered: schemes would fit, but the seller holds none of the registrations they need.
    """
    movement = "inside" if consignment.dispatch_country in rules.territory else "import"
    goods = 0
    for line in consignment.lines:
        goods += line.goods_minor
    needed: list[str] = []
    for scheme in rules.schemes:
        if scheme.movement not in (movement, "any"):
            continue
        if scheme.limit_minor is not None and goods > restate(
            scheme.limit_minor, scheme.currency, consignment.currency, fx, "down"
        ):
            continue
        if scheme.registration and not scheme.registered:
            needed.append(scheme.registration)
            continue
        return scheme
    raise NotRegistered(origin=consignment.dispatch_country, country=rules.destination, needed=", ".join(needed) or "-")


def included_tax(gross_minor: int, rate_ppm: int, rounding: Rounding = "half_up") -> int:
    """Return the tax inside a gross amount: gross × rate / (1 + rate), rounded once."""
    return divide(gross_minor * rate_ppm, PPM + rate_ppm, rounding)


def _freight(
    consignment: Consignment, scheme: TaxScheme, rates: Sequence[TaxRate], rounding: Rounding, charges: list[Charge]
) -> int:
    carriage = consignment.freight_minor + consignment.insurance_minor
    if not carriage:
        return 0
    if not scheme.on_freight:
        charges.append(
            Charge("tax", scheme.name, "", 0, scheme.rule, carriage, 0, "freight_not_taxed", scheme.collector)
        )
        return 0
    first = rates[0]
    if all(rate is first for rate in rates):
        amount = apply_rate(carriage, first.rate_ppm, rounding)
        reason = "" if amount else (first.reason or "rounds_to_zero")
        name, collector = scheme.name, scheme.collector
        charges.append(Charge("tax", name, "", amount, first.rule, carriage, first.rate_ppm, reason, collector))
        return amount
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
        charges.append(Charge("tax", scheme.name, "", amount, rate.rule, share, ppm, reason, scheme.collector))
    return total


def _exempt(line: Line, rate: TaxRate, currency: str, fx: Fx | None) -> TaxRate:
    """The rate of a line after its category's exemption: zero when one unit costs less than the limit."""
    limit = restate(rate.exempt_below_minor, rate.exempt_currency, currency, fx)
    if rate.exemption is not None and line.goods_minor < limit * line.quantity:
        return TaxRate(0, rate.exemption, "exempt_below_limit")
    return rate


def assess(
    consignment: Consignment, scheme: TaxScheme, rules: TaxRules, duty: Sequence[int], fee: Sequence[int],
    *, fx: Fx | None = None,
) -> TaxAssessment:  # fmt: skip
    """Return the tax of a consignment under a scheme, per line and on its freight.

    The base of a line is its goods, plus its duty and fee where the scheme says so; each line is rounded once, by the
    rules' rounding. Freight follows the rates of the goods, by value. A sum below the scheme's minimum is not collected.

    Args:
        duty, fee: minor units per line, in the order of `consignment.lines`.
    """
    lines = consignment.lines
    if not scheme.taxed:
        zero = Charge("tax", scheme.name, "", 0, scheme.rule, 0, 0, scheme.reason, scheme.collector)
        return TaxAssessment([0] * len(lines), 0, [zero])
    standard, rates_by = rules.rates["standard"], rules.rates
    rates = [rates_by.get(line.tax_category, standard) for line in lines]
    if any(rate.exempt_below_minor for rate in rates):
        rates = [
            _exempt(line, rate, consignment.currency, fx) if rate.exempt_below_minor else rate
            for line, rate in zip(lines, rates, strict=True)
        ]
    on_duty, on_fee, rounding = scheme.on_duty, scheme.on_fee, rules.rounding
    half_up, name, collector = rounding == "half_up", scheme.name, scheme.collector
    taxes: list[int] = []
    charges: list[Charge] = []
    for position, line in enumerate(lines):
        rate = rates[position]
        base, ppm = line.goods_minor, rate.rate_ppm
        if on_duty:
            base += duty[position]
        if on_fee:
            base += fee[position]
        amount = (base * ppm * 2 + PPM) // (PPM * 2) if half_up else apply_rate(base, ppm, rounding)
        taxes.append(amount)
        reason = "" if amount else (rate.reason or "rounds_to_zero")
        charges.append(Charge("tax", name, line.ref, amount, rate.rule, base, ppm, reason, collector))
    freight_tax = _freight(consignment, scheme, rates, rounding, charges)
    if scheme.minimum_minor:
        total = sum(taxes) + freight_tax
        if 0 < total < restate(scheme.minimum_minor, scheme.currency, consignment.currency, fx):
            zero = Charge("tax", name, "", 0, scheme.rule, total, 0, "below_collection_minimum", collector)
            return TaxAssessment([0] * len(lines), 0, [zero])
    return TaxAssessment(taxes, freight_tax, charges)
