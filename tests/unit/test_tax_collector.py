"""Who collects: what a marketplace owes as supplier is not the seller's, by the facts of the reference."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.collector import collector_of, through_marketplace
from entrepot.domains.tax.engine.law import compile_rules
from entrepot.domains.tax.engine.tables import law_of
from entrepot.domains.tax.errors import BadLaw, NotRegistered
from entrepot.domains.tax.types import RegistrationInfo
from entrepot.kernel.trade import Consignment, Line

ON = dt.date(2026, 11, 25)


def sale(
    goods: str, *, dispatch: str, to: str, currency: str, region: str = "", customer: str = "consumer", units: int = 1
):
    minor = int(goods) * 100
    line = Line("L1", "A", units, minor, "691110", "CN", 500)
    return Consignment("C1", dispatch, to, region, "", currency, (line,), customer=customer)


def collects(
    consignment: Consignment, *, seller: str | None = None, held: str = "", on: dt.date = ON
) -> tuple[str, str]:
    registrations = [
        RegistrationInfo(*one.split("@"), number="1", from_date=dt.date(2000, 1, 1), until=None) for one in held.split()
    ]
    rules = compile_rules(
        tax.law(),
        destination=consignment.destination_country,
        region=consignment.destination_region,
        on=on,
        registrations=registrations,
    )
    asked = consignment if seller is None else through_marketplace(consignment, seller_country=seller)
    found = collector_of(asked, rules)[0]
    return found.collector, found.scheme


def test_imports_into_the_union_up_to_150_are_the_marketplaces_whoever_sells() -> None:
    low = sale("150", dispatch="CN", to="DE", currency="EUR")
    assert collects(low, seller="CN", held="ioss@EU") == ("marketplace", "ioss_marketplace")
    assert collects(low, seller="DE") == ("marketplace", "ioss_marketplace")
    assert collects(low, held="ioss@EU") == ("seller", "ioss")
    assert collects(sale("151", dispatch="CN", to="DE", currency="EUR"), seller="CN") == ("customs", "standard_import")


def test_goods_within_the_union_are_the_marketplaces_only_for_sellers_from_outside() -> None:
    inside = sale("900", dispatch="NL", to="DE", currency="EUR")
    assert collects(inside, seller="CN", held="oss@EU") == ("marketplace", "marketplace_inside")
    assert collects(inside, seller="", held="oss@EU") == ("marketplace", "marketplace_inside")
    assert collects(inside, seller="FR", held="oss@EU") == ("seller", "oss")
    with pytest.raises(NotRegistered):
        collects(inside, seller="FR")


def test_britain_up_to_135_and_goods_there_of_sellers_from_overseas() -> None:
    assert collects(sale("135", dispatch="CN", to="GB", currency="GBP"), seller="CN")[0] == "marketplace"
    assert collects(sale("136", dispatch="CN", to="GB", currency="GBP"), seller="CN")[0] == "customs"
    assert collects(sale("500", dispatch="GB", to="GB", currency="GBP"), seller="CN")[0] == "marketplace"
    assert collects(sale("500", dispatch="GB", to="GB", currency="GBP"), seller="GB", held="vat@GB")[0] == "seller"


def test_a_business_is_not_the_marketplaces_buyer() -> None:
    business = sale("100", dispatch="CN", to="GB", currency="GBP", customer="business")
    assert collects(business, seller="CN") == ("", "reverse_charge")


@pytest.mark.parametrize(
    ("to", "currency", "low", "high", "scheme"),
    [
        ("AU", "AUD", "1000", "1001", "low_value_goods_marketplace"),
        ("NZ", "NZD", "1000", "1001", "low_value_goods_marketplace"),
        ("SG", "SGD", "400", "401", "low_value_goods_marketplace"),
        ("MY", "MYR", "500", "501", "low_value_goods_marketplace"),
        ("NO", "NOK", "2999", "3000", "voec_marketplace"),
    ],
)
def test_low_value_goods_are_the_marketplaces_up_to_the_limit(to, currency, low, high, scheme) -> None:
    assert collects(sale(low, dispatch="CN", to=to, currency=currency), seller="CN") == ("marketplace", scheme)
    assert collects(sale(high, dispatch="CN", to=to, currency=currency), seller="CN")[0] == "customs"


def test_the_swiss_platform_rule_begins_in_2025() -> None:
    swiss = sale("300", dispatch="CN", to="CH", currency="CHF")
    assert collects(swiss, seller="CN") == ("marketplace", "platform")
    assert collects(swiss, seller="CN", on=dt.date(2024, 12, 31)) == ("customs", "standard_import")


def test_states_have_their_own_first_day_and_four_have_none() -> None:
    alabama = sale("50", dispatch="US", to="US", currency="USD", region="AL")
    assert collects(alabama, seller="CN", held="sales_tax@US-AL") == ("marketplace", "marketplace")
    assert collects(alabama, seller="CN", on=dt.date(2018, 12, 31)) == ("", "no_nexus")
    assert collects(alabama, held="sales_tax@US-AL") == ("seller", "sales_tax")
    assert collects(sale("50", dispatch="US", to="US", currency="USD", region="OR"), seller="CN")[1] == "no_nexus"


def test_a_marketplace_collects_where_and_only_where_a_scheme_is_for_it() -> None:
    row = {"key": "a", "name": "vat", "movement": "any", "source": "s", "confidence": "official"}
    raw = {"jurisdiction": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"}
    for wrong in ({"collector": "marketplace"}, {"facilitated": True}, {"across": "yes"}, {"seller": "home"}):
        with pytest.raises(BadLaw, match="row schemes 1"):
            law_of({**raw, "schemes": [{**row, **wrong}]}, "DE.yaml")
