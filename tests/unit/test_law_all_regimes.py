"""What must hold of a landed cost in every country of the tables, whatever is sent there and how: found by hypothesis."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.markets.queries import demo_data
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.errors import NotRegistered
from entrepot.domains.tax.types import RegistrationInfo, TaxRules, TaxScheme
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.kernel.money import restate
from entrepot.kernel.trade import Consignment, Line
from tests.law_builders import DAY

COUNTRIES = tuple(sorted(tax.covered_countries()))
CODES = ("610910", "420221", "851830", "691110", "330499", "490199", "950300")
CATEGORIES = ("standard", "books", "food_basic", "children_clothing", "clothing")
DAYS = (dt.date(2024, 7, 5), dt.date(2025, 8, 15), dt.date(2026, 2, 6), dt.date(2026, 5, 12), dt.date(2026, 6, 30), DAY)
REGIONS = {"US": ("CA", "NY", "OR", ""), "CA": ("QC", "ON", "BC", "AB", ""), "BR": ("SP", "BA", "")}
EXAMPLES = int(os.environ.get("ENTREPOT_LAW_EXAMPLES", "400"))


def _fx() -> dict[tuple[str, str], Decimal]:
    told = demo_data()["fx"]
    rates = {name: Decimal(rate) for name, rate in told["rates"].items()} | {told["base"]: Decimal(1)}
    rates |= {"SAR": rates["USD"] * Decimal("3.75"), "AED": rates["USD"] * Decimal("3.6725")}
    return {(one, two): rates[two] / rates[one] for one in rates for two in rates if one != two}


FX = _fx()


def held(country: str) -> list[RegistrationInfo]:
    """Every registration that any scheme of a country asks for, in the country, its group and its regions."""
    laws = tax.law()
    own = laws[country]
    rows = [*own.schemes, *(laws[own.group].schemes if own.group else ())]
    names = {row.fields["registration"] for row in rows if row.fields.get("registration")}
    places = [country, own.group, *(f"{country}-{region}" for region in REGIONS.get(country, ()) if region)]
    return [RegistrationInfo(name, place, "-", dt.date(2000, 1, 1), None) for name in names for place in places]


def rules_of(country: str, region: str, on: dt.date, registered: bool) -> tuple[CustomsRules, TaxRules]:
    """The rules of a day; compiled anew, as a quote does."""
    law = customs.territory_of(country=country)
    assert law is not None, f"{country} has tax and no customs"
    pairs = {(code, origin) for code in CODES for origin in ("CN", "US", "DE")}
    return customs_law.compile_rules(law, destination=country, pairs=pairs, on=on), tax_law.compile_rules(
        tax.law(), destination=country, region=region, on=on, registrations=held(country) if registered else ()
    )


def usd(country: str, amount: int) -> int:
    """An amount in US cents in minor units of a country's currency; as it is where no rate comes with the program."""
    currency = tax.law()[country].currency
    return restate(amount, "USD", currency, FX) if ("USD", currency) in FX or currency == "USD" else amount


line = st.tuples(
    st.integers(0, 400_000), st.integers(1, 4), st.sampled_from(CODES), st.sampled_from(("CN", "US", "DE")),
    st.sampled_from(CATEGORIES),
)  # fmt: skip


