"""Tax of consignments of one line, as functions of numbers: for shelves, where many are alike but in price.

What does not depend on the value (movement, registration, customer, kind of goods) is settled once. Each comes to what
`engine.vat` comes to, to the minor unit, without a trace.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from entrepot.domains.tax.engine.stages import in_steps, taxed_at
from entrepot.domains.tax.engine.vat import open_to, takes
from entrepot.domains.tax.types import TaxRate, TaxRules, TaxScheme
from entrepot.kernel.money import PPM, Fx, apply_rate, coin_of, divide, restate, split_coins
from entrepot.kernel.trade import Consignment

_TWICE = PPM * 2

Tax = Callable[[int, int, int, int, int], tuple[int, int]]
"""(goods, quantity, duty, fee, carriage) → tax of the line, tax of the carriage."""


class Way(msgspec.Struct, frozen=True):
    """A scheme that a consignment may go under, up to a value; `most` None is any. `exclusive`: the limit itself is out."""

    scheme: TaxScheme
    most: int | None
    cif: bool
    per_unit: bool
    exclusive: bool


def ways_of(consignment: Consignment, rules: TaxRules, fx: Fx | None) -> list[Way]:
    """Return the schemes that a consignment like this one (of one line) may go under, best first, by value alone.

    Raises:
        NoRateGiven: a limit cannot be restated.
    """
    movement = "inside" if consignment.dispatch_country in rules.territory else "import"
    line, found = consignment.lines[0], []
    for scheme in rules.schemes:
        if scheme.movement not in (movement, "any") or not open_to(scheme, consignment):
            continue
        if (scheme.registration and not scheme.registered) or not takes(scheme, line, None):
            continue
        limit = scheme.limit_minor
        if limit is not None:
            limit = restate(limit, scheme.currency, consignment.currency, fx, "down")
        per_unit = scheme.limit_per == "item"
        found.append(Way(scheme, limit, scheme.basis == "cif" and not per_unit, per_unit, scheme.limit_exclusive))
        if limit is None:
            break
    return found


def tax_of(consignment: Consignment, scheme: TaxScheme, rules: TaxRules, fx: Fx | None) -> Tax | None:
    """Return the tax of a consignment like this one (of one line) under a scheme; None is none at all.

    Raises:
        NoRateGiven: a limit or minimum cannot be restated.
    """
    if not scheme.taxed:
        return None
    rate = rules.rates.get(consignment.lines[0].tax_category) or rules.rates["standard"]
    staged, currency = scheme.key in rules.staged, consignment.currency
    tax = _long_way(scheme, rate, rules, currency) if staged else _short_way(scheme, rate, rules)
    if rate.exempt_below_minor:
        free = msgspec.structs.replace(rate, rate_ppm=0, inside=False, further=())
        other = _long_way(scheme, free, rules, currency) if staged else _short_way(scheme, free, rules)
        tax = _unless_cheap(tax, other, restate(rate.exempt_below_minor, rate.exempt_currency, currency, fx))
    if scheme.minimum_minor:
        least = restate(scheme.minimum_minor, scheme.currency, currency, fx) + scheme.minimum_inclusive
        tax = _unless_too_little(tax, least)
    return tax


def _unless_cheap(tax: Tax, other: Tax, limit: int) -> Tax:
    return lambda goods, quantity, duty, fee, carriage: (other if goods < limit * quantity else tax)(
        goods, quantity, duty, fee, carriage
    )


def _unless_too_little(tax: Tax, least: int) -> Tax:
    def collected(goods: int, quantity: int, duty: int, fee: int, carriage: int) -> tuple[int, int]:
        line, freight = tax(goods, quantity, duty, fee, carriage)
        return (line, freight) if line + freight >= least else (0, 0)

    return collected


def _short_way(scheme: TaxScheme, rate: TaxRate, rules: TaxRules) -> Tax:
    on_duty, on_fee, on_freight = scheme.on_duty, scheme.on_fee, scheme.on_freight
    ppm, rounding = rate.rate_ppm, rules.rounding
    double = ppm * 2

    def half_up(goods: int, _quantity: int, duty: int, fee: int, carriage: int) -> tuple[int, int]:
        base = goods + (duty if on_duty else 0) + (fee if on_fee else 0)
        return (base * double + PPM) // _TWICE, (carriage * double + PPM) // _TWICE if on_freight else 0

    def otherwise(goods: int, _quantity: int, duty: int, fee: int, carriage: int) -> tuple[int, int]:
        base = goods + (duty if on_duty else 0) + (fee if on_fee else 0)
        return apply_rate(base, ppm, rounding), apply_rate(carriage, ppm, rounding) if on_freight else 0

    return half_up if rounding == "half_up" else otherwise


def _long_way(scheme: TaxScheme, rate: TaxRate, rules: TaxRules, currency: str) -> Tax:
    own = currency == scheme.home
    cut, step = (scheme.base_step_minor, scheme.amount_step_minor) if own else (0, 0)
    coin, to, rounding = coin_of(step, currency) if step else 1, scheme.step_rounding, rules.rounding
    on_duty, on_fee, on_freight = scheme.on_duty, scheme.on_fee, scheme.on_freight
    by_line, uplift, further = scheme.level == "line", scheme.uplift_ppm, rate.further

    def tax(goods: int, _quantity: int, duty: int, fee: int, carriage: int) -> tuple[int, int]:
        part = goods + (apply_rate(goods, uplift) if uplift else 0)
        part += (duty if on_duty else 0) + (fee if on_fee else 0)
        freight = carriage if on_freight else 0
        base = part + freight
        if cut:
            base = base // cut * cut
        if by_line:
            main = taxed_at(part, rate, rounding) + (taxed_at(freight, rate, rounding) if freight else 0)
        else:
            main = taxed_at(base, rate, rounding)
        main = in_steps(main, step, to)
        if not freight:
            total = main
            for more in further:
                over, under = more.share
                amount = main * over // under if over else divide(base * more.rate_ppm, PPM, rounding)
                total += in_steps(amount, step, to)
            return total, 0
        weights = (part, freight)
        line, rest = split_coins(main, weights, coin)
        for more in further:
            over, under = more.share
            amount = main * over // under if over else divide(base * more.rate_ppm, PPM, rounding)
            one, other = split_coins(in_steps(amount, step, to), weights, coin)
            line += one
            rest += other
        return line, rest

    return tax
