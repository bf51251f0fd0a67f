"""Landed costs worked out by hand (landed_cost.yaml), through the real tables and engines."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from tests.law_builders import customs_rules, lines, minor, parcel, tax_rules

CASES = yaml.safe_load((Path(__file__).parent / "landed_cost.yaml").read_text("utf-8"))["cases"]


def cost_of(case: dict[str, Any]) -> LandedCost:
    """Run a case of the file."""
    goods = tuple(
        msgspec.structs.replace(line, tax_category=(*item, "standard")[2])
        for line, item in zip(lines(*[(minor(item[0]), item[1]) for item in case["goods"]]), case["goods"], strict=True)
    )
    sent = parcel(
        goods, to=case["to"], sent_from=case["from"], currency=case["currency"], region=case.get("region", ""),
        freight=minor(case["freight"]), mode=case.get("mode", "courier"), customer=case.get("customer", "consumer"),
    )  # fmt: skip
    tax = tax_rules(case["to"], case["day"], region=case.get("region", ""), registered=case["registrations"])
    fx = {tuple(pair.split("/")): Decimal(rate) for pair, rate in case.get("fx", {}).items()}
    return landed_cost(sent, customs_rules(case["to"], case["day"], goods), tax, case["day"], fx=fx)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_by_hand(case: dict[str, Any]) -> None:
    cost = cost_of(case)
    for key, expected in case["expected"].items():
        if key in ("duty", "fee", "tax", "total"):
            assert Decimal(getattr(cost, f"{key}_minor")) / 100 == Decimal(expected), f"{key}: {case['why']}"
        else:
            assert getattr(cost, key) == expected, case["why"]
    assert sum(charge.amount_minor for charge in cost.charges) == cost.total_minor
    for kind, reason in case.get("zero_reasons", {}).items():
        assert reason in {c.reason for c in cost.charges if c.kind == kind and not c.amount_minor}


def test_the_same_order_at_both_tax_points_differs_as_the_law_did() -> None:
    before, after = cost_of(CASES[0]), cost_of(CASES[1])
    assert before.goods_minor == after.goods_minor and before.tax_minor == after.tax_minor
    assert after.total_minor - before.total_minor == 600
    assert {c.rule.until for c in before.charges if c.kind == "duty"} == {"2026-07-01"}
    assert {c.rule.since for c in after.charges if c.kind == "duty"} == {"2026-07-01"}


def test_every_row_says_where_it_comes_from_and_every_zero_why() -> None:
    for case in CASES:
        for charge in cost_of(case).charges:
            assert charge.rule.source and charge.rule.confidence and charge.rule.table
            if not charge.amount_minor:
                assert charge.reason, f"{case['name']}: {charge.kind} is zero without a reason"
