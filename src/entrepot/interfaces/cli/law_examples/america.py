"""The United States: fees, surcharges, relief by value, sales tax of the states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from entrepot.domains.customs.engine import duty as customs_engine
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.queries import law as customs_tables
from entrepot.domains.tax.engine import nexus as nexus_engine
from entrepot.domains.tax.engine import vat as tax_engine
from entrepot.domains.tax.queries import law as tax_tables
from entrepot.interfaces.cli.law_examples import shapes
from entrepot.interfaces.cli.law_examples.frame import Example, Skip, day, major, minor, percent_ppm, topic
from entrepot.kernel.money import PPM, apply_rate, split

COUNTRY, CURRENCY = "US", "USD"


def _here(jurisdiction: str) -> bool:
    return jurisdiction == COUNTRY or jurisdiction.startswith(f"{COUNTRY}-")


def _region(example: Example) -> str:
    return example.jurisdiction.removeprefix(f"{COUNTRY}-")


def _entry_key(words: str) -> str:
    text = words.casefold()
    if "express" in text:
        return "us_express_waybill"
    if "mail" in text or "post" in text:
        return "us_dutiable_mail"
    if "informal" in text:
        if "not automated" in text or "manual" in text:
            raise Skip(f"the fee of “{words}” is not in the tables")
        return "us_informal"
    return "us_formal"


@topic("mpf", region="us", covers=_here, keys="date entered_value_usd entry")
def mpf(example: Example) -> Mapping[str, Any]:
    """The merchandise processing fee of an entry."""
    value = minor(example.input["entered_value_usd"])
    rules = shapes.customs_rules(COUNTRY, example.on, ())
    key = _entry_key(str(example.input["entry"]))
    fee = next((fee for fee in rules.fees if key in fee.entries), None)
    if fee is None:
        raise Skip(f"no fee for {key} on {example.on} in the tables")
    return {
        "ad_valorem": major(apply_rate(value, fee.rate_ppm)),
        "mpf": major(customs_engine.fee_minor(fee, value, CURRENCY, None)),
    }


@topic("postal_specific_duty", region="us", covers=_here, keys="date items effective_ieepa_rate")
def postal_specific_duty(example: Example) -> Mapping[str, Any]:
    """So much per postal item, by the band of the country's other rate."""
    found = customs_law.postal_specific(
        customs_tables()[COUNTRY], rate_ppm=percent_ppm(example.input["effective_ieepa_rate"]), on=example.on
    )
    return {"duty_usd": major(found[0] * int(example.input["items"]) if found else 0)}


@topic("section_122", region="us", covers=_here, keys="mode value_usd dates")
def section_122(example: Example) -> Mapping[str, Any]:
    """The surcharge of 2026 on each date."""
    value = minor(example.input["value_usd"])
    return {"surcharge_usd": [major(_surcharge(value, day(d))) for d in example.input["dates"]]}


def _surcharge(value: int, on: dt.date) -> int:
    lines = shapes.lines([value])
    parcel = shapes.parcel(lines, to=COUNTRY, currency=CURRENCY)
    found = customs_engine.assess(parcel, shapes.customs_rules(COUNTRY, on, lines, duty_ppm=0))
    return sum(row.amount_minor for row in found.charges if row.rule.key == "section_122")


@topic(
    "de_minimis",
    region="us",
    covers=_here,
    keys="currency value_usd consignments_fob dates date same_day_same_recipient origin mode",
)
def de_minimis(example: Example) -> Mapping[str, Any]:
    """Whether goods are free of duty by their value; parcels of one day to one person count together."""
    given = example.input
    values = [minor(value) for value in given.get("consignments_fob", [given.get("value_usd", "0")])]
    together = sum(values) if given.get("same_day_same_recipient") else max(values)
    dates = [day(d) for d in given.get("dates", [example.on])]
    free, limits = [], []
    for on in dates:
        lines = shapes.lines([together], origin=given.get("origin", "XX"))
        rules = shapes.customs_rules(COUNTRY, on, lines, duty_ppm=0)
        parcel = shapes.parcel(lines, to=COUNTRY, currency=CURRENCY)
        free.append(customs_engine.treatment_of(parcel, together, rules, "", None).kind == "relief")
        limits.append(next((major(t.limit_minor or 0) for t in rules.treatments if t.kind == "relief"), "0.00"))
    many = "dates" in given
    by_sum = not isinstance(example.expected.get("aggregated"), bool)  # files say the sum, or that there was one
    return {
        "aggregated": major(together) if by_sum else bool(given.get("same_day_same_recipient")),
        "duty_free_by_value": free if many else free[0],
        "exempt": free if many else free[0],
        "limit": limits if many else limits[0],
    }


_PARTS = ("taxable", "exempt_other", "product_exempt", "resale")


