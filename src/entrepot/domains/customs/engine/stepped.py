"""Duty at one rate for a whole consignment, less an amount, or in whole steps of value and duty (truncation).

A step is a law's way of rounding: the value of a tariff line is cut to whole thousands, the duty of a consignment to whole
hundreds. Lines of one HS code and origin are one tariff line.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

from entrepot.domains.customs.engine.words import ADDED_DUTY, DUTY, ONE_DUTY
from entrepot.domains.customs.types import DutyRate, Treatment
from entrepot.kernel.money import PPM, Fx, apply_rate, coin_of, divide, restate, split, split_coins
from entrepot.kernel.trade import Charge, Columns, Consignment, Line, RuleRef

_TWICE = PPM * 2


def _bases(consignment: Consignment, columns: Columns, treatment: Treatment, step: int) -> list[int]:
    """The value of each line, cut to whole steps per tariff line and then shared by value."""
    lines, values = consignment.lines, columns.goods
    if columns.carriage_minor and treatment.valuation == "cif":
        values = list(map(add, values, columns.carriage))
    if not step:
        return values
    if len({(line.hs_code, line.origin) for line in lines}) == len(lines):
        return [value // step * step for value in values]
    groups: dict[tuple[str, str], list[int]] = {}
    for n, line in enumerate(lines):
        groups.setdefault((line.hs_code, line.origin), []).append(n)
    found = [0] * len(lines)
    for mine in groups.values():
        weights = [values[n] for n in mine]
        for n, share in zip(mine, split(sum(weights) // step * step, weights), strict=True):
            found[n] = share
    return found


def one_rate(line: Line, treatment: Treatment) -> tuple[int, RuleRef]:
    """Return the rate of a line under a treatment of one rate, its own for some goods, with the rule."""
    for more in treatment.code_rates:
        if line.hs_code.startswith(more.codes):
            return more.rate_ppm, more.rule
    return treatment.rate_ppm, treatment.rule


def by_rate(
    consignment: Consignment, columns: Columns, treatment: Treatment, rates: Sequence[DutyRate] | None, fx: Fx | None,
    charges: list[Charge],
) -> tuple[list[int], list[int]]:  # fmt: skip
    """Return the duty of each line, and the same as an import tax counts it; rows go into `charges`.

    Args:
        columns: of the consignment.
        rates: the tariff's rate of each line, None where the treatment's own rate takes its place.
    """
    lines, own = consignment.lines, consignment.currency == treatment.home
    step = treatment.amount_step_minor if own else 0
    bases = _bases(consignment, columns, treatment, treatment.base_step_minor if own else 0)
    if rates is not None:
        pairs = [(rate.rate_ppm, rate.rule) for rate in rates]
    elif treatment.code_rates:
        pairs = [one_rate(line, treatment) for line in lines]
    else:
        pairs = [(treatment.rate_ppm, treatment.rule)] * len(lines)
    raw = [(base * ppm * 2 + PPM) // _TWICE for base, (ppm, _) in zip(bases, pairs, strict=True)]
    off, whole = 0, sum(raw)
    if treatment.deduction_minor:
        off = restate(treatment.deduction_minor, treatment.currency, consignment.currency, fx)
    total = max(0, whole - off)
    total = divide(total, step, treatment.step_rounding) * step if step else total
    coin = coin_of(step, consignment.currency) if step else 1
    duty = raw if total == whole and coin == 1 else split_coins(total, raw, coin)
    unlike, name, collector = ("after_deduction" if off else "rounded_on_total"), DUTY, treatment.collector
    if rates is None:
        name = ONE_DUTY
    rows = zip(columns.refs, duty, raw, bases, pairs, strict=True)
    charges += [
        Charge(
            "duty", name, ref, amount, rule, base, ppm,
            (unlike if off or amount != exact else "") if amount
            else "rounds_to_zero" if ppm and base else "duty_free_by_tariff",
            collector,
        )
        for ref, amount, exact, base, (ppm, rule) in rows
    ]  # fmt: skip
    sums = (list(duty), list(raw))
    if rates is not None and any(rate.added for rate in rates):
        own_rows = charges[-len(lines) :]
        del charges[-len(lines) :]
        for n, (rate, line) in enumerate(zip(rates, lines, strict=True)):
            charges.append(own_rows[n])
            _add(rate, line, duty[n], bases[n], charges, n, sums)
    if step and treatment.step_rounding == "down":
        return sums[0], [amount // step * step for amount in sums[1]]
    return sums[0], sums[0]


def _add(
    rate: DutyRate, line: Line, own: int, base: int, charges: list[Charge], n: int, sums: tuple[list[int], list[int]]
) -> None:
    """Put what is added to the tariff by origin into a line's two sums and the rows."""
    for added in rate.added:
        on = own if added.of_duty else base
        more = max(0, added.rate_ppm - rate.rate_ppm) if added.net_of_base else added.rate_ppm
        extra = apply_rate(on, more)
        for amounts in sums:
            amounts[n] += extra
        zero = "" if extra else ("rounds_to_zero" if more and on else "covered_by_tariff_rate")
        charges.append(Charge("duty", ADDED_DUTY, line.ref, extra, added.rule, on, more, zero, "customs"))
