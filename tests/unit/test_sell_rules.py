"""Rules of selling without a database: the state machine, totals, quantities, addresses, differences of quotes."""

from __future__ import annotations

import msgspec
import pytest

from entrepot.domains.checkout.engine.compare import differences
from entrepot.domains.checkout.engine.quantities import quantity
from entrepot.domains.checkout.errors import QuantityRule
from entrepot.domains.orders.engine import states
from entrepot.domains.orders.engine.fold import base_lines
from entrepot.domains.parties.engine.address import check, normalised, postal_lines, required_fields
from entrepot.domains.parties.engine.contact import contact_faults
from entrepot.domains.parties.types import AddressData
from tests.quotes import a_paper_quote

STATES = sorted({s.source for s in states.STEPS} | {s.target for s in states.STEPS})


def test_every_state_has_a_way_to_a_final_one_and_names_who_takes_it():
    for state in STATES:
        reached, edge = {state}, [state]
        while edge:
            for step in states.next_steps(edge.pop()):
                assert step.taken_by.split()[0] in ("event", "timer", "buyer", "role"), step
                if step.target not in reached:
                    reached.add(step.target)
                    edge.append(step.target)
        assert reached & states.FINAL, state


def test_every_unfinished_state_is_left_by_itself_or_by_a_named_role():
    for state in set(STATES) - states.FINAL:
        assert states.next_steps(state), state


def test_every_refused_step_has_a_reason():
    for step in {s.name for s in states.STEPS}:
        for state in STATES:
            assert bool(states.reason(step, state)) == (state not in states.sources(step)), (step, state)


@pytest.mark.parametrize("bad", ["", "-1", -1, 100, "100", "1.5", 1.5, True, None, "１", "x", "1e3", "9" * 400])
def test_quantities_that_are_none(bad):
    with pytest.raises(QuantityRule):
        quantity(bad, sku="A")


def test_quantities_that_are():
    assert [quantity(v, sku="A") for v in (0, 1, "2", " 99 ")] == [0, 1, 2, 99]
    with pytest.raises(QuantityRule):
        quantity(0, sku="A", least=1)


GOOD = AddressData("Jonas Weber", "Lornsenstraße 12", "Hamburg", "DE", postal_code="22767")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"postal_code": "2276"}, "postal_code"),
        ({"postal_code": ""}, "postal_code"),
        ({"city": ""}, "city"),
        ({"street_address": ""}, "street_address"),
        ({"name": " "}, "name"),
        ({"country_code": "de"}, "country_code"),
        ({"country_code": "Germany"}, "country_code"),
        ({"country_code": "XX"}, "country_code"),
        ({"name": "x" * 200}, "name"),
        ({"street_address": "a\x00b"}, "street_address"),
    ],
)
def test_an_address_that_breaks_its_country_s_rules_names_the_field(change, field):
    faults = check(msgspec.structs.replace(GOOD, **change))
    assert field in [name for name, _ in faults]
    assert all(rule.endswith(".") or rule.endswith(").") for _, rule in faults)


def test_good_addresses():
    assert check(GOOD) == ()
    us = AddressData("Ada King", "500 Howard Street", "San Francisco", "US", postal_code="94105", country_area="CA")
    assert check(us) == ()
    assert check(msgspec.structs.replace(us, country_area="")) != ()
    assert check(msgspec.structs.replace(us, postal_code="10001")) != ()
    assert "postal_code" in required_fields("DE") and required_fields("QQ") == frozenset()
    assert normalised(GOOD).city == "HAMBURG" or normalised(GOOD).city == "Hamburg"


def test_contact_data():
    assert contact_faults(email="a@example.com", name="A", phone="+49 40 123456") == ()
    bad = contact_faults(email="a@@example", name="\n", phone="call me")
    assert [fault[0] for fault in bad] == ["email", "name", "phone"]
    assert contact_faults(email="x" * 300 + "@example.com", name="A")[0][0] == "email"


def test_lines_of_an_order_sum_to_the_quote():
    quote = a_paper_quote()
    assert sum(line.gross_minor for line in base_lines(quote)) == quote.total_minor


def test_differences_are_told_part_by_part():
    old = a_paper_quote()
    assert differences(old, old) == ()
    new = a_paper_quote(freight_minor=620)
    told = {d.kind: (d.before_minor, d.after_minor) for d in differences(old, new)}
    assert told == {"freight": (500, 620), "total": (old.total_minor, old.total_minor + 120)}


@pytest.mark.parametrize(
    ("country", "area", "city", "code", "lines"),
    [
        ("US", "WA", "Seattle", "98101", ("500 Pine St", "Seattle, WA 98101")),
        ("DE", "", "Kiel", "24105", ("500 Pine St", "24105 Kiel")),
        ("SA", "", "الرياض", "13524", ("500 Pine St", "الرياض 13524")),
        ("??", "", "Town", "1", ("500 Pine St", "1 Town")),
    ],
)
def test_postal_lines_follow_the_country(country, area, city, code, lines):
    address = AddressData("A", "500 Pine St", city, country, postal_code=code, country_area=area)
    assert postal_lines(address) == lines
