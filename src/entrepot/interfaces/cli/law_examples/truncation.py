"""Whole steps and rounding rules of a country: values and taxes cut down, tax per supply or on the whole invoice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from entrepot.domains.customs.engine import duty as customs_engine
from entrepot.domains.tax.engine import vat as tax_engine
from entrepot.domains.tax.engine.stages import in_steps
from entrepot.domains.tax.types import TaxRate, TaxScheme
from entrepot.interfaces.cli.law_examples import world
from entrepot.interfaces.cli.law_examples.frame import Example, OneOf, Skip, major, minor, percent_ppm, topic
from entrepot.interfaces.cli.law_examples.imports import money_of
from entrepot.interfaces.cli.law_examples.world import Shipment
from entrepot.kernel.money import PPM, apply_rate


def _own_rates(example: Example, line: Mapping[str, Any], usual: TaxRate) -> TaxRate:
    """The rate an example states for a line, with its share for the local tax."""
    rate = msgspec.structs.replace(usual, rate_ppm=percent_ppm(line["national_rate"]))
    share = re.fullmatch(r"(\d+)/(\d+)", str(example.input.get("local", "")))
    if share is None:
        return rate
    further = msgspec.structs.replace(rate.further[0], share=(int(share[1]), int(share[2])))
    return msgspec.structs.replace(rate, further=(further,))


@topic(
    "import_truncation",
    region="world",
    covers=world.is_place,
    keys="currency cif duty_rate national_rate local lines",
)
def import_truncation(example: Example) -> Mapping[str, Any]:
    """Duty and import tax in whole steps: of each line as it is worked out, and of the declaration as it is paid."""
    given, money = example.input, money_of(example)
    listed: Sequence[Mapping[str, Any]] = given.get("lines") or [given]
    shipment = Shipment(example.jurisdiction, money, example.on, tuple(minor(line["cif"], money) for line in listed))
    parcel = world.parcel_of(shipment)
    lines = tuple(
        msgspec.structs.replace(line, hs_code=f"{n:06d}", tax_category=f"line {n}")
        for n, line in enumerate(parcel.lines, 990_000)
    )
    parcel = msgspec.structs.replace(parcel, lines=lines)
    rules, customs = world.tax_rules(shipment), world.customs_rules(shipment, lines)
    rates = {
        line.tax_category: _own_rates(example, one, rules.rates["standard"])
        for line, one in zip(lines, listed, strict=True)
    }
    rules = msgspec.structs.replace(rules, rates={**rules.rates, **rates})
    tariff = customs.treatments[-1]
    duties = {
        (line.hs_code, line.origin): msgspec.structs.replace(
            customs_engine.rate_of(line, customs), rate_ppm=percent_ppm(one["duty_rate"])
        )
        for line, one in zip(lines, listed, strict=True)
    }
    border = customs_engine.assess(parcel, msgspec.structs.replace(customs, rates=duties, treatments=(tariff,)))
    scheme = rules.schemes[-1]
    paid = tax_engine.assess(parcel, scheme, rules, border.taxable_duty, border.fee)
    national = sum(c.amount_minor for c in paid.charges if c.name == scheme.name)
    local = sum(c.amount_minor for c in paid.charges) - national
    each = [
        _worked_out(line.goods_minor, one, rates[line.tax_category], scheme, tariff.base_step_minor, border_base)
        for line, one, border_base in zip(lines, listed, border.taxable_duty, strict=True)
    ]
    many = len(listed) > 1
    sums = {key: str(sum(int(one[key]) for one in each)) for key in each[0]}
    found: dict[str, Any] = {
        key: OneOf(([one[key] for one in each], sums[key])) if many else each[0][key] for key in sums
    }
    found |= {
        "duty": major(sum(border.duty), money),
        "local": OneOf((major(local, money), found["local_raw"]))
        if many
        else OneOf((each[0]["local_raw"], str(local))),
        "national": major(national, money),
        "total": OneOf((str(sum(border.duty) + national + local), str(national + local))),
    }
    return found


def _worked_out(
    value: int, line: Mapping[str, Any], rate: TaxRate, scheme: TaxScheme, duty_step: int, taxable_duty: int
) -> dict[str, str]:
    """The intermediate figures of one tariff line."""
    duty_base = in_steps(value, duty_step, "down")
    base = in_steps(value + taxable_duty, scheme.base_step_minor, "down")
    national = base * rate.rate_ppm // PPM
    over, under = rate.further[0].share if rate.further else (0, 1)
    return {
        "duty_base": str(duty_base),
        "duty_raw": str(apply_rate(duty_base, percent_ppm(line["duty_rate"]))),
        "duty_for_tax_base": str(taxable_duty),
        "tax_base": str(base),
        "national_raw": str(national),
        "local_raw": str(in_steps(national, scheme.amount_step_minor, "down") * over // under),
    }


def _half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@topic(
    "rounding_line_vs_total",
    region="world",
    covers=world.is_place,
    keys="currency gst_unrounded_per_supply prices lines",
)
def rounding_line_vs_total(example: Example) -> Mapping[str, Any]:
    """Tax rounded per supply and then added, or added and then rounded: where a country allows both."""
    unrounded = example.input.get("gst_unrounded_per_supply")
    if unrounded is None:
        raise Skip("it states no tax per supply")
    exact = [Decimal(str(amount)) for amount in unrounded]
    return {
        "taxable_supply_rule": str(sum(_half_up(amount) for amount in exact)),
        "total_invoice_rule": str(_half_up(sum(exact, Decimal(0)))),
    }
