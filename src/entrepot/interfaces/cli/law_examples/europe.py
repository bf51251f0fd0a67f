"""The European Union at its border: intrinsic value, fixed duty per item, handling fees, what is too small to collect."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.domains.customs.engine import duty as customs_engine
from entrepot.domains.customs.queries import law as customs_tables
from entrepot.domains.tax.engine import vat as tax_engine
from entrepot.domains.tax.queries import covered_countries
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.interfaces.cli.law_examples import shapes
from entrepot.interfaces.cli.law_examples.frame import Example, Skip, day, major, minor, percent_ppm, topic
from entrepot.kernel.money import apply_rate
from entrepot.kernel.period import Period

UNION, CURRENCY = "EU", "EUR"
# A member state stands for the Union where the example names none; its own rate is replaced by the example's.
MEMBER = "DE"
_FEE = "union_handling_fee"
_UNIT = {"identical", "pair", "of", "the", "a"}


def is_union(jurisdiction: str) -> bool:
    """Say whether an example speaks of the Union as a whole."""
    return jurisdiction == UNION


def is_state(jurisdiction: str) -> bool:
    """Say whether an example speaks of a member state with rates."""
    return jurisdiction in customs_tables()[UNION].countries and jurisdiction in covered_countries()


def _codes(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """A made-up tariff item per distinct name: the same words are the same item, whatever the quantity."""
    names = [
        " ".join(w for w in re.findall(r"[a-z-]+", str(line["item"]).casefold()) if w not in _UNIT) for line in lines
    ]
    known = {name: f"99{n:04d}" for n, name in enumerate(dict.fromkeys(names), 1)}
    return [known[name] for name in names]


def _value(text: Any) -> int:
    """A value in minor units; "< 150" is a value well below, "> 150" one well above."""
    found = re.fullmatch(r"\s*(<=|<|>=|>)?\s*([\d.]+)\s*", str(text))
    if not found:
        raise Skip(f"consignment value “{text}” is no amount")
    amount = minor(found[2])
    return {"<": amount * 2 // 3, ">": amount * 2}.get(found[1] or "", amount)


def _spread(total: int, number: int) -> list[int]:
    return [total // number + (1 if n < total % number else 0) for n in range(number)]


@topic("intrinsic_value", region="eu", covers=is_union, keys="currency vat_rate lines transport declaration")
def intrinsic_value(example: Example) -> Mapping[str, Any]:
    """What counts against the limit, which declaration and scheme it opens, and the VAT at sale."""
    given = example.input
    ppm = percent_ppm(given.get("vat_rate", "20"))
    goods = [_net(line, ppm) for line in given["lines"]]
    transport = given.get("transport") or {}
    carriage = _net(transport, ppm) if transport else 0
    apart = bool(transport.get("shown_separately", True))
    if not apart:
        goods, carriage = [goods[0] + carriage, *goods[1:]], 0
    rules = shapes.tax_rules(MEMBER, example.on, registrations=shapes.held(f"ioss@{UNION}"), standard_ppm=ppm)
    lines = shapes.lines(goods)
    parcel = shapes.parcel(lines, to=MEMBER, currency=CURRENCY, freight=carriage)
    scheme = tax_engine.scheme_for(parcel, rules)
    zero = [0] * len(lines)
    tax = tax_engine.assess(parcel, scheme, rules, zero, zero)
    vat = sum(tax.line_tax) + tax.freight_tax_minor
    border = customs_engine.assess(
        parcel, shapes.customs_rules(MEMBER, example.on, lines, duty_ppm=0), scheme=scheme.key
    )
    entry = next(e for e in shapes.customs_rules(MEMBER, example.on, lines).entries if e.key == border.entry)
    low = scheme.key == "ioss"
    return {
        "intrinsic_value": major(sum(goods)),
        "low_value": low,
        "ioss_allowed": low,
        "h7_allowed": border.entry == "H7",
        "vat_total": major(vat),
        "total": major(sum(goods) + carriage + vat),
        "import_vat_at_border": major(0 if scheme.collector == "seller" else vat),
        "additional_procedure_codes": [code for code in (entry.procedure_code, scheme.procedure_code) if code],
    }


def _net(amounts: Mapping[str, Any], ppm: int) -> int:
    for key in ("net", "value"):
        if key in amounts:
            return minor(amounts[key])
    gross = minor(amounts["gross"])
    return gross - tax_engine.included_tax(gross, ppm)


def _cost(
    goods: Sequence[int], codes: Sequence[str], on: dt.date, *, ioss: bool, ppm: int | None, **law: Any
) -> LandedCost:
    held = shapes.held(f"ioss@{UNION}") if ioss else ()
    lines = shapes.lines(goods, codes)
    parcel = shapes.parcel(lines, to=MEMBER, currency=CURRENCY)
    rules = shapes.tax_rules(MEMBER, on, registrations=held, standard_ppm=ppm)
    return landed_cost(parcel, shapes.customs_rules(MEMBER, on, lines, **law), rules, on)


def _stated_rate(example: Example) -> int | None:
    words = " ".join([*(str(line.get("item", "")) for line in example.input["lines"]), example.note])
    found = re.search(r"VAT (\d+(?:\.\d+)?) ?%", words)
    return percent_ppm(found[1]) if found else None


@topic("eu_flat_duty", region="eu", covers=is_union, keys="currency consignment_value lines import_date")
def eu_flat_duty(example: Example) -> Mapping[str, Any]:
    """So much per distinct tariff item; VAT on it outside the import scheme, none inside."""
    given = example.input
    codes = _codes(given["lines"])
    goods = _spread(_value(given["consignment_value"]), len(codes))
    ppm = _stated_rate(example)
    border = _cost(goods, codes, example.on, ioss=False, ppm=ppm, fee_rows={_FEE: {"fields": {"in_use": False}}})
    shop = _cost(goods, codes, example.on, ioss=True, ppm=ppm, fee_rows={_FEE: {"fields": {"in_use": False}}})
    found: dict[str, Any] = {"distinct_items": len(set(codes)), "duty": major(border.duty_minor)}
    words = " ".join([*(str(line.get("item", "")) for line in given["lines"]), example.note]).casefold()
    by_scheme = "ioss" in words and not re.search(r"(not|non|without|no)[- ]+ioss", words)
    if ppm is not None:
        goods_tax = sum(apply_rate(amount, ppm) for amount in goods)
        on_duty = border.tax_minor - goods_tax
        found |= {
            "vat_on_duty": major(on_duty),
            "vat_on_duty_ioss": major(shop.tax_minor - goods_tax),
            "total_extra": major(border.duty_minor + (shop.tax_minor - goods_tax if by_scheme else on_duty)),
        }
    else:
        goods_tax = sum(apply_rate(amount, 190_000) for amount in goods)
        found["vat_on_duty_ioss"] = major(shop.tax_minor - goods_tax)
    return found


def _fee_law(example: Example) -> Mapping[str, Any]:
    """The fee's row as the example supposes it: in force or not, from which day."""
    given = example.input
    change: dict[str, Any] = {"fields": {"in_use": bool(given.get("union_handling_fee_in_force", True))}}
    if "union_handling_fee_in_force_from" in given:
        change["period"] = Period(day(given["union_handling_fee_in_force_from"]), None)
    return {_FEE: change}


