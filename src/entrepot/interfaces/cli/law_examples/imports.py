"""Imports into any country of the tables: limits of value, duty and import tax, dated rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.tax.engine import vat as tax_engine
from entrepot.interfaces.cli.law_examples import shapes, world
from entrepot.interfaces.cli.law_examples.frame import Due, Example, OneOf, Skip, day, major, minor, percent_ppm, topic
from entrepot.interfaces.cli.law_examples.world import Answer, Shipment
from entrepot.kernel.money import PPM, apply_rate

# What an example may call the value of its goods, and the same with freight in it.
GOODS = (
    "goods", "price", "value", "customs_value", "item_customs_value", "value_for_duty", "fob", "assessable_value",
    "import_value", "value_usd", "net",
)  # fmt: skip
WITH_FREIGHT = ("value_incl_freight", "value_incl_transport", "goods_plus_freight", "cif")
FREIGHT = ("freight", "shipping", "delivery", "transport_insurance", "transport_separate")
TAX_RATE = ("vat_rate", "gst_rate", "hst_rate", "tax_rate", "import_vat_rate", "ppn_effective", "ppn", "igst", "icms")
# These speak of what is charged at the border, so of a seller without a scheme of its own.
AT_BORDER = frozenset(
    {
        "border_import", "border_import_old", "import_vat", "de_minimis", "minimum_collection", "courier_global_rate",
        "import_old_rate", "duty_and_vat_arithmetic", "aggregation", "carrier_fee",
    }
)  # fmt: skip
LISTS = ("values", "values_usd", "customs_values")
KEYS = (
    " ".join((*GOODS, *WITH_FREIGHT, *FREIGHT, *TAX_RATE, *LISTS))
    + " currency duty duty_rate ii_rate bcd sws_of_bcd pph date dates origin from_country mode customer seller personal item"
    " invoice_usd fx consignment designated_article consignments_fob same_day_same_recipient sent"
)
_UP_TO_LEATHER = "420221"  # a designated article, if an example speaks of one


def first(given: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Return what an example says under the first of several names, None when under none."""
    return next((given[name] for name in names if given.get(name) is not None), None)


def ppm_of(given: Mapping[str, Any], *names: str) -> int | None:
    """Return a rate that an example states, None when it does not."""
    told = first(given, names)
    return None if told is None else percent_ppm(told)


def money_of(example: Example) -> str:
    """Return the currency an example speaks in."""
    given = example.input
    if given.get("currency"):
        return str(given["currency"])
    return "USD" if any(name.endswith("_usd") for name in given) and "fx" not in given else _own(example)


def _own(example: Example) -> str:
    return world.currency_of(example.jurisdiction)


def shipment_of(example: Example, on: dt.date, goods: Sequence[int], freight: int) -> Shipment:
    """Return the shipment an example describes; what it does not say is as usual."""
    given = example.input
    words = str(given.get("customer", "")).casefold()
    business = "business" in words or given.get("personal") is False
    origin = str(given.get("origin", "CN"))
    return Shipment(
        example.jurisdiction, money_of(example), on, tuple(goods), freight,
        origin=origin,
        dispatch=str(given.get("from_country", origin)),
        mode=str(given.get("mode", "courier")),
        customer="business" if business else "consumer",
        registered=bool(given.get("supplier_registered", given.get("certified", example.topic not in AT_BORDER))),
        duty_ppm=ppm_of(given, "duty_rate", "ii_rate", "bcd"),
        added_ppm=ppm_of(given, "sws_of_bcd"),
        tax_ppm=ppm_of(given, *TAX_RATE),
        further_ppm=ppm_of(given, "pph"),
        code=_UP_TO_LEATHER if given.get("designated_article") else "999999",
    )  # fmt: skip


def goods_of(example: Example) -> tuple[list[int], int]:
    """Return the values of goods and the freight that an example states, in minor units."""
    given, money = example.input, money_of(example)
    freight = minor(first(given, FREIGHT) or "0", money)
    if "consignment" in given:
        return [minor(line["net"], money) for line in given["consignment"]], freight
    if "consignments_fob" in given:
        return [minor(value, money) for value in given["consignments_fob"]], freight
    goods, whole = first(given, GOODS), first(given, WITH_FREIGHT)
    dollars = first(given, ("invoice_usd", "value_usd"))
    if dollars is not None:
        goods = Decimal(str(dollars)) * Decimal(str(given.get("fx", "1")))
    if goods is None and whole is None:
        raise Skip("it states no value of goods")
    if goods is None:
        return [minor(whole, money)], freight
    if whole is not None and not freight:
        freight = minor(whole, money) - minor(goods, money)
    return [minor(goods, money)], freight