@st.composite
def shipments(draw: st.DrawFn) -> tuple[Consignment, CustomsRules, TaxRules, dt.date]:
    """A consignment to anywhere, with the rules of one of the days."""
    country = draw(st.sampled_from(COUNTRIES))
    region = draw(st.sampled_from(REGIONS.get(country, ("",))))
    on = draw(st.sampled_from(DAYS))
    scale = draw(st.sampled_from((1, 10, 100)))  # many small ones, for limits lie low
    goods = draw(st.lists(line, min_size=1, max_size=5))
    lines = tuple(
        Line(f"l{n}", f"S{n}", quantity, usd(country, cents // scale) * quantity, code, origin, 100, category)
        for n, (cents, quantity, code, origin, category) in enumerate(goods)
    )
    parcel = Consignment(
        "c", draw(st.sampled_from(("CN", "US", "NL", country))), country, region, "", tax.law()[country].currency, lines,
        usd(country, draw(st.integers(0, 9_000))), usd(country, draw(st.sampled_from((0, 300)))),
        draw(st.sampled_from(("consumer", "business"))), draw(st.sampled_from(("courier", "post", "air", "sea"))),
    )  # fmt: skip
    duty, vat = rules_of(country, region, on, draw(st.booleans()))
    return parcel, duty, vat, on


def check(parcel: Consignment, cost: LandedCost) -> None:
    """Everything sums, nothing is negative, every zero says why, every row says by which rule."""
    assert sum(c.amount_minor for c in cost.charges) == cost.total_minor
    assert (
        sum(sum(one) for one in cost.lines.values()) + cost.freight_minor + cost.freight_tax_minor == cost.total_minor
    )
    assert all(c.amount_minor >= 0 for c in cost.charges)
    assert all(part >= 0 for one in cost.lines.values() for part in one)
    for kind, total in (("duty", cost.duty_minor), ("fee", cost.fee_minor), ("tax", cost.tax_minor)):
        assert sum(c.amount_minor for c in cost.charges if c.kind == kind) == total
    assert all(c.reason for c in cost.charges if not c.amount_minor and c.kind in ("duty", "tax", "fee", "freight"))
    assert all(c.rule.source and c.rule.confidence for c in cost.charges)
    assert {c.rule for c in cost.charges} <= set(cost.rules)
    assert {c.kind for c in cost.charges} >= {"duty", "tax"}
    for line_ in parcel.lines:  # rows of a line are that line's
        rows = sum(c.amount_minor for c in cost.charges if c.line == line_.ref and c.kind == "tax")
        assert rows == cost.lines[line_.ref].tax_minor


@settings(max_examples=EXAMPLES, deadline=None)
@given(shipments())
def test_in_every_country_parts_sum_and_zeros_have_reasons(
    shipment: tuple[Consignment, CustomsRules, TaxRules, dt.date],
) -> None:
    parcel, duty, vat, on = shipment
    try:
        cost = landed_cost(parcel, duty, vat, on, fx=FX)
    except NotRegistered:
        assert parcel.dispatch_country in vat.territory  # only goods that are inside already ask for a registration
        return
    check(parcel, cost)
    assert landed_cost(parcel, duty, vat, on, fx=FX) == cost


def _limits() -> list[tuple[str, str, TaxScheme]]:
    found = []
    for country in COUNTRIES:
        for scheme in rules_of(country, "", DAY, True)[1].schemes:
            if scheme.limit_minor is not None and scheme.movement == "import":
                found.append((country, scheme.key, scheme))
    return found


@pytest.mark.parametrize(
    ("country", "key", "scheme"), _limits(), ids=[f"{country} {key}" for country, key, _ in _limits()]
)
def test_a_limit_acts_once_and_where_it_stands(country: str, key: str, scheme: TaxScheme) -> None:
    """From nothing upwards a scheme is used up to its limit and never again; the limit itself is in or out as it says."""
    duty, vat = rules_of(country, "", DAY, True)
    own = tax.law()[country].currency
    limit = restate(scheme.limit_minor or 0, scheme.currency, own, FX, "down")
    vat = msgspec.structs.replace(vat, schemes=(scheme, vat.schemes[-1]))  # others may hide it
    origin = scheme.origins[0] if scheme.origins else "CN"
    dispatch = scheme.dispatch[0] if scheme.dispatch else "CN" if country != "CN" else "US"
    used = []
    values = [1, limit // 2, limit - 1, limit, limit + 1, limit + 2, 2 * limit, 10 * limit]
    for value in values:
        lines = (Line("l", "S", 1, value, "610910", origin, 100),)
        parcel = Consignment(
            "c", dispatch, country, "", "", own, lines, 0, 0,
            scheme.customers[0] if scheme.customers else "consumer", scheme.modes[0] if scheme.modes else "courier",
            scheme.facilitated,
        )  # fmt: skip
        chosen = landed_cost(parcel, duty, vat, DAY, fx=FX)
        used.append(chosen.scheme == key)
    within = [value < limit or (value == limit and not scheme.limit_exclusive) for value in values]
    assert used == within