@topic(
    "handling_fee",
    region="eu",
    covers=is_union,
    keys="currency b2c consignment_value dates declaration_lines lines union_handling_fee_in_force"
    " union_handling_fee_in_force_from",
)
def handling_fee(example: Example) -> Mapping[str, Any]:
    """So much per declaration line, whatever the value, for consumers."""
    given = example.input
    codes = (
        _codes(given["lines"]) if "lines" in given else [f"99{n:04d}" for n in range(int(given["declaration_lines"]))]
    )
    goods = _spread(_value(given.get("consignment_value", "100")), len(codes))
    lines = shapes.lines(goods, codes)
    parcel = shapes.parcel(
        lines, to=MEMBER, currency=CURRENCY, customer="consumer" if given.get("b2c", True) else "business"
    )
    dates = [day(d) for d in given.get("dates", [example.on])]
    found = [
        customs_engine.assess(parcel, shapes.customs_rules(MEMBER, on, lines, duty_ppm=0, fee_rows=_fee_law(example)))
        for on in dates
    ]
    answers: dict[str, list[Any]] = {
        "handling_fee": [major(sum(one.fee)) for one in found],
        "duty": [major(sum(one.duty)) for one in found],
        "flat_duty": [one.treatment == "low_value_fixed_duty" for one in found],
    }
    many = "dates" in given
    return {
        "distinct_items": len(set(codes)),
        **{key: value if many else value[0] for key, value in answers.items()},
    }


@topic(
    "minimum_collection", region="eu", covers=is_state, keys="currency goods_plus_freight import_vat_rate item vat_rate"
)
def minimum_collection(example: Example) -> Mapping[str, Any]:
    """Import VAT that is too small to be collected."""
    given = example.input
    ppm = percent_ppm(given.get("import_vat_rate") or given["vat_rate"])
    value = minor(given["goods_plus_freight"])
    rules = shapes.tax_rules(example.jurisdiction, example.on, standard_ppm=ppm)
    lines = shapes.lines([value])
    parcel = shapes.parcel(lines, to=example.jurisdiction, currency=CURRENCY)
    tax = tax_engine.assess(parcel, tax_engine.scheme_for(parcel, rules), rules, [0], [0])
    computed = apply_rate(value, ppm)
    return {
        "import_vat_computed": major(computed),
        "vat_computed": major(computed),
        "collected": major(sum(tax.line_tax)),
        "levied": sum(tax.line_tax) > 0,
    }


@topic(
    "national_parcel_fee",
    region="eu",
    covers=is_state,
    keys="import_date consignment_value_eur parcels declaration_lines origin",
)
def national_parcel_fee(example: Example) -> Mapping[str, Any]:
    """A state's own fee on parcels from outside, in its own currency."""
    given, state = example.input, example.jurisdiction
    count = int(given.get("declaration_lines", 1))
    goods = shapes.lines(_spread(_value(given["consignment_value_eur"]), count), [f"99{n:04d}" for n in range(count)])
    parcel = shapes.parcel(goods, to=state, currency=CURRENCY)
    rules = shapes.customs_rules(state, example.on, goods, duty_ppm=0)
    total = 0
    currency = ""
    for fee in rules.fees:
        if fee.key == _FEE or not customs_engine.within(parcel, parcel.goods_minor, fee, None):
            continue
        times = count if fee.kind == "per_item" else int(given.get("parcels", 1))
        total += customs_engine.fee_minor(fee, parcel.goods_minor, fee.currency, None) * times
        currency = fee.currency
    return {"fee": major(total), "currency": currency or CURRENCY}
