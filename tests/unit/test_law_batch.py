"""A hundred thousand random consignments over every regime: sums, signs, limits, and the batch against the scalar, bit for bit.

Hypothesis draws seeds, each a hundred and more consignments of one regime on one day; a failure shrinks to a seed, which tells
the consignment. The full number is marked slow; the same test runs with a tenth of it every time.
"""

from __future__ import annotations

import datetime as dt
import random
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.engine import vat
from entrepot.domains.tax.errors import NotRegistered
from entrepot.domains.tax.types import TaxRules
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.flows.price.landed_costs import LandedCosts, cents_of, landed_costs
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import restate
from entrepot.kernel.trade import Consignment, Line
from tests.law_builders import DAY
from tests.unit.test_law_all_regimes import CATEGORIES, CODES, COUNTRIES, FX, REGIONS, held, usd

DAYS = (dt.date(2024, 7, 5), dt.date(2025, 8, 15), dt.date(2026, 5, 12), dt.date(2026, 6, 30), DAY, dt.date(2028, 7, 2))
ORIGINS = ("CN", "US", "DE", "BR")
AT_ONCE = 125


@cache
def laws(country: str, region: str, on: dt.date, registered: bool) -> tuple[CustomsRules, TaxRules, LandedCosts]:
    """The rules of a place on a day for every pair of goods, and a batch that keeps what it settled."""
    law = customs.territory_of(country=country)
    assert law is not None
    pairs = {(code, origin) for code in CODES for origin in ORIGINS}
    duty = customs_law.compile_rules(law, destination=country, pairs=pairs, on=on)
    mine = held(country) if registered else ()
    vat_ = tax_law.compile_rules(tax.law(), destination=country, region=region, on=on, registrations=mine)
    return duty, vat_, LandedCosts(duty, vat_, on, fx=FX)