def told(found: Answer, *, goods: int) -> dict[str, Any]:
    """Return everything an example may ask of an answer."""
    money, cost = found.shipment.currency, found.cost
    tax, duty = found.taxed(), cost.duty_minor
    base_duty, added = found.duty_parts()
    charged = duty + tax + cost.fee_minor
    free = found.schemes[-1].reason == "below_threshold"
    at_sale = all(scheme.collector == "seller" and scheme.taxed for scheme in found.schemes)

    def say(amount: int) -> str:
        return major(amount, money)

    return {
        "duty": say(duty), "bcd": say(base_duty), "sws": say(added), "ii": say(duty),
        "vat": say(tax), "tax": say(tax), "gst": say(tax), "hst": say(tax), "icms": say(tax), "igst": say(tax),
        "ppn": say(tax - found.further()), "pph": say(found.further()), "vat_charged": say(tax),
        "import_vat": say(0 if at_sale else tax), "supply_vat_total": say(tax if at_sale else 0),
        "supply_vat_on_goods_20": say(sum(line.tax_minor for line in cost.lines.values()) if at_sale else 0),
        "vat_at_point_of_sale": at_sale, "intrinsic_value": say(goods),
        "invoice_note": next((scheme.invoice_note for scheme in found.schemes), ""),
        "total": OneOf((say(charged), say(cost.total_minor))), "total_charges": say(charged),
        "value_for_duty": say(goods), "value_for_tax": say(found.tax_base()), "voti": say(found.tax_base()),
        "vat_base": say(found.tax_base()), "igst_base": say(found.tax_base()), "added_tax_value": say(found.tax_base()),
        "duty_base": say(sum(c.base_minor for c in cost.charges if c.kind == "duty" and c.rate_ppm)),
        "effective_percent": _percent(charged, goods),
        "exempt": free and not duty, "vat_due": not free and tax > 0, "duty_free_by_value": found.treatment is not None and found.treatment.kind == "relief",
        "limit": world.scheme_limit(found), "collected": say(tax), "levied": OneOf((say(tax), tax > 0)),
        "vat_computed": say(_uncut(found)), "import_vat_computed": say(_uncut(found)),
        "tax_usd": say(charged), "surcharge_usd": say(duty), "result": _result(found),
        "fixed_tax_allowed": found.schemes[-1].reason == "in_one_rate",
        "border": Due(charged > 0 and not at_sale),
    }  # fmt: skip


def _percent(part: int, whole: int) -> OneOf:
    exact = Decimal(part) * 100 / Decimal(whole or 1)
    return OneOf((str(exact), str(exact.quantize(Decimal("0.01"))), str(exact.quantize(Decimal("0.1")))))


def _uncut(found: Answer) -> int:
    """The tax before a sum too small to be collected is dropped."""
    dropped = [c.base_minor for c in found.cost.charges if c.reason == "below_collection_minimum"]
    return dropped[0] if dropped else found.taxed()


def _result(found: Answer) -> str:
    treatment = found.treatment
    if found.schemes[-1].reason != "in_one_rate" or treatment is None:
        return "ordinary declaration"
    percent = f"{(Decimal(treatment.rate_ppm) / 10_000).normalize():f}"
    return f"fixed tax {percent} % = {major(found.cost.duty_minor, found.shipment.currency)}"


def _cases(example: Example) -> tuple[list[tuple[dt.date, list[int], int]], bool]:
    """The (day, goods, freight) of an example: one, or one per date or value of a list."""
    given, money = example.input, money_of(example)
    values = first(given, LISTS)
    dates = [day(d) for d in given.get("dates", [])]
    if values is None and not dates:
        return [(example.on, *goods_of(example))], False
    if values is None:
        goods, freight = goods_of(example)
        return [(on, goods, freight) for on in dates], True
    amounts = [minor(value, money) for value in values]
    freight = minor(first(given, FREIGHT) or "0", money)
    if dates and len(amounts) not in (1, len(dates)):
        raise Skip("dates and values are of different number")
    days = dates or [example.on] * len(amounts)
    amounts = amounts * len(days) if len(amounts) == 1 else amounts
    return [(on, [amount], freight) for on, amount in zip(days, amounts, strict=True)], True


def _together(example: Example, goods: Sequence[int]) -> list[list[int]]:
    """The consignments an example's goods travel in: one, unless it says that they are sent apart."""
    if "consignments_fob" in example.input:
        return [list(goods)] if example.input.get("same_day_same_recipient") else [[amount] for amount in goods]
    words = str(example.input.get("sent", "")).casefold()
    if not words or any(word in words for word in ("together", "one", "single", "same")):
        return [list(goods)]
    if any(word in words for word in ("separate", "apart", "two", "each", "split")):
        return [[amount] for amount in goods]
    raise Skip(f"how it is sent (“{words}”) is not understood")


def imports(example: Example) -> Mapping[str, Any]:
    """Duty and tax of a consignment from abroad; lists give one answer per value or date."""
    cases, many = _cases(example)
    answers = []
    for on, goods, freight in cases:
        parts = _together(example, goods)
        found = [told(world.answer(shipment_of(example, on, part, freight)), goods=sum(part)) for part in parts]
        answers.append(found[0] if len(found) == 1 else _added(found))
    if not many:
        together = bool(example.input.get("same_day_same_recipient"))
        whole = major(sum(cases[0][1]), money_of(example))
        return {**answers[0], "aggregated": OneOf((together, whole if together else "0.00"))}
    return {key: [one[key] for one in answers] for key in answers[0]}


