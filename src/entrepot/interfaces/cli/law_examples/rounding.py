"""Rounding, wherever it is done: per unit, per line, or once on the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from entrepot.domains.tax.engine.vat import included_tax
from entrepot.interfaces.cli.law_examples.frame import Example, Skip, major, minor, percent_ppm, topic
from entrepot.kernel.money import PPM, apply_rate, divide


def _anywhere(jurisdiction: str) -> bool:
    return jurisdiction == "*"


def _items(given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return given.get("lines", [given])


@topic("rounding_item", region="any", covers=_anywhere, keys="gross net qty rate lines order_discount")
def rounding_item(example: Example) -> Mapping[str, Any]:
    """Tax on a line (quantity × price), or inside it; a discount of the order comes off before."""
    given = example.input
    off = minor(given.get("order_discount", "0"))
    net = tax = gross = inside = 0
    exact = Decimal(0)
    for item in _items(given):
        ppm, quantity = percent_ppm(item["rate"]), int(item.get("qty", 1))
        if "net" in item:
            amount = minor(item["net"]) * quantity - off
            net += amount
            tax += apply_rate(amount, ppm)
        else:
            amount = minor(item["gross"]) * quantity - off
            gross += amount
            inside += included_tax(amount, ppm)
            exact += Decimal(amount * ppm) / (PPM + ppm)
    return {
        "tax": major(tax),
        "total": major(net + tax + gross),
        "included_tax": major(inside),
        "included_tax_line_rounding": major(inside),
        "included_tax_decimal_then_round": major(int(exact.quantize(Decimal(1), ROUND_HALF_UP))),
    }


@topic("rounding_line_vs_total", region="any", covers=_anywhere, keys="prices currency lines")
def rounding_line_vs_total(example: Example) -> Mapping[str, Any]:
    """Tax per rate: the sum of rounded lines, and once on the total of the rate."""
    gross = example.input["prices"] == "gross"
    line_wise: dict[str, int] = {}
    totals: dict[str, int] = {}
    for line in example.input["lines"]:
        name, amount = str(line["rate"]), minor(line["price"])
        ppm = percent_ppm(name)
        line_wise[name] = line_wise.get(name, 0) + (included_tax(amount, ppm) if gross else apply_rate(amount, ppm))
        totals[name] = totals.get(name, 0) + amount
    on_total = {
        name: (included_tax if gross else apply_rate)(amount, percent_ppm(name)) for name, amount in totals.items()
    }
    return {
        "tax_line_wise": {name: major(amount) for name, amount in line_wise.items()},
        "tax_on_total": {name: major(amount) for name, amount in on_total.items()},
    }


@topic(
    "rounding_unit",
    region="any",
    covers=_anywhere,
    keys="minor_units net gross rate qty lines prices shipping_gross item_discount_percent",
)
def rounding_unit(example: Example) -> Mapping[str, Any]:
    """Rounding on the unit, then times the quantity."""
    given = example.input
    read = int if given.get("minor_units") else minor
    off = PPM - percent_ppm(given.get("item_discount_percent", "0"))
    net = gross = 0
    for item in _items(given):
        ppm, quantity = percent_ppm(item.get("rate", given.get("rate"))), int(item.get("qty", 1))
        if "net" in item:
            unit = divide(read(item["net"]) * off, PPM)
            net += unit * quantity
            gross += divide(unit * (PPM + ppm), PPM) * quantity
        elif "gross" in item:
            unit = divide(read(item["gross"]) * off, PPM)
            net += divide(unit * PPM, PPM + ppm) * quantity
            gross += unit * quantity
        else:
            raise Skip("a line has neither net nor gross")
    found: dict[str, Any] = {"sub_total": net, "with_tax": gross, "sub_total_net": net, "total_with_tax": gross}
    if "shipping_gross" in given:
        shipping = read(given["shipping_gross"])
        found["shipping_net"] = divide(shipping * PPM, PPM + percent_ppm(given["rate"]))
        found["total_with_tax"] = gross + shipping
    return found if read is int else {key: major(value) for key, value in found.items()}
