"""Duty and border fees of consignments of one line, as functions of numbers: for shelves, where many are alike but in price.

What does not depend on the value (way, place of dispatch, code, origin, customer) is settled once; what remains are limits and
sums. Each comes to what `engine.duty` comes to, to the minor unit, without a trace.
"""

from __future__ import annotations

from collections.abc import Callable

from entrepot.domains.customs.engine.duty import added_ppm, fee_minor, open_to, rate_of
from entrepot.domains.customs.engine.stepped import one_rate
from entrepot.domains.customs.types import CustomsRules, DutyRate, EntryKind, Fee, Treatment
from entrepot.kernel.money import PPM, Fx, divide, restate
from entrepot.kernel.trade import Consignment

_TWICE = PPM * 2

Duty = Callable[[int, int], tuple[int, int]]
"""(goods, carriage) → duty, and the same as an import tax counts it."""

Border = tuple[int, int, int, str, str]
"""Duty, the same as an import tax counts it, fees, and the keys of its treatment and of its entry."""


def border_of(
    consignment: Consignment, rules: CustomsRules, scheme: str, fx: Fx | None
) -> Callable[[int, int], Border]:
    """Return what a consignment like this one (of one line) bears at the border, as a function of goods and carriage.

    Args:
        scheme: key of the tax scheme it goes under.
    Raises:
        NoTariff: no rate is known for the line. NoRateGiven: a limit cannot be restated.
    """
    if consignment.dispatch_country in rules.countries:
        free: Border = (0, 0, 0, "free_circulation", "")
        return lambda _goods, _carriage: free
    currency = consignment.currency
    ways: list[tuple[int | None, bool, Duty | None, str]] = []
    for treatment in rules.treatments:
        if open_to(treatment, consignment, scheme):
            limit = _limit(treatment.limit_minor, treatment.currency, currency, fx)
            ways.append((limit, treatment.basis == "cif", _duty(consignment, treatment, rules, fx), treatment.key))
            if limit is None:
                break
    entries: list[tuple[int | None, bool, Callable[[int, int], int] | None, str]] = []
    for entry in rules.entries:
        limit = _limit(entry.limit_minor, entry.currency, currency, fx)
        entries.append((limit, entry.basis == "cif", _fees(consignment, entry, rules, fx), entry.key))
        if limit is None:
            break

    def border(goods: int, carriage: int) -> Border:
        whole = goods + carriage
        for at in entries:
            if at[0] is None or (whole if at[1] else goods) <= at[0]:
                break
        for way in ways:  # the last of both is open to all
            if way[0] is None or (whole if way[1] else goods) <= way[0]:
                break
        charged, duty = (at[2](goods, carriage) if at[2] is not None else 0), way[2]
        if duty is None:
            return 0, 0, charged, way[3], at[3]
        paid, counted = duty(goods, carriage)
        return paid, counted, charged, way[3], at[3]

    return border


def _limit(limit: int | None, of: str, currency: str, fx: Fx | None) -> int | None:
    return None if limit is None else restate(limit, of, currency, fx, "down")


def _duty(consignment: Consignment, treatment: Treatment, rules: CustomsRules, fx: Fx | None) -> Duty | None:
    """The duty of a line under a treatment; None is none at all."""
    line, currency = consignment.lines[0], consignment.currency
    if treatment.kind == "relief":
        return None
    if treatment.kind == "flat_per_item":
        flat = restate(treatment.amount_minor, treatment.currency, currency, fx)
        return lambda _goods, _carriage: (flat, flat)
    cif = treatment.valuation == "cif"
    if treatment.kind == "one_rate":
        ppm, rule = one_rate(line, treatment)
        rate = DutyRate(ppm, rule)
    else:
        rate = rate_of(line, rules)
        if not (treatment.base_step_minor or treatment.amount_step_minor):
            return _by_rate(rate, cif)
    return _stepped(rate, treatment, currency, cif, fx)


def _added(rate: DutyRate) -> list[tuple[int, bool]]:
    return [(added_ppm(more, rate.rate_ppm), more.of_duty) for more in rate.added]


def _by_rate(rate: DutyRate, cif: bool) -> Duty:
    double = rate.rate_ppm * 2
    added = [(ppm * 2, of_duty) for ppm, of_duty in _added(rate)]

    def duty(goods: int, carriage: int) -> tuple[int, int]:
        base = goods + carriage if cif else goods
        own = total = (base * double + PPM) // _TWICE
        for more, of_duty in added:
            total += ((own if of_duty else base) * more + PPM) // _TWICE
        return total, total

    return duty


def _stepped(rate: DutyRate, treatment: Treatment, currency: str, cif: bool, fx: Fx | None) -> Duty:
    own = currency == treatment.home
    cut, step = (treatment.base_step_minor, treatment.amount_step_minor) if own else (0, 0)
    to, ppm = treatment.step_rounding, rate.rate_ppm
    off = restate(treatment.deduction_minor, treatment.currency, currency, fx) if treatment.deduction_minor else 0
    added = _added(rate)

    def duty(goods: int, carriage: int) -> tuple[int, int]:
        base = goods + carriage if cif else goods
        if cut:
            base = base // cut * cut
        raw = (base * ppm * 2 + PPM) // _TWICE
        paid = max(0, raw - off)
        if step:
            paid = divide(paid, step, to) * step
        more = 0
        for over, of_duty in added:
            more += ((paid if of_duty else base) * over * 2 + PPM) // _TWICE
        if step and to == "down":
            return paid + more, (raw + more) // step * step
        return paid + more, paid + more

    return duty


def _fees(
    consignment: Consignment, entry: EntryKind, rules: CustomsRules, fx: Fx | None
) -> Callable[[int, int], int] | None:
    """The fees of an entry of one line (a line is an item, and a consignment an entry); None is none at all."""
    currency = consignment.currency
    mine: list[tuple[int | None, bool, int, Fee | None]] = []
    for fee in rules.fees:
        if (fee.entries and entry.key not in fee.entries) or (fee.modes and consignment.mode not in fee.modes):
            continue
        if fee.consumers_only and consignment.customer != "consumer":
            continue
        limit = _limit(fee.limit_minor, fee.limit_currency, currency, fx)
        amount = 0 if fee.rate_ppm else fee_minor(fee, 0, currency, fx)
        mine.append((limit, fee.basis == "cif", amount, fee if fee.rate_ppm else None))
    if not mine:
        return None

    def fees(goods: int, carriage: int) -> int:
        total = 0
        for limit, cif, amount, by_value in mine:
            if limit is None or (goods + carriage if cif else goods) <= limit:
                total += amount if by_value is None else fee_minor(by_value, goods, currency, fx)
        return total

    return fees