def _added(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Answers of several consignments: amounts added up, whatever else must agree."""
    whole = dict(found[0])
    for key, value in whole.items():
        each = [one[key] for one in found]
        if isinstance(value, str) and all(_is_amount(one) for one in each):
            whole[key] = str(sum(Decimal(one) for one in each))
        elif isinstance(value, OneOf):
            whole[key] = OneOf(tuple(each_of for one in each for each_of in one.values))
    return whole


def _is_amount(text: str) -> bool:
    return bool(text) and text.replace(".", "", 1).replace("-", "", 1).isdigit()


for _name in (
    "border_import", "border_import_old", "import_vat", "de_minimis", "low_value_threshold", "minimum_collection",
    "courier_global_rate",
):  # fmt: skip
    topic(_name, region="world", covers=world.is_place, keys=KEYS)(imports)


@topic("duty_and_vat_arithmetic", region="world", covers=world.is_place, keys=KEYS)
def duty_and_vat_arithmetic(example: Example) -> Mapping[str, Any]:
    """Duty and import tax above any limit; the duty may be given as an amount."""
    given, money = example.input, money_of(example)
    goods, freight = goods_of(example)
    shipment = shipment_of(example, example.on, goods, freight)
    parcel, tax = world.parcel_of(shipment), world.tax_rules(shipment)
    customs = world.customs_rules(shipment, parcel.lines)
    tariff = customs.treatments[-1]  # the last is open to everything
    customs = msgspec.structs.replace(customs, treatments=(tariff,))
    base = sum(goods) + (freight if tariff.valuation == "cif" else 0)
    duty = minor(given["duty"], money) if "duty" in given else apply_rate(base, shipment.duty_ppm or 0)
    scheme = tax.schemes[-1]
    found = tax_engine.assess(parcel, scheme, tax, [duty] + [0] * (len(goods) - 1), [0] * len(goods))
    vat = sum(found.line_tax) + found.freight_tax_minor
    return {
        "duty_base": major(base, money), "duty": major(duty, money), "vat": major(vat, money),
        "vat_base": major(sum(c.base_minor for c in found.charges if c.rate_ppm), money),
        "total_charges": major(duty + vat, money), "total": OneOf((major(duty + vat, money),)),
    }  # fmt: skip


@topic("import_old_rate", region="world", covers=world.is_place, keys=KEYS)
def import_old_rate(example: Example) -> Mapping[str, Any]:
    """A carrier's bill at an older rate of duty and tax: the plain product of both, without a law's whole steps."""
    given, money = example.input, money_of(example)
    goods, freight = goods_of(example)
    rates = world.tax_rules(shipment_of(example, example.on, goods, freight)).rates["standard"]
    share = rates.further[0].share if rates.further else (0, 1)
    whole = rates.rate_ppm * (share[0] + share[1]) // share[1]
    base = sum(goods) + freight
    duty = apply_rate(base, percent_ppm(given["duty_rate"]))
    tax = apply_rate(base + duty, ppm_of(given, *TAX_RATE) or whole)
    return {"duty": major(duty, money), "tax": major(tax, money), "total": major(duty + tax, money)}


@topic("aggregation", region="world", covers=world.is_place, keys="parcels origin same_day currency")
def aggregation(example: Example) -> Mapping[str, Any]:
    """Whether parcels count together, and whether they are then taxed."""
    parcels = example.input["parcels"]
    values = [minor(parcel.get("value_usd", parcel.get("value")), "USD") for parcel in parcels]
    one_day = bool(example.input.get("same_day", len({parcel.get("day") for parcel in parcels}) == 1))
    groups = [[sum(values)]] if one_day else [[value] for value in values]
    usd = msgspec.structs.replace(example, input={**example.input, "currency": "USD"})
    found = [world.answer(shipment_of(usd, example.on, group, 0)) for group in groups]
    return {
        "combined": OneOf((one_day, major(sum(values), "USD") if one_day else major(max(values), "USD"))),
        "taxed": any(one.taxed() > 0 for one in found),
    }


@topic("dated_rate", region="world", covers=world.is_place, keys=KEYS + " supply_dates")
def dated_rate(example: Example) -> Mapping[str, Any]:
    """A country's rate on each date: of a sale at home where a net price is given, else of an import."""
    given, money = example.input, money_of(example)
    dates = [day(d) for d in given.get("supply_dates") or given["dates"]]
    if "net" not in given:
        return imports(msgspec.structs.replace(example, input={**given, "dates": dates}))
    found = []
    for on in dates:
        home = shipment_of(example, on, [minor(given["net"], money)], 0)
        home = msgspec.structs.replace(home, dispatch=home.country)
        found.append(world.answer(home))
    amounts = [major(one.taxed(), money) for one in found]
    rates = [str(Decimal(shapes.rate(one.tax, "standard").rate_ppm) * 100 / PPM) for one in found]
    return {"vat": amounts, "tax": amounts, "gst": amounts, "rate": rates}
