"""Duty and border fees of a consignment. The story with worked numbers is docs/algorithms/duty.md.

Kinds of rule are code here (relief, flat per tariff item, rate of the value, fee per entry or item); which country
has which, from when and how much, is data. Refuses: to guess a rate; an unknown one raises NoTariff.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from operator import add

import msgspec

from entrepot.domains.customs.engine import stepped
from entrepot.domains.customs.engine.words import ADDED_DUTY, DUTY, ENTRY_FEE, FLAT_DUTY, ITEM_FEE
from entrepot.domains.customs.errors import NoTariff
from entrepot.domains.customs.types import (
    AddedDuty,
    CustomsAssessment,
    CustomsRules,
    DutyRate,
    EntryKind,
    Fee,
    Treatment,
)
from entrepot.kernel.money import PPM, Fx, apply_rate, restate, split
from entrepot.kernel.trade import Charge, Columns, Consignment, Line, RuleRef, charges_of

_TWICE = PPM * 2
_NO_REASONS = repeat("")


def within(consignment: Consignment, goods_minor: int, rule: Treatment | EntryKind | Fee, fx: Fx | None) -> bool:
    """Say whether a consignment's value is not above a rule's limit (a limit itself is still within)."""
    limit = rule.limit_minor
    if limit is None:
        return True
    currency = rule.limit_currency if rule.__class__ is Fee else rule.currency  # type: ignore[union-attr]
    if currency != consignment.currency:
        limit = restate(limit, currency, consignment.currency, fx, "down")
    if rule.basis == "cif":
        return goods_minor + consignment.freight_minor + consignment.insurance_minor <= limit
    return goods_minor <= limit


def treatment_of(
    consignment: Consignment, goods_minor: int, rules: CustomsRules, scheme: str, fx: Fx | None
) -> Treatment:
    """Return the first treatment whose conditions hold; the loader guarantees that the last one has none."""
    for treatment in rules.treatments:
        if not open_to(treatment, consignment, scheme):
            continue
        if treatment.limit_minor is None or within(consignment, goods_minor, treatment, fx):
            return treatment
    raise NoTariff(hs_code="*", origin="*", territory=rules.territory)


def open_to(treatment: Treatment, consignment: Consignment, scheme: str) -> bool:
    """Say whether a consignment under a tax scheme may have a treatment, whatever its value."""
    return not (
        (treatment.schemes and scheme not in treatment.schemes)
        or (treatment.consumers_only and consignment.customer != "consumer")
        or (treatment.not_origins and any(line.origin in treatment.not_origins for line in consignment.lines))
        or (treatment.narrow and _shut_out(treatment, consignment))
    )


def _shut_out(treatment: Treatment, consignment: Consignment) -> bool:
    """Whether the way, the place of dispatch or some goods keep a consignment out of a treatment."""
    if treatment.modes and consignment.mode not in treatment.modes:
        return True
    if treatment.dispatch and consignment.dispatch_country not in treatment.dispatch:
        return True
    if treatment.origins and any(line.origin not in treatment.origins for line in consignment.lines):
        return True
    return bool(treatment.not_codes) and any(line.hs_code.startswith(treatment.not_codes) for line in consignment.lines)


def tariff_items(lines: Sequence[Line], digits: int) -> dict[str, list[int]]:
    """Group line positions by tariff item: the first `digits` of the HS code; quantity does not matter."""
    groups: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        item = line.hs_code[:digits]
        if item in groups:
            groups[item].append(position)
        else:
            groups[item] = [position]
    return groups


def _per_item(
    kind: str, name: str, collector: str, rule: RuleRef, amount: int, digits: int, consignment: Consignment,
    columns: Columns, sums: list[int], charges: list[Charge],
) -> None:  # fmt: skip
    """Add an amount per tariff item, shared among its lines by value, with a row per line."""
    lines = consignment.lines
    number = len(lines)
    if len({line.hs_code[:digits] for line in lines}) == number:
        amounts = [amount] * number
        sums[:] = map(add, sums, amounts)
        charges += charges_of(kind, name, columns.refs, amounts, rule, amounts, 0, _NO_REASONS, collector)
        return
    groups = tariff_items(lines, digits)
    for positions in groups.values():
        shares = split(amount, [lines[p].goods_minor for p in positions])
        for position, share in zip(positions, shares, strict=True):
            sums[position] += share
            reason = "" if share else "counted_with_same_item"
            charges.append(Charge(kind, name, lines[position].ref, share, rule, amount, 0, reason, collector))


def added_ppm(added: AddedDuty, base_ppm: int) -> int:
    """Return the rate really added: whole, or what is missing up to it when it is net of the tariff's own rate."""
    return max(0, added.rate_ppm - base_ppm) if added.net_of_base else added.rate_ppm


