"""The public calculator: an address is a question; every sum follows; wrong input is told above its field; few statements."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.domains.customs import queries as customs
from entrepot.flows.price.calculate import Article, Question, calculate, destinations, due_of
from entrepot.flows.price.explain import explain_charges
from entrepot.flows.price.what_if import otherwise, steps
from entrepot.infra.memo import forget_all
from entrepot.interfaces.storefront.calculator_form import amount_minor, typed
from entrepot.kernel.errors import EntrepotError
from tests.builders import seed_shop

DAY = dt.date(2026, 11, 25)
ASKED = {
    "to": "DE", "from": "CN", "currency": "EUR", "freight": "5", "on": "2026-11-25", "who": "consumer", "way": "courier",
    "seller": "all", "what-1": "ceramic cups", "hs-1": "6912 00", "origin-1": "CN", "value-1": "20,00", "qty-1": "2", "mass-1": "300",
}  # fmt: skip


@pytest.fixture
def shop(db: None) -> Client:
    forget_all()
    seed_shop()
    return Client()


def asked(shop: Client, locale: str = "en-de", **other: Any) -> tuple[int, str]:
    parts = {**ASKED, **{name.replace("_", "-") if name[-1].isdigit() else name: v for name, v in other.items()}}
    answer = shop.get(f"/{locale}/landed-cost?{urlencode(parts)}")
    return answer.status_code, re.sub(r"\s+", " ", answer.content.decode())


def question(country: str = "DE", value: int = 4000, **other: Any) -> Question:
    return Question((Article("691200", "CN", 1, value, 300),), "CN", country, DAY, "EUR", freight_minor=500, **other)


def test_an_address_is_answered_with_every_sum_its_rule_and_who_is_paid(shop):
    status, page = asked(shop)
    # 40 + 5 + 19 % of it + 3 for the item + 2 for handling
    assert status == 200 and re.search(r"<p class=\"calc-total\"><b><bdi>58,55\s€", page)
    assert "40,00" in page and "× <" not in page and "VAT 19" in page
    for words in (
        "To the seller, when buying",
        "To customs, through the carrier",
        "up to <bdi>150,00",
        "second hand",
        "data set",
    ):
        assert words in page, words
    assert re.search(r'lang="en" dir="ltr">Council Reg \(EU\) 2026/382', page)


def test_the_form_is_there_without_a_question_and_nothing_is_wrong_yet(shop):
    answer = shop.get("/en-de/landed-cost")
    page = answer.content.decode()
    assert answer.status_code == 200 and 'role="alert"' not in page and page.count("<h1") == 1
    assert page.count("<option value=") > 53 and 'href="/en-de/landed-cost"' in page  # the footer leads here


def test_without_a_market_the_address_leads_to_the_visitors_own(shop):
    assert (
        shop.get("/landed-cost?to=DE", headers={"Accept-Language": "de-DE"})["Location"] == "/de-de/landed-cost?to=DE"
    )


WRONG = [
    ("hs-1", "69", "The customs code is missing or has another number of digits"),
    ("value-1", "", "The price of one piece is missing"),
    ("value-1", "-4", "The price of one piece is missing"),
    ("value-1", "0", "The price of one piece is missing"),
    ("qty-1", "many", "The number of pieces is a whole number"),
    ("mass-1", "1.5", "The mass is in grams"),
    ("origin-1", "QQ", "Say in which country the goods were made"),
    ("to", "QQ", "Choose the country the goods go to"),
    ("to", "US", "Choose the state or province"),
    ("from", "", "Choose the country the goods are sent from"),
    ("currency", "DEM", "Choose a currency"),
    ("freight", "a lot", "The price of the delivery is written in digits"),
    ("on", "1999-01-01", "Choose a day from 2015"),
]


def test_wrong_input_is_told_above_its_field_and_everything_typed_stays(shop):
    for field, value, said in WRONG:
        answer = shop.get(f"/en-de/landed-cost?{urlencode({**ASKED, field: value})}")
        page = answer.content.decode()
        assert answer.status_code == 422 and page.count(said) == 2, (field, "above the field and in the summary")
        told = "region" if said.startswith("Choose the state") else field
        assert f'id="f-{told}-e"' in page and 'value="ceramic cups"' in page


NASTY = ["<script>alert(1)</script>", "\x00", "x" * 9000, "{{ 7 * 7 }}", '" onmouseover="x']


def test_whatever_is_typed_comes_back_as_text(shop):
    for nasty in NASTY:
        for fields in (("what-1", "postcode", "more"), tuple(ASKED), ("region", "to", "kind-1")):
            answer = shop.get(f"/en-de/landed-cost?{urlencode({**ASKED, **dict.fromkeys(fields, nasty)})}")
            page = answer.content.decode()
            assert answer.status_code in (200, 422), fields
            assert "<script>alert" not in page and '" onmouseover="x' not in page and ">49<" not in page


def test_words_without_a_code_ask_for_one_and_propose_where_a_nomenclature_is_loaded(shop, monkeypatch):
    status, page = asked(shop, hs_1="")
    assert status == 422 and "No customs code is known for these words" in page
    step = customs.PathStep("691200", "Ceramic tableware", "", "HS")
    found = customs.Candidate("691200", 1.0, (step,), ())
    monkeypatch.setattr(customs, "nomenclature_size", lambda: 1)
    monkeypatch.setattr(customs, "candidates", lambda **how: (found,))
    forget_all()
    status, page = asked(shop, hs_1="")
    assert status == 422 and 'type="radio" name="hs-1" value="691200"' in page and "Ceramic tableware" in page


def test_one_more_article_opens_an_empty_one_and_says_nothing_is_wrong_with_it(shop):
    status, page = asked(shop, more="1")
    assert status == 200 and 'role="alert"' not in page and 'id="f-hs-2"' in page and 'value="ceramic cups"' in page


def test_ten_articles_cost_no_more_statements_than_one(shop):
    many = dict(ASKED)
    for number in range(1, 11):
        many |= {f"{name}-{number}": ASKED[f"{name}-1"] for name in ("hs", "origin", "value", "qty", "mass")}
        many[f"hs-{number}"] = f"6912{number:02}"
    counted = []
    for parts in (ASKED, many):
        forget_all()
        shop.get("/en-de/help")  # what every page of the shop asks
        with CaptureQueriesContext(connection) as statements:
            assert shop.get(f"/en-de/landed-cost?{urlencode(parts)}").status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 9, counted


def test_one_network_may_not_ask_for_ever(shop, monkeypatch):
    monkeypatch.setattr("entrepot.interfaces.storefront.views.calculator.MOST_AN_HOUR", 2)
    assert [asked(shop)[0] for _ in range(3)] == [200, 200, 429]


def test_every_regime_answers_and_its_cascade_sums_to_the_total(db):
    seed_shop()
    found = {}
    for country, regions in destinations().items():
        region = regions[0] if regions else ""
        answer = calculate(question(country, region=region), rates_on=DAY)
        cost = answer.cost
        assert sum(charge.amount_minor for charge in cost.charges) == cost.total_minor == sum(answer.paid_to.values())
        rows = explain_charges(list(cost.charges), cost.ref, cost.currency, answer.rates)
        assert all(row.follows for row in rows), country
        found[country] = due_of(cost)
    assert len(found) == 53 and set(found.values()) >= {"nothing", "tax_sale", "tax_border", "duty_tax"}


def test_a_limit_is_told_from_both_sides_and_only_where_something_differs(db):
    seed_shop()
    (step,) = steps(calculate(question(), rates_on=DAY))
    assert step.at_minor == 15000 and (step.below.tax_scheme, step.above.tax_scheme) == ("ioss", "standard_import")
    assert step.below.goods_minor == 15000 and step.above.goods_minor == 15001


def test_what_would_be_different_names_the_thing_that_changed(db):
    seed_shop()
    told = {one.changed: one for one in otherwise(calculate(question(), rates_on=DAY), rates_on=DAY)}
    assert told["registered"].cost.tax_scheme == "standard_import" and told["day"].question.on > DAY
    same = otherwise(calculate(question("SG", value=4000), rates_on=DAY), rates_on=DAY)
    assert all(one.cost is None or one.cost.total_minor for one in same)


def test_a_seller_without_any_registration_is_told_where_that_is_refused(shop):
    status, page = asked(shop, to="CN", seller="none")
    assert status == 422 and "has no registration for" in page


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 10**9), st.sampled_from(["EUR", "JPY", "USD"]))
def test_what_is_typed_is_what_is_counted(minor, currency):
    assert amount_minor(typed(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1.299,90", "EUR", 129990), ("1,299.90", "EUR", 129990), ("1.299", "EUR", 129900), ("39.9", "EUR", 3990), ("٣٩٫٩٠", "EUR", 3990),
     ("1 299", "JPY", 1299), ("1.5", "JPY", None), ("", "EUR", None), ("1e5", "EUR", None), ("12.3456", "EUR", None), (".", "EUR", None)],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text, currency, minor):
    assert amount_minor(text, currency) == minor


def test_steps_stand_a_coin_apart_and_never_cost_less_than_the_goods(db):
    seed_shop()
    countries, values = ("DE", "GB", "NO", "CH", "AU", "BR", "JP"), (1, 999, 15_000, 15_001, 300_000)
    for country, registered, value in itertools.product(countries, ("all", "none"), values):
        try:
            answer = calculate(question(country, value=value, registered=registered), rates_on=DAY)
        except EntrepotError as fault:
            assert fault.code == "NOT_REGISTERED"
            continue
        for step in steps(answer):
            for cost, goods in ((step.below, step.at_minor), (step.above, step.at_minor + 1)):
                assert cost is None or (cost.goods_minor == goods and cost.total_minor >= goods)
