"""Duty and border fees of a consignment. The story with worked numbers is docs/algorithms/duty.md.

Kinds of rule are code here (relief, flat per tariff item, rate of the value, fee per entry or item); which country
has which, from when and how much, is data. Refuses: to guess a rate; an unknown one raises NoTariff.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from entrepot.kernel.trade import Charge, Consignment, Line, RuleRef


def within(consignment: Consignment, goods_minor: int, rule: Treatment | EntryKind | Fee, fx: Fx | None) -> bool:
    """Say whether a consignment's value is not above a rule's limit (a limit itself is still within)."""
    if rule.limit_minor is None:
        return True
    limit = rule.limit_minor
    currency = rule.limit_currency if isinstance(rule, Fee) else rule.currency
    if currency != consignment.currency:
        limit = restate(limit, currency, consignment.currency, fx, "down")
    value = goods_minor
    if rule.basis == "cif":
        value += consignment.freight_minor + consignment.insurance_minor
    return value <= limit


def treatment_of(
    consignment: Consignment, goods_minor: int, rules: CustomsRules, scheme: str, fx: Fx | None
) -> Treatment:
    """Return the first treatment whose conditions hold; the loader guarantees that the last one has none."""
    for treatment in rules.treatments:
        if treatment.schemes and scheme not in treatment.schemes:
            continue
        if treatment.consumers_only and consignment.customer != "consumer":
            continue
        if treatment.not_origins and any(line.origin in treatment.not_origins for line in consignment.lines):
            continue
        if treatment.narrow and _shut_out(treatment, consignment):
            continue
        if within(consignment, goods_minor, treatment, fx):
            return treatment
    raise NoTariff(hs_code="*", origin="*", territory=rules.territory)


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
    kind: str, name: str, collector: str, rule: RuleRef, amount: int, digits: int, lines: Sequence[Line],
    sums: list[int], charges: list[Charge],
) -> None:  # fmt: skip
    """Add an amount per tariff item, shared among its lines by value, with a row per line."""
    groups = tariff_items(lines, digits)
    if len(groups) == len(lines):
        for position, line in enumerate(lines):
            sums[position] += amount
            charges.append(Charge(kind, name, line.ref, amount, rule, amount, 0, "", collector))
        return
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
    consignment: Consignment, treatment: Treatment, rules: CustomsRules, duty: list[int], charges: list[Charge]
) -> None:
    lines = consignment.lines
    carriage = consignment.freight_minor + consignment.insurance_minor if treatment.valuation == "cif" else 0
    shares = split(carriage, [line.goods_minor for line in lines]) if carriage else (0,) * len(lines)
    rates = rules.rates
    for position, line in enumerate(lines):
        rate = rates.get((line.hs_code, line.origin)) or rate_of(line, rules)
        base = line.goods_minor + shares[position]
        ppm = rate.rate_ppm
        own = amount = (base * ppm * 2 + PPM) // (PPM * 2)  # half up; a base is never negative
        duty[position] = amount
        reason = "" if amount else ("rounds_to_zero" if ppm and base else "duty_free_by_tariff")
        charges.append(Charge("duty", DUTY, line.ref, amount, rate.rule, base, ppm, reason, "customs"))
        for added in rate.added:
            more = added_ppm(added, ppm) if added.net_of_base else added.rate_ppm
            on = own if added.of_duty else base
            amount = (on * more * 2 + PPM) // (PPM * 2)
            duty[position] += amount
            reason = "" if amount else ("rounds_to_zero" if more and on else "covered_by_tariff_rate")
            charges.append(Charge("duty", ADDED_DUTY, line.ref, amount, added.rule, on, more, reason, "customs"))


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
    consignment: Consignment, goods_minor: int, entry: EntryKind, rules: CustomsRules, fx: Fx | None,
    fees: list[int], charges: list[Charge],
) -> None:  # fmt: skip
    lines = consignment.lines
    for fee in rules.fees:
        if fee.entries and entry.key not in fee.entries:
            continue
        if fee.consumers_only and consignment.customer != "consumer":
            continue
        if fee.modes and consignment.mode not in fee.modes:
            continue
        if not within(consignment, goods_minor, fee, fx):
            continue
        amount = fee_minor(fee, goods_minor, consignment.currency, fx)
        if fee.kind == "per_entry":
            for position, share in enumerate(split(amount, [line.goods_minor for line in lines])):
                fees[position] += share
            base = goods_minor if fee.rate_ppm else 0
            charges.append(Charge("fee", ENTRY_FEE, "", amount, fee.rule, base, fee.rate_ppm, "", "carrier"))
            continue
        _per_item("fee", ITEM_FEE, "carrier", fee.rule, amount, entry.digits, lines, fees, charges)


def _duty(
    consignment: Consignment, goods_minor: int, treatment: Treatment, rules: CustomsRules, fx: Fx | None,
    duty: list[int], charges: list[Charge],
) -> list[int]:  # fmt: skip
    """Put the duty of a treatment into `duty` and `charges`; return the duty of each line as an import tax counts it."""
    if treatment.kind == "relief":
        row = Charge("duty", DUTY, "", 0, treatment.rule, goods_minor, 0, "below_threshold", treatment.collector)
        charges.append(row)
    elif treatment.kind == "flat_per_item":
        amount = restate(treatment.amount_minor, treatment.currency, consignment.currency, fx)
        kind, name, rule, digits = "duty", FLAT_DUTY, treatment.rule, treatment.digits
        _per_item(kind, name, treatment.collector, rule, amount, digits, consignment.lines, duty, charges)
    elif treatment.kind == "one_rate" or treatment.base_step_minor or treatment.amount_step_minor:
        rates = None if treatment.kind == "one_rate" else [rate_of(line, rules) for line in consignment.lines]
        return stepped.by_rate(consignment, treatment, rates, fx, duty, charges)
    else:
        _by_rate(consignment, treatment, rules, duty, charges)
    return duty


def _by_line(
    consignment: Consignment, goods_minor: int, schemes: Sequence[str], rules: CustomsRules, fx: Fx | None,
    duty: list[int], charges: list[Charge],
) -> tuple[list[int], Treatment]:  # fmt: skip
    """The same where lines go under different schemes: limits look at the whole, each part is charged by its treatment."""
    chosen = [treatment_of(consignment, goods_minor, rules, scheme, fx) for scheme in schemes]
    goods = [line.goods_minor for line in consignment.lines]
    shares = [split(whole, goods) for whole in (consignment.freight_minor, consignment.insurance_minor)]
    taxable = [0] * len(schemes)
    for treatment in {id(one): one for one in chosen}.values():
        mine = [n for n, one in enumerate(chosen) if one is treatment]
        part = msgspec.structs.replace(
            consignment,
            lines=tuple(consignment.lines[n] for n in mine),
            freight_minor=sum(shares[0][n] for n in mine),
            insurance_minor=sum(shares[1][n] for n in mine),
        )
        own = [0] * len(mine)
        counted = _duty(part, part.goods_minor, treatment, rules, fx, own, charges)
        for position, amount, base in zip(mine, own, counted, strict=True):
            duty[position], taxable[position] = amount, base
    return taxable, next(one for one in reversed(rules.treatments) if one in chosen)


def assess(
    consignment: Consignment, rules: CustomsRules, *, scheme: str | Sequence[str] = "", fx: Fx | None = None
) -> CustomsAssessment:
    """Return duty and border fees of a consignment by the rules of a day.

    Goods that are already in free circulation in the destination's territory bear neither. Otherwise the first treatment
    whose conditions hold decides the duty, the first entry kind the declaration, and every fee of that entry is added.

    Args:
        scheme: key of the tax scheme the consignment goes under (or of each line); some treatments are open to some only.
        fx: rates, needed where a limit or flat amount has another currency than the consignment.
    Raises:
        NoTariff: no rate is known for a line, not even the merchant's own.
    """
    lines = consignment.lines
    duty, fees = [0] * len(lines), [0] * len(lines)
    charges: list[Charge] = []
    if consignment.dispatch_country in rules.countries:
        charges.append(Charge("duty", DUTY, "", 0, rules.free_movement, 0, 0, "free_circulation", "customs"))
        return CustomsAssessment(duty, fees, charges, "", "free_circulation", "", duty)
    goods = 0
    for line in lines:
        goods += line.goods_minor
    if isinstance(scheme, str):
        treatment = treatment_of(consignment, goods, rules, scheme, fx)
        taxable = _duty(consignment, goods, treatment, rules, fx, duty, charges)
    else:
        taxable, treatment = _by_line(consignment, goods, scheme, rules, fx, duty, charges)
    entry = next(entry for entry in rules.entries if within(consignment, goods, entry, fx))
    if rules.fees:
        _fees(consignment, goods, entry, rules, fx, fees, charges)
    return CustomsAssessment(duty, fees, charges, entry.key, treatment.key, entry.importer_of_record, taxable)
