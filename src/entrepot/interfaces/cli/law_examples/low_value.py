"""Schemes of low value goods, taxed at the sale: limits per item or per consignment, levies, certified sellers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.tax.engine.vat import included_tax
from entrepot.interfaces.cli.law_examples import world
from entrepot.interfaces.cli.law_examples.frame import Due, Example, OneOf, Skip, major, minor, percent_ppm, topic
from entrepot.interfaces.cli.law_examples.imports import GOODS, KEYS, first, money_of, shipment_of, told
from entrepot.interfaces.cli.law_examples.world import Answer, Shipment
from entrepot.kernel.money import PPM, apply_rate, exponent

_ITEM = ("entry_value", "customs_value", "price", "value", "net")


def _net(gross: Any, rate_ppm: int, money: str) -> int:
    amount = minor(gross, money)
    return amount - included_tax(amount, rate_ppm)


def _goods(example: Example, rate_ppm: int) -> tuple[list[int], int]:
    """The net values of the items and the net freight of an example, whichever way it states them."""
    given, money = example.input, money_of(example)
    freight = minor(first(given, ("delivery", "shipping")) or "0", money)
    if "delivery_incl_gst" in given:
        freight = _net(given["delivery_incl_gst"], rate_ppm, money)
    if "items" in given:
        goods = [minor(first(item, _ITEM), money) for item in given["items"]]
    elif "price_incl_gst" in given:
        goods = [_net(given["price_incl_gst"], rate_ppm, money)]
    else:
        goods = [minor(first(given, GOODS), money)]
    if str(given.get("prices", "")).casefold().startswith("incl"):
        goods, freight = [amount - included_tax(amount, rate_ppm) for amount in goods], freight
    if "cif_total" in given:
        freight = minor(given["cif_total"], money) - sum(goods)
    return goods, freight


def _answers(example: Example, goods: Sequence[int], freight: int) -> list[Answer]:
    whole = shipment_of(example, example.on, goods, freight)
    if example.input.get("same_consignment", True):
        return [world.answer(whole)]
    apart = [msgspec.structs.replace(whole, goods=(amount,), freight=0) for amount in goods]
    return [world.answer(one) for one in apart]


@topic(
    "low_value_goods",
    region="world",
    covers=world.is_place,
    keys=KEYS + " items supplier_registered cif_total same_consignment price_incl_gst delivery_incl_gst prices",
)
def low_value_goods(example: Example) -> Mapping[str, Any]:
    """What the seller collects at the sale and what is left for the border."""
    money = money_of(example)
    rules = world.tax_rules(Shipment(example.jurisdiction, money, example.on, (1,)))
    goods, freight = _goods(example, rules.rates["standard"].rate_ppm)
    found = _answers(example, goods, freight)
    at_sale = sum(one.taxed("seller") for one in found)
    at_border = sum(one.taxed("customs", "carrier") for one in found)
    low = all(scheme.limit_minor is not None for one in found for scheme in one.schemes)
    single = [world.answer(shipment_of(example, example.on, [amount], 0)) for amount in goods]
    each = [one.schemes[0].limit_minor is not None for one in single]
    return {
        **told(found[0], goods=sum(goods)),
        "customs_value": major(sum(goods), money),
        "low_value": OneOf((low, each)),
        "each_item_low_value": OneOf((all(each), each)),
        "gst": major(at_sale + at_border, money),
        "gst_at_sale": major(at_sale, money),
        "import_gst": major(at_border, money),
        "lvg_tax": major(at_sale, money),
        "duty": major(sum(one.cost.duty_minor for one in found), money),
        "total": major(sum(one.cost.total_minor for one in found), money),
        "border": Due(bool(at_border) or not low),
    }


@topic("low_value_levy", region="world", covers=world.is_place, keys="currency mode consignment_value consignments")
def low_value_levy(example: Example) -> Mapping[str, Any]:
    """The levy on a low value consignment, and the tax on top."""
    given, money = example.input, money_of(example)
    several = given.get("consignments", 1)
    number = len(several) if isinstance(several, list) else int(several)
    value = minor(given.get("consignment_value", "1"), money)
    found = world.answer(shipment_of(example, example.on, [value], 0))
    levy = found.cost.fee_minor
    gross = levy + apply_rate(levy, found.tax.rates["standard"].rate_ppm)
    return {
        "levy": major(levy, money), "levy_incl_gst": OneOf((major(gross, money), major(gross * number, money))),
        "levy_incl_gst_each": major(gross, money), "total": major(gross * number, money),
    }  # fmt: skip


@topic("voec", region="world", covers=world.is_place, keys="currency items freight shipping")
def voec(example: Example) -> Mapping[str, Any]:
    """Which items go under the seller's scheme, and the tax it collects."""
    money = money_of(example)
    goods = [minor(item["price"], money) for item in example.input["items"]]
    found = world.answer(shipment_of(example, example.on, goods, 0))
    under = [scheme.limit_minor is not None and scheme.collector == "seller" for scheme in found.schemes]
    return {
        "voec": under,
        "vat_at_sale": major(found.taxed("seller"), money),
        "duty": major(found.cost.duty_minor, money),
    }


