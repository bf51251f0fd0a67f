"""The law room: the map says for every country what the engines say, rows are found, changes come in order, an order is explained."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entrepot.domains.customs import queries as customs
from entrepot.domains.identity import services as identity_services
from entrepot.domains.orders import queries as orders
from entrepot.flows.price.calculate import destinations
from entrepot.infra import clock, db
from entrepot.infra.memo import forget_all
from entrepot.interfaces.console import counts, lawroom
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbour"
DAY = dt.date(2026, 11, 25)


@pytest.fixture
def desk():
    forget_all()
    builders.seed_shop()
    counts.forget()
    return logged_in("owner")


def logged_in(role):
    with db.transaction():
        identity_services.set_up_roles(actor=SYSTEM)
        email = f"{role}@example.com"
        user_id = identity_services.create_user(
            actor=SYSTEM, email=email, name="Lin Lan", password=PASSWORD, language="en"
        )
        identity_services.grant(actor=SYSTEM, user_id=user_id, role=role, scope="")
    browser = Client()
    assert browser.post("/console/login", {"email": email, "password": PASSWORD}).status_code == 302
    return browser


def page(browser, path, status=200):
    answer = browser.get(path)
    assert answer.status_code == status, path
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_map_and_its_table_say_the_same_of_every_country(desk):
    text = page(desk, "/console/law/map?value=100&currency=EUR&origin=CN&seller=all")
    drawn = dict(
        re.findall(r'href="/console/law/countries/(\w\w)\?[^"]*" tabindex="-1"><path class="land due-(\w+)"', text)
    )
    dots = dict(
        re.findall(r'href="/console/law/countries/(\w\w)\?[^"]*" tabindex="-1"><circle class="land due-(\w+)"', text)
    )
    table = dict(re.findall(r'class="row-link" href="/console/law/countries/(\w\w)\?.*?class="land due-(\w+)"', text))
    assert set(table) == set(destinations()) == set(drawn) | set(dots)
    assert {**drawn, **dots} == table
    assert table["DE"] == "duty_tax" and table["AU"] == "tax_sale" and table["KR"] == "nothing"


def test_the_map_is_kept_and_asked_of_the_database_once(desk):
    path = "/console/law/map?value=90"
    page(desk, path)
    counts.forget()
    with CaptureQueriesContext(connection) as statements:
        page(desk, path)
    assert len(statements) <= 12


def test_what_cannot_be_read_in_an_address_becomes_the_sample(desk):
    for query in (
        "value=x",
        "value=-1",
        "value=9e99",
        "currency=??",
        "hs=1",
        "origin=<b>",
        "way=swim",
        "on=never",
        "seller=me",
    ):
        text = page(desk, f"/console/law/map?{query}")
        assert "<b>&" not in text and "A parcel of" in text, query


def test_a_country_lists_its_rules_in_the_order_they_are_tried_and_what_is_held(desk):
    text = page(desk, "/console/law/countries/DE?value=100&currency=EUR&origin=CN")
    assert text.index("<b>ioss</b>") < text.index("<b>standard import</b>"), "the Union's come first, as in the engine"
    assert "up to <bdi>€150.00</bdi>" in text and "Registrations held" in text and "low value fixed duty" in text
    assert "There is no country" in page(desk, "/console/law/countries/QQ", 404)


def test_rows_are_found_by_territory_table_state_confidence_and_words(desk):
    for query, there, not_there in (
        ("place=DE&table=tax_rates", "DE.yaml", "FR.yaml"),
        ("place=EU&state=past&on=2026-11-25", "low value relief", "union handling fee"),
        ("q=union+handling", "union handling fee", "low value relief"),
        ("sure=official&place=EU", "official</span>", "not verified</span>"),
    ):
        rows = page(desk, f"/console/law?{query}").partition("<tbody>")[2]
        assert there in rows and not_there not in rows, query
    assert "No row is like that" in page(desk, "/console/law?q=nothing+is+called+so")


def test_a_rule_that_changed_shows_its_versions_and_pages_follow_each_other(desk):
    text = page(desk, "/console/law?place=DE&table=tax_rates&q=standard&on=2020-08-01")
    assert "3 versions" in text and text.count('<li class="key"><b>16 %</b>') == 3  # in each of the three rows
    first = page(desk, "/console/law")
    start = re.search(r"start=(\d+)", first).group(1)
    assert page(desk, f"/console/law?start={start}").partition("<tbody>")[2] != first.partition("<tbody>")[2]


def test_changes_come_in_order_with_before_and_after_and_the_markets_they_touch(desk):
    text = page(desk, "/console/law/changes?on=2026-11-25")
    coming = text.partition("Just changed")[0]
    days = [int(n) for n in re.findall(r"in (\d+) days", coming)]
    assert days == sorted(days) and days[0] > 0
    row = next(part for part in coming.split("<tr data-row>") if "low value fixed duty" in part)
    assert "it ends" in row and "/console/law/countries/DE?on=2028-07-01" in row
    assert "union handling fee" in text.partition("Just changed")[2]
    ours = page(desk, "/console/law/changes?on=2026-11-25&ours=1")
    assert len(re.findall("data-row", ours)) < len(re.findall("data-row", text))


def test_every_boundary_of_the_tables_is_a_change_and_nothing_else_is():
    told = {(change.day, lawroom.thread_of(change.entry)) for change in lawroom.changes()}
    edges = {
        (edge, lawroom.thread_of(entry))
        for entry in lawroom.entries()
        if entry.in_use
        for edge in (entry.row.period.start, entry.row.period.end)
        if edge is not None
    }
    assert told == edges and len(told) == len(lawroom.changes())
    assert all(change.before is not change.after for change in lawroom.changes())
    assert all(entry.value for entry in lawroom.entries())


def test_an_order_is_explained_to_the_cent_and_by_the_law_of_another_day(desk):
    placed = builders.a_confirmed_order({"LAMP-OAK": 1, "SPK-MINI": 1})
    number = orders.order(order_id=placed.order_id).number
    text = page(desk, f"/console/law/explain?order={number}")
    assert "Every figure comes out again to the cent" in text and "base × rate, rounded once" in text
    assert re.search(r"[\d.]+ × 19% = [\d.]+", text) and "Total of the parcel" in text
    assert "By the law of 2 Jul 2028" in page(desk, f"/console/law/explain?order={number}&on=2028-07-02")
    unheld = page(desk, f"/console/law/explain?order={number}&on=2020-08-01")
    assert "By the law of 1 Aug 2020" not in unheld and "has no registration" in unheld
    assert f"/console/law/explain?order={number}" in page(desk, f"/console/orders/{placed.order_id}")
    assert "There is no order E-0" in page(desk, "/console/law/explain?order=E-0", 404)


def test_a_reading_is_chosen_from_a_day_on_and_holds_from_then(desk):
    text = page(desk, "/console/law/doubts?place=EU")
    assert "What speaks against it" in text and "Follow this reading" in text
    chosen = customs.rule_choices(on=DAY)[0]
    other = next(one.option for one in chosen.options if one.option != chosen.chosen)
    since = max(DAY, clock.today()) + dt.timedelta(days=6)
    form = {"territory": chosen.territory, "group": chosen.group, "option": other, "from_date": since.isoformat()}
    answer = desk.post("/console/law/doubts/choose", form)
    assert answer.status_code == 302
    forget_all()
    assert customs.rule_choices(on=DAY)[0].chosen == chosen.chosen
    assert customs.rule_choices(on=since)[0].chosen == other
    assert "the other reading holds" in page(desk, answer["Location"])
    desk.post("/console/law/doubts/choose", {**form, "from_date": "soon"})
    assert "Choose the day from which it holds" in page(desk, "/console/law/doubts")
    desk.post("/console/law/doubts/choose", {**form, "from_date": "2020-01-01"})
    assert "A reading is chosen from today on" in page(desk, "/console/law/doubts")


def test_who_may_not_choose_reads_only():
    builders.seed_shop()
    text = page(logged_in("auditor"), "/console/law/doubts?place=EU")
    assert "Follow this reading" not in text and "Your role may not" in text