def rate_of(line: Line, rules: CustomsRules) -> DutyRate:
    """Return the duty rate of a line; raise NoTariff when the rule set has none for its code and origin."""
    rate = rules.rates.get((line.hs_code, line.origin))
    if rate is None:
        raise NoTariff(hs_code=line.hs_code, origin=line.origin, territory=rules.territory)
    return rate


def _by_rate(
    consignment: Consignment, columns: Columns, treatment: Treatment, rules: CustomsRules, charges: list[Charge]
) -> list[int]:
    """Return the duty of each line by the tariff, with a row for it and one for each duty added by origin."""
    bases = columns.goods
    if columns.carriage_minor and treatment.valuation == "cif":
        bases = list(map(add, bases, columns.carriage))
    known, duty = rules.rates, []
    for line, base in zip(consignment.lines, bases, strict=True):
        rate = known.get((line.hs_code, line.origin)) or rate_of(line, rules)
        ppm = rate.rate_ppm
        own = total = (base * ppm * 2 + PPM) // _TWICE  # half up; a base is never negative
        reason = "" if own else ("rounds_to_zero" if ppm and base else "duty_free_by_tariff")
        charges.append(Charge("duty", DUTY, line.ref, own, rate.rule, base, ppm, reason, "customs"))
        for added in rate.added:
            more = max(0, added.rate_ppm - ppm) if added.net_of_base else added.rate_ppm
            on = own if added.of_duty else base
            amount = (on * more * 2 + PPM) // _TWICE
            total += amount
            reason = "" if amount else ("rounds_to_zero" if more and on else "covered_by_tariff_rate")
            charges.append(Charge("duty", ADDED_DUTY, line.ref, amount, added.rule, on, more, reason, "customs"))
        duty.append(total)
    return duty


def fee_minor(fee: Fee, value: int, currency: str, fx: Fx | None) -> int:
    """Return what a fee comes to once: its flat amount, or its rate of the value held between its limits."""
    if not fee.rate_ppm:
        return restate(fee.amount_minor, fee.currency, currency, fx)
    amount = apply_rate(value, fee.rate_ppm)
    amount = max(amount, restate(fee.min_minor, fee.currency, currency, fx))
    if fee.max_minor is not None:
        amount = min(amount, restate(fee.max_minor, fee.currency, currency, fx))
    return amount


def _fees(
    consignment: Consignment, columns: Columns, entry: EntryKind, rules: CustomsRules, fx: Fx | None,
    charges: list[Charge], used: list[RuleRef],
) -> list[int]:  # fmt: skip
    """Return the fees of each line, with their rows and rules."""
    fees, value = [0] * len(columns.goods), columns.goods_minor
    for fee in rules.fees:
        if fee.entries and entry.key not in fee.entries:
            continue
        if fee.consumers_only and consignment.customer != "consumer":
            continue
        if fee.modes and consignment.mode not in fee.modes:
            continue
        if fee.limit_minor is not None and not within(consignment, value, fee, fx):
            continue
        amount = fee_minor(fee, value, consignment.currency, fx)
        used.append(fee.rule)
        if fee.kind == "per_entry":
            fees[:] = map(add, fees, split(amount, columns.goods))
            base = value if fee.rate_ppm else 0
            reason = "" if amount else "rounds_to_zero"
            charges.append(Charge("fee", ENTRY_FEE, "", amount, fee.rule, base, fee.rate_ppm, reason, "carrier"))
            continue
        _per_item(
            "fee", ITEM_FEE, "carrier", fee.rule, amount, entry.digits, consignment, columns, fees, charges
        )  # fmt: skip
    return fees


