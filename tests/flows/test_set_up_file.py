"""A set-up file goes in whole or not at all, again without effect, and a wrong row is named."""

from __future__ import annotations

import pytest

from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.flows.bring_in.set_up import set_up
from entrepot.kernel.errors import InvalidInput
from tests.builders import demo_store

pytestmark = pytest.mark.django_db

MARKET = {"code": "NZ", "country": "NZ", "currency": "NZD", "locales": ["en"], "tax_display": "incl", "time_zone": "Pacific/Auckland"}  # fmt: skip
HOUSE = {"code": "SYD", "name": "Sydney", "kind": "overseas", "country": "AU", "city": "Sydney", "time_zone": "Australia/Sydney", "cutoff": "14:00", "address": {}}  # fmt: skip


@pytest.fixture(autouse=True)
def store() -> None:
    demo_store()


def test_the_same_file_again_changes_nothing(actor):
    told = {"markets": [MARKET], "warehouses": [HOUSE]}
    assert set_up(actor=actor, told=told) == set_up(actor=actor, told=told) == {"markets": 1, "warehouses": 1}
    assert markets.market(code="NZ").currency == "NZD"
    assert list(inventory.warehouses()) == ["SYD"]


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"warehouses": [HOUSE], "castles": []}, "castles"),
        ({"warehouses": [HOUSE], "markets": [{**MARKET, "colour": "red"}]}, "colour"),
        ({"markets": [MARKET, {**MARKET, "code": "XX", "tax_display": "sometimes"}]}, "sometimes"),
        ({"markets": [{"code": "NZ"}]}, "country"),
        (
            {"markets": [MARKET], "lanes": [{"service": "x", "destination_country": "NZ", "steps": "heavy"}]},
            "steps|number",
        ),
    ],
)
def test_a_wrong_file_is_refused_whole(actor, told, named):
    with pytest.raises(Exception, match=named) as fault:
        set_up(actor=actor, told=told)
    assert hasattr(fault.value, "sentence"), "a person could not read this"
    assert markets.markets() == ()
    assert inventory.warehouses() == {}


def test_the_row_is_named(actor):
    with pytest.raises(InvalidInput) as fault:
        set_up(actor=actor, told={"markets": [MARKET, {**MARKET, "colour": "red"}]})
    assert fault.value.field == "markets[2]"