def consignment(dice: random.Random, country: str, region: str) -> Consignment:
    """One of any kind: zeros, one line or several, values small and large, now and then in another currency."""
    scale = dice.choice((1, 10, 100))
    lines = tuple(
        Line(
            f"l{n}", f"S{n}", quantity := dice.randint(1, 4),
            usd(country, dice.randint(0, 400_000) // scale) * quantity, dice.choice(CODES), dice.choice(ORIGINS), 100,
            dice.choice(CATEGORIES),
        )
        for n in range(dice.choice((1, 1, 1, 2, 5)))
    )  # fmt: skip
    own = tax.law()[country].currency
    return Consignment(
        "c", dice.choice(("CN", "US", "NL", country)), country, region, "",
        own if dice.random() < 0.9 else dice.choice(("EUR", "USD", "JPY")), lines,
        usd(country, dice.randint(0, 9_000)), usd(country, dice.choice((0, 0, 300))),
        dice.choice(("consumer", "consumer", "business")), dice.choice(("courier", "post", "air", "sea", "road")),
        dice.random() < 0.2, dice.choice(("", "CN", country)),
    )  # fmt: skip


def hold(sent: Consignment, cost: LandedCost) -> None:
    """Lines sum to the total, charges sum to the total, nothing is negative, every zero says why."""
    lines = cost.lines.values()
    assert sum(map(sum, lines)) + cost.freight_minor + cost.freight_tax_minor == cost.total_minor
    sums = {"goods": 0, "freight": 0, "insurance": 0, "duty": 0, "fee": 0, "tax": 0}
    for charge in cost.charges:
        assert charge.amount_minor >= 0
        assert charge.amount_minor or charge.reason or charge.kind == "goods"
        sums[charge.kind] += charge.amount_minor
    assert sum(sums.values()) == cost.total_minor
    assert (sums["goods"], sums["duty"], sums["fee"], sums["tax"]) == (
        sent.goods_minor, cost.duty_minor, cost.fee_minor, cost.tax_minor,
    )  # fmt: skip
    assert min(min(line) for line in lines) >= 0 and cost.freight_tax_minor >= 0
    assert {charge.rule for charge in cost.charges} <= set(cost.rules)


def once(sent: Consignment, cost: LandedCost, duty: CustomsRules, tax_: TaxRules) -> None:
    """A consignment has one treatment; what is below a limit by its rule is so by its value, and what is above is too."""
    kinds = {charge.rule.key for charge in cost.charges if charge.kind == "duty" and charge.reason == "below_threshold"}
    assert len(kinds) <= 1
    whole = sent.freight_minor + sent.insurance_minor
    treatment = next((one for one in duty.treatments if one.key == cost.treatment), None)
    if treatment is not None and treatment.limit_minor is not None:
        limit = restate(treatment.limit_minor, treatment.currency, sent.currency, FX, "down")
        assert sent.goods_minor + (whole if treatment.basis == "cif" else 0) <= limit
    scheme = next(one for one in tax_.schemes if one.key == cost.tax_scheme)
    if scheme.limit_minor is not None and not cost.line_schemes:
        limit = restate(scheme.limit_minor, scheme.currency, sent.currency, FX, "down") - scheme.limit_exclusive
        if scheme.limit_per == "consignment":
            assert sent.goods_minor + (whole if scheme.basis == "cif" else 0) <= limit
    if cost.treatment != "free_circulation" and treatment is not None:
        assert cost.entry == next(
            one.key for one in duty.entries
            if one.limit_minor is None
            or sent.goods_minor + (whole if one.basis == "cif" else 0)
            <= restate(one.limit_minor, one.currency, sent.currency, FX, "down")
        )  # fmt: skip


def try_them(seed: int) -> None:
    """A regime on a day, and so many consignments to it."""
    dice = random.Random(seed)
    country = COUNTRIES[seed % len(COUNTRIES)]
    region, on = dice.choice(REGIONS.get(country, ("",))), dice.choice(DAYS)
    duty, tax_, batch = laws(country, region, on, dice.random() < 0.75)
    for _ in range(AT_ONCE):
        sent = consignment(dice, country, region)
        try:
            cost = landed_cost(sent, duty, tax_, on, fx=FX)
        except NotRegistered:
            with pytest.raises(NotRegistered):
                batch.of(sent)
            continue
        assert batch.of(sent) == cents_of(cost), sent
        hold(sent, cost)
        once(sent, cost, duty, tax_)


# A failing seed is as good as its smaller neighbour: shrinking would only cost time.
quick = settings(
    max_examples=80, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
seeds = st.integers(0, 53 * 1_000_000)


@quick
@given(seeds)
def test_ten_thousand_consignments(seed: int) -> None:
    try_them(seed)


@pytest.mark.slow
@settings(quick, max_examples=800)
@given(seeds)
def test_a_hundred_thousand_consignments(seed: int) -> None:
    try_them(seed)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_regime_has_been_tried(country: str) -> None:
    try_them(COUNTRIES.index(country))


@quick
@given(st.sampled_from(COUNTRIES), st.integers(0, 300_000), st.integers(1, 50_000), st.integers(0, 5_000))
def test_dearer_goods_never_cost_less_under_the_same_treatment(
    country: str, price: int, more: int, freight: int
) -> None:
    """Between two limits a landed cost grows with the price: only a limit may let it fall."""
    duty, tax_, _ = laws(country, "", DAY, True)
    found = []
    for cents in (price, price + more):
        lines = (Line("l", "S", 1, usd(country, cents), "610910", "CN", 100),)
        sent = Consignment(
            "c", "CN" if country != "CN" else "US", country, "", "", tax.law()[country].currency, lines, freight
        )
        found.append(landed_cost(sent, duty, tax_, DAY, fx=FX))
    one, other = found
    if (one.tax_scheme, one.treatment, one.entry) == (other.tax_scheme, other.treatment, other.entry):
        assert one.total_minor <= other.total_minor
        assert one.duty_minor <= other.duty_minor


def test_a_batch_refuses_what_the_scalar_refuses() -> None:
    duty, tax_, batch = laws("DE", "", DAY, True)
    bad = Consignment("c", "CN", "DE", "", "", "EUR", (Line("l", "S", 1, -1, "610910", "CN", 1),))
    with pytest.raises(InvalidInput):
        batch.of(bad)
    with pytest.raises(InvalidInput):
        landed_costs([bad], duty, tax_, DAY + dt.timedelta(1))
    good = Consignment("c", "CN", "DE", "", "", "EUR", (Line("l", "S", 1, 1_999, "610910", "CN", 1),), 500)
    assert landed_costs([good, good], duty, tax_, DAY) == [cents_of(landed_cost(good, duty, tax_, DAY))] * 2


def test_the_limit_stands_to_the_cent_for_shelf_and_basket_alike() -> None:
    _, tax_, batch = laws("DE", "", DAY, True)
    for value, scheme in ((14_999, "ioss"), (15_000, "ioss"), (15_001, "standard_import")):
        sent = Consignment("c", "CN", "DE", "", "", "EUR", (Line("l", "S", 1, value, "610910", "CN", 1),), 500)
        assert batch.of(sent).tax_scheme == scheme == vat.scheme_for(sent, tax_).key