def _duty(
    consignment: Consignment, columns: Columns, treatment: Treatment, rules: CustomsRules, fx: Fx | None,
    charges: list[Charge], used: list[RuleRef],
) -> tuple[list[int], list[int]]:  # fmt: skip
    """Return the duty of each line by a treatment, and the same as an import tax counts it; rows and rules go along."""
    kind = treatment.kind
    if kind == "relief":
        value, collector = columns.goods_minor, treatment.collector
        charges.append(Charge("duty", DUTY, "", 0, treatment.rule, value, 0, "below_threshold", collector))
        used.append(treatment.rule)
        duty = [0] * len(columns.goods)
        return duty, duty
    if kind == "flat_per_item":
        amount = restate(treatment.amount_minor, treatment.currency, consignment.currency, fx)
        duty = [0] * len(columns.goods)
        _per_item(
            "duty", FLAT_DUTY, treatment.collector, treatment.rule, amount, treatment.digits, consignment, columns, duty,
            charges,
        )  # fmt: skip
        used.append(treatment.rule)
        return duty, duty
    before = len(charges)
    if kind == "one_rate" or treatment.base_step_minor or treatment.amount_step_minor:
        rates = None if kind == "one_rate" else [rate_of(line, rules) for line in consignment.lines]
        duty, taxable = stepped.by_rate(consignment, columns, treatment, rates, fx, charges)
    else:
        duty = taxable = _by_rate(consignment, columns, treatment, rules, charges)
    used += [row.rule for row in charges[before:]]
    return duty, taxable


def _by_line(
    consignment: Consignment, columns: Columns, schemes: Sequence[str], rules: CustomsRules, fx: Fx | None,
    charges: list[Charge], used: list[RuleRef],
) -> tuple[list[int], list[int], Treatment]:  # fmt: skip
    """The same where lines go under different schemes: limits look at the whole, each part is charged by its treatment."""
    chosen = [treatment_of(consignment, columns.goods_minor, rules, scheme, fx) for scheme in schemes]
    shares = [split(whole, columns.goods) for whole in (consignment.freight_minor, consignment.insurance_minor)]
    duty, taxable = [0] * len(schemes), [0] * len(schemes)
    for treatment in {id(one): one for one in chosen}.values():
        mine = [n for n, one in enumerate(chosen) if one is treatment]
        part = msgspec.structs.replace(
            consignment,
            lines=tuple(consignment.lines[n] for n in mine),
            freight_minor=sum(shares[0][n] for n in mine),
            insurance_minor=sum(shares[1][n] for n in mine),
        )
        own, counted = _duty(part, Columns(part), treatment, rules, fx, charges, used)
        for position, amount, base in zip(mine, own, counted, strict=True):
            duty[position], taxable[position] = amount, base
    return duty, taxable, next(one for one in reversed(rules.treatments) if one in chosen)


def assess(
    consignment: Consignment, rules: CustomsRules, *, scheme: str | Sequence[str] = "", fx: Fx | None = None,
    columns: Columns | None = None,
) -> CustomsAssessment:  # fmt: skip
    """Return duty and border fees of a consignment by the rules of a day.

    Goods that are already in free circulation in the destination's territory bear neither. Otherwise the first treatment
    whose conditions hold decides the duty, the first entry kind the declaration, and every fee of that entry is added.

    Args:
        scheme: key of the tax scheme the consignment goes under (or of each line); some treatments are open to some only.
        fx: rates, needed where a limit or flat amount has another currency than the consignment.
        columns: of the consignment, where the caller has them already.
    Raises:
        NoTariff: no rate is known for a line, not even the merchant's own.
    """
    if consignment.dispatch_country in rules.countries:
        nothing, free = [0] * len(consignment.lines), rules.free_movement
        charges = [Charge("duty", DUTY, "", 0, free, 0, 0, "free_circulation", "customs")]
        return CustomsAssessment(nothing, nothing, charges, "", "free_circulation", "", nothing, [free])
    columns = columns or Columns(consignment)
    value, used = columns.goods_minor, []  # type: int, list[RuleRef]
    charges = []
    if isinstance(scheme, str):
        treatment = treatment_of(consignment, value, rules, scheme, fx)
        duty, taxable = _duty(consignment, columns, treatment, rules, fx, charges, used)
    else:
        duty, taxable, treatment = _by_line(consignment, columns, scheme, rules, fx, charges, used)
    for entry in rules.entries:
        if entry.limit_minor is None or within(consignment, value, entry, fx):
            break
    fees = _fees(consignment, columns, entry, rules, fx, charges, used) if rules.fees else [0] * len(duty)
    return CustomsAssessment(duty, fees, charges, entry.key, treatment.key, entry.importer_of_record, taxable, used)
