"""Duty at one rate for a whole consignment, less an amount, or in whole steps of value and duty (truncation).

A step is a law's way of rounding: the value of a tariff line is cut to whole thousands, the duty of a consignment to whole
hundreds. Lines of one HS code and origin are one tariff line.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.customs.engine.words import ADDED_DUTY, DUTY, ONE_DUTY
from entrepot.domains.customs.types import DutyRate, Treatment
from entrepot.kernel.money import PPM, Fx, apply_rate, coin_of, divide, restate, split, split_coins
from entrepot.kernel.trade import Charge, Consignment, Line, RuleRef


def _bases(consignment: Consignment, treatment: Treatment, step: int) -> list[int]:
    """The value of each line, cut to whole steps per tariff line and then shared by value."""
    lines = consignment.lines
    goods = [line.goods_minor for line in lines]
    whole = consignment.freight_minor + consignment.insurance_minor if treatment.valuation == "cif" else 0
    values = [amount + share for amount, share in zip(goods, split(whole, goods), strict=True)] if whole else goods
    if not step:
        return values
    groups: dict[tuple[str, str], list[int]] = {}
    for n, line in enumerate(lines):
        groups.setdefault((line.hs_code, line.origin), []).append(n)
    found = [0] * len(lines)
    if len(groups) == len(lines):
        return [value // step * step for value in values]
    for mine in groups.values():
        weights = [values[n] for n in mine]
        for n, share in zip(mine, split(sum(weights) // step * step, weights), strict=True):
            found[n] = share
    return found


def _one_rate(line: Line, treatment: Treatment) -> tuple[int, RuleRef]:
    for more in treatment.code_rates:
        if line.hs_code.startswith(more.codes):
            return more.rate_ppm, more.rule
    return treatment.rate_ppm, treatment.rule


def by_rate(
    consignment: Consignment, treatment: Treatment, rates: Sequence[DutyRate] | None, fx: Fx | None,
    duty: list[int], charges: list[Charge],
) -> list[int]:  # fmt: skip
    """Put the duty of each line into `duty` and `charges`; return it as an import tax counts it.

    Args:
        rates: the tariff's rate of each line, None where the treatment's own rate takes its place.
    """
    lines, own = consignment.lines, consignment.currency == treatment.home
    step = treatment.amount_step_minor if own else 0
    bases = _bases(consignment, treatment, treatment.base_step_minor if own else 0)
    pairs = [_one_rate(line, treatment) for line in lines] if rates is None else [(r.rate_ppm, r.rule) for r in rates]
    raw = [(base * ppm * 2 + PPM) // (PPM * 2) for base, (ppm, _) in zip(bases, pairs, strict=True)]
    off = 0
    if treatment.deduction_minor:
        off = restate(treatment.deduction_minor, treatment.currency, consignment.currency, fx)
    total = max(0, sum(raw) - off)
    exact = list(raw)
    total = divide(total, step, treatment.step_rounding) * step if step else total
    for n, amount in enumerate(split_coins(total, raw, coin_of(step, consignment.currency))):
        duty[n] = amount
        ppm, rule = pairs[n]
        reason = "after_deduction" if off else "" if amount == exact[n] else "rounded_on_total"
        if not amount:
            reason = "rounds_to_zero" if ppm and bases[n] else "duty_free_by_tariff"
        name = ONE_DUTY if rates is None else DUTY
        charges.append(Charge("duty", name, lines[n].ref, amount, rule, bases[n], ppm, reason, treatment.collector))
        for added in rates[n].added if rates is not None else ():
            on = amount if added.of_duty else bases[n]
            more = max(0, added.rate_ppm - ppm) if added.net_of_base else added.rate_ppm
            extra = apply_rate(on, more)
            duty[n] += extra
            raw[n] += extra
            zero = "" if extra else ("rounds_to_zero" if more and on else "covered_by_tariff_rate")
            charges.append(Charge("duty", ADDED_DUTY, lines[n].ref, extra, added.rule, on, more, zero, "customs"))
    return [amount // step * step for amount in raw] if step and treatment.step_rounding == "down" else duty