@topic(
    "economic_nexus",
    region="us",
    covers=_here,
    keys="sales_usd transactions dates total_sales total_transactions taxable exempt_other product_exempt resale"
    " gross_sales_rolling_12_months_usd",
)
def economic_nexus(example: Example) -> Mapping[str, Any]:
    """Whether sales and transactions reach a state's threshold; and what counts as gross, retail and taxable."""
    given = example.input
    law = tax_tables()[COUNTRY]
    by_state = given.get("gross_sales_rolling_12_months_usd")
    if by_state:
        reached = {
            state: nexus_engine.reached(law, region=state, on=example.on, sales=Decimal(str(sales)), transactions=0)[0]
            for state, sales in by_state.items()
        }
        return {"nexus": reached}
    parts = {name: given.get(name, {"sales": "0", "n": 0}) for name in _PARTS}
    sales = {name: Decimal(str(part["sales"])) for name, part in parts.items()}
    number = {name: int(part["n"]) for name, part in parts.items()}
    found: dict[str, Any] = {
        "gross_sales": sum(sales.values()),
        "gross_transactions": sum(number.values()),
        "retail_sales": sum(sales.values()) - sales["resale"],
        "retail_transactions": sum(number.values()) - number["resale"],
        "taxable_sales": sales["taxable"],
        "taxable_transactions": number["taxable"],
    }
    dates = [day(d) for d in given.get("dates", [example.on])]
    if example.jurisdiction != COUNTRY:
        answers = [_reached(example, found, on) for on in dates]
        found["nexus"] = answers if "dates" in given else answers[0]
    return found


def _reached(example: Example, found: Mapping[str, Any], on: dt.date) -> bool:
    given, law = example.input, tax_tables()[COUNTRY]
    basis = nexus_engine.basis_of(law, _region(example), on) or "gross"
    split_given = any(name in given for name in _PARTS)
    total = (
        found[f"{basis}_sales"] if split_given else Decimal(str(given.get("sales_usd", given.get("total_sales", "0"))))
    )
    count = found[f"{basis}_transactions"] if split_given else int(
        given.get("transactions", given.get("total_transactions", 0))
    )  # fmt: skip
    return nexus_engine.reached(law, region=_region(example), on=on, sales=total, transactions=count)[0]


@topic("clothing_exemption", region="us", covers=_here, keys="clothing_items_usd state_rate")
def clothing_exemption(example: Example) -> Mapping[str, Any]:
    """The state part on clothing, item by item."""
    rules = shapes.tax_rules(
        COUNTRY, example.on, region=_region(example), registrations=shapes.held(f"sales_tax@{example.jurisdiction}"),
        standard_ppm=percent_ppm(example.input["state_rate"]),
    )  # fmt: skip
    return {
        "state_tax": [major(_sales_tax(rules, [minor(v)], "clothing")) for v in example.input["clothing_items_usd"]]
    }


def _sales_tax(rules: Any, goods: Sequence[int], category: str = "standard", freight: int = 0) -> int:
    lines = shapes.lines(goods, category=category)
    parcel = shapes.parcel(lines, to=COUNTRY, currency=CURRENCY, region=rules.region, freight=freight)
    scheme = tax_engine.scheme_for(parcel, rules)
    zero = [0] * len(lines)
    found = tax_engine.assess(parcel, scheme, rules, zero, zero)
    return sum(found.line_tax) + found.freight_tax_minor


@topic(
    "sales_tax",
    region="us",
    covers=_here,
    keys="amount shipping freight_taxable state_rate county_rate special_rate combined_rate",
)
def sales_tax(example: Example) -> Mapping[str, Any]:
    """Tax at the combined rate, rounded once; its parts by largest remainder, so that they sum to it."""
    given = example.input
    rates = {name: percent_ppm(given.get(f"{name}_rate", "0")) for name in ("state", "county", "special")}
    combined = percent_ppm(given["combined_rate"]) if "combined_rate" in given else sum(rates.values())
    amount = minor(given["amount"])
    base = amount + (minor(given.get("shipping", "0")) if given.get("freight_taxable") else 0)
    rules = shapes.tax_rules(
        COUNTRY, example.on, region=_region(example), registrations=shapes.held(f"sales_tax@{example.jurisdiction}"),
        standard_ppm=combined,
    )  # fmt: skip
    tax = _sales_tax(rules, [base])
    parts = split(tax, list(rates.values())) if sum(rates.values()) else (0, 0, 0)
    return {
        "tax": major(tax),
        "total": major(amount + minor(given.get("shipping", "0")) + tax),
        **{name: major(part) for name, part in zip(rates, parts, strict=True)},
    }


@topic("rounding_sst", region="us", covers=_here, keys="net rate")
def rounding_sst(example: Example) -> Mapping[str, Any]:
    """Rounded once from the exact product, half up."""
    ppm = percent_ppm(example.input["rate"])
    listed = example.input["net"] if isinstance(example.input["net"], list) else [example.input["net"]]
    rules = shapes.tax_rules(
        COUNTRY, example.on, region=_region(example), registrations=shapes.held(f"sales_tax@{example.jurisdiction}"),
        standard_ppm=ppm,
    )  # fmt: skip
    raw = [str(Decimal(str(net)) * ppm / PPM) for net in listed]
    tax = [major(_sales_tax(rules, [minor(net)])) for net in listed]
    many = isinstance(example.input["net"], list)
    return {"raw": raw if many else raw[0], "tax": tax if many else tax[0]}


@topic("dated_rate", region="us", covers=lambda j: j.startswith(f"{COUNTRY}-"), keys="net dates supply_dates currency")
def dated_rate(example: Example) -> Mapping[str, Any]:
    """A state's rate on each date."""
    dates = example.input.get("dates") or example.input["supply_dates"]
    held = shapes.held(f"sales_tax@{example.jurisdiction}")
    found = [
        major(
            _sales_tax(
                shapes.tax_rules(COUNTRY, day(d), region=_region(example), registrations=held),
                [minor(example.input["net"])],
            )
        )
        for d in dates
    ]
    return {"tax": found, "vat": found}