@topic("carrier_fee", region="world", covers=world.is_place, keys=KEYS + " post_base_fee post_percent")
def carrier_fee(example: Example) -> Mapping[str, Any]:
    """A carrier's fee for presenting a parcel: a base, a share of the value, beside the import tax."""
    given, money = example.input, money_of(example)
    value = minor(given["value"], money)
    share = apply_rate(value, percent_ppm(given.get("post_percent", "0")))
    tax = world.answer(shipment_of(example, example.on, [value], 0)).taxed()
    total = minor(given.get("post_base_fee", "0"), money) + share + tax
    return {"percent_fee": major(share, money), "vat": major(tax, money), "total": major(total, money)}


_REMESSA = "currency value goods freight certified ii_rate icms usd_rate usd50_in_brl cases"


def _remessa(example: Example, case: Mapping[str, Any]) -> tuple[Answer, int]:
    given = {**example.input, **case}
    one = msgspec.structs.replace(example, input=given)
    money = money_of(one)
    goods = minor(first(given, ("goods", "value")), money)
    fx = {}
    if "usd_rate" in given:
        fx["USD", money] = Decimal(str(given["usd_rate"]))
    elif "usd50_in_brl" in given:
        fx["USD", money] = Decimal(str(given["usd50_in_brl"])) / 50
    shipment = shipment_of(one, example.on, [goods], minor(given.get("freight", "0"), money))
    return world.answer(msgspec.structs.replace(shipment, fx=fx)), goods


@topic("remessa_conforme", region="world", covers=world.is_place, keys=_REMESSA)
def remessa_conforme(example: Example) -> Mapping[str, Any]:
    """Duty by the band of the goods, then the state's tax inside the price; one answer, or one per case."""
    cases = example.input.get("cases") or [{}]
    found: dict[str, Any] = {}
    several: dict[str, list[Any]] = {}
    for number, case in enumerate(cases, 1):
        one, goods = _remessa(example, case)
        rows = _remessa_rows(one, goods, str(example.expected.get("band", "")))
        found |= {f"case_{number}_{name}": value for name, value in rows.items()}
        for name, value in rows.items():
            several.setdefault(name, []).append(value)
    return found | {name: values if len(cases) > 1 else values[0] for name, values in several.items()}


def _remessa_rows(one: Answer, goods: int, band_words: str) -> dict[str, Any]:
    money, treatment = one.shipment.currency, one.treatment
    if treatment is None:
        raise Skip("no treatment of that day fits")
    places = exponent(money)
    raw = Decimal(goods + one.shipment.freight).scaleb(-places) * treatment.rate_ppm / PPM
    off = Decimal(treatment.deduction_minor).scaleb(-exponent(treatment.currency)) if treatment.deduction_minor else 0
    per = world.rates_with(one.shipment.fx or {}).get((treatment.currency, money), Decimal(1))
    bands = [t for t in one.customs.treatments if t.schemes and t.limit_minor is not None]
    limits = [major(t.limit_minor or 0, t.currency).removesuffix(".00") for t in bands]
    band = f"<={limits[0]}" if bands and treatment is bands[0] else ""
    if len(bands) > 1 and treatment is bands[1]:
        band = f"{limits[0]}.01-{limits[1]}"
    return {
        "ii": major(one.cost.duty_minor, money), "ii_raw": OneOf((str(raw - off * per), str(raw))),
        "icms": major(one.taxed(), money),
        "total": major(one.cost.total_minor, money), "band": _with_comment(band, band_words),
    }  # fmt: skip


def _with_comment(band: str, words: str) -> str:
    """A band as an example writes it, when it adds words of comment to the same band."""
    return words if band and words.startswith(f"{band} ") else band
