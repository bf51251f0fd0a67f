"""Thresholds and registrations over real tables: what was sold where counts, each level is told once, pages show what changes."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from django.db import DatabaseError, transaction

from entrepot.domains.messages.models import Message
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import Supplied
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation import services as organisation_services
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax import services as tax_services
from entrepot.domains.tax.types import RegistrationInfo
from entrepot.flows.comply import watch_thresholds as flow
from entrepot.flows.comply.preview_registration import preview_registration
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.infra import db as database
from entrepot.interfaces.console import counts
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput
from tests import builders
from tests.builders import AT
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture
def sold() -> tuple[str, int]:
    """Two orders to one state and one to Germany: the state's key, and what was sold there without tax."""
    builders.seed_shop()
    counts.forget()
    placed = [builders.a_confirmed_order({"TEA-CUP": 2}, market="US") for _ in range(2)]
    builders.a_confirmed_order(market="DE")
    quotes = [orders.order(order_id=one.order_id).quote for one in placed]
    return f"US-{quotes[0].region}", sum(quote.goods_minor + quote.freight_minor for quote in quotes)


@pytest.fixture
def seeded() -> str:
    """A shop without orders; the key of a state in which it is not registered."""
    builders.seed_shop()
    counts.forget()
    return "US-TX"


def state(key: str):
    return next(one for one in flow.measure(at=LATER) if one.threshold.key == key)


def lower(monkeypatch: pytest.MonkeyPatch, key: str, amount_minor: int) -> None:
    kept = tax.thresholds_on(on=AT.date())
    low = [msgspec.structs.replace(t, amount_minor=amount_minor) if t.key == key else t for t in kept]
    monkeypatch.setattr(tax, "thresholds_on", lambda *, on: tuple(low))


def test_sales_count_where_they_went_and_nowhere_else(sold: tuple[str, int]) -> None:
    key, amount = sold
    told = state(key)
    assert (told.amount_minor, told.orders, told.level) == (amount, 2, "fine")
    others = [w for w in flow.measure(at=LATER) if w.threshold.region and w.threshold.key != key]
    assert len(others) > 40 and all(w.amount_minor == 0 for w in others)


def test_what_is_called_off_no_longer_counts(sold: tuple[str, int]) -> None:
    store = organisation.store()
    rows = orders.supplied(entity_id=store.entity.id, since=AT - dt.timedelta(1), until=LATER, zone="UTC")
    assert {(row.country, row.customer, row.orders) for row in rows} >= {("US", "consumer", 2), ("DE", "consumer", 1)}
    called_off = builders.a_confirmed_order(market="DE")
    cancel_order(actor=SYSTEM, order_id=called_off.order_id, reason="x", at=AT)
    after = orders.supplied(entity_id=store.entity.id, since=AT - dt.timedelta(1), until=LATER, zone="UTC")
    assert _sums(after) == _sums(rows)
    assert not orders.supplied(entity_id=store.entity.id, since=LATER, until=LATER + dt.timedelta(1), zone="UTC")


def _sums(rows: tuple[Supplied, ...]) -> list[tuple[str, int, int]]:
    """What was sold to each country and with how many orders, over all warehouses."""
    return [
        (to, sum(r.minor for r in rows if r.country == to), sum(r.orders for r in rows if r.country == to))
        for to in sorted({row.country for row in rows})
    ]


def test_an_order_from_two_warehouses_counts_once(seeded: str) -> None:
    placed = builders.a_confirmed_order({"TEA-CUP": 1, "SPK-MINI": 1}, market="DE")
    quote = orders.order(order_id=placed.order_id).quote
    assert len({one.warehouse for one in quote.consignments}) == 2
    entity = organisation.store().entity.id
    rows = orders.supplied(entity_id=entity, since=AT - dt.timedelta(1), until=LATER, zone="UTC")
    assert len(rows) == 2 and _sums(rows) == [("DE", quote.goods_minor + quote.freight_minor, 1)]
    assert max(rows, key=lambda row: row.minor).orders == 1


def test_thresholds_of_sellers_established_elsewhere_are_not_watched(sold: tuple[str, int]) -> None:
    keys = {one.threshold.key for one in flow.measure(at=LATER)}
    assert "eu_distance" not in keys and "gb_vat" not in keys and {"au_gst", "nz_gst", "no_voec"} <= keys


def test_a_level_is_told_once_by_event_and_mail(sold: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    key, amount = sold
    with database.transaction():
        organisation_services.set_contact(
            actor=SYSTEM, store_code="main", contact_email="tax@example.com", contact_phone=""
        )
    assert flow.watch_thresholds(LATER) == 0
    lower(monkeypatch, key, amount * 10 // 9)
    assert (flow.watch_thresholds(LATER), flow.watch_thresholds(LATER)) == (1, 0)
    lower(monkeypatch, key, amount)
    assert (flow.watch_thresholds(LATER), flow.watch_thresholds(LATER)) == (1, 0)
    notices = tax.notices(entity_id=organisation.store().entity.id)
    assert [(one.threshold, one.level, one.amount_minor) for one in notices] == [
        (key, "reached", amount),
        (key, "near", amount),
    ]
    assert Message.objects.filter(kind="threshold").count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        database.execute("DELETE FROM tax_thresholdnotice")


def test_who_is_registered_is_not_warned(sold: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    key, amount = sold
    lower(monkeypatch, key, amount)
    with database.transaction():
        tax_services.register(
            actor=SYSTEM, entity_id=organisation.store().entity.id, scheme="sales_tax", jurisdiction=key, number="1",
            from_date=dt.date(2026, 1, 1),
        )  # fmt: skip
    assert state(key).registered and flow.watch_thresholds(LATER) == 0


def test_the_page_shows_bars_and_looks_by_hand(sold: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    key, amount = sold
    lower(monkeypatch, key, amount)
    desk = logged_in("finance")
    page = desk.get("/console/thresholds")
    assert page.status_code == 200 and key in words(page) and "<meter" in page.content.decode()
    desk.post("/console/thresholds")
    assert "What was told" in words(desk.get("/console/thresholds"))
    refused = logged_in("auditor").post("/console/thresholds", follow=True)
    assert "Your role may not" in words(refused) or "may not" in words(refused)
    assert logged_in("warehouse").get("/console/thresholds").status_code == 403


# ---- registrations


def wanted(scheme: str, jurisdiction: str, number: str, until: dt.date | None = None) -> RegistrationInfo:
    return RegistrationInfo(scheme, jurisdiction, number, dt.date(2026, 12, 1), until)


def test_a_registration_shows_which_markets_change(seeded: str) -> None:
    key = seeded
    entity = organisation.store().entity.id
    changed = [e for e in preview_registration(entity_id=entity, wanted=wanted("sales_tax", key, "123")) if e.changes]
    assert {e.market for e in changed} == {"US"}
    assert {(e.before.collecting.collector, e.after.collecting.collector) for e in changed} == {("", "seller")}
    assert all(r.jurisdiction != key for r in tax.registrations(entity_id=entity))


def test_an_end_is_shown_on_its_day_with_what_is_refused(seeded: str) -> None:
    store = organisation.store()
    row = next(r for r in tax.registrations(entity_id=store.entity.id) if r.scheme == "oss")
    ended = msgspec.structs.replace(row, until=dt.date(2027, 1, 1))
    changed = [e for e in preview_registration(entity_id=store.entity.id, wanted=ended) if e.changes]
    german = next(e for e in changed if (e.market, e.origin) == ("DE", "NL"))
    assert german.on == dt.date(2027, 1, 1) and german.after.collecting.scheme == "domestic"


@pytest.mark.parametrize(
    ("scheme", "place", "number"), [("vat", "FR", "FR40303265046"), ("ioss", "EU", "IM1"), ("vat", "GB", "")]
)
def test_a_number_of_a_wrong_form_is_refused(seeded: str, scheme: str, place: str, number: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        preview_registration(entity_id=organisation.store().entity.id, wanted=wanted(scheme, place, number))
    assert fault.value.field == "number"


def test_the_form_shows_what_changes_and_then_saves(seeded: str) -> None:
    key = seeded
    desk = logged_in("finance")
    typed = {"scheme": "sales_tax", "jurisdiction": key, "number": "123-456", "from_date": "2026-12-01", "until": ""}
    shown = words(desk.post("/console/settings/registrations/record", typed))
    entity = organisation.store().entity.id
    assert "charged at the sale" in shown and all(r.jurisdiction != key for r in tax.registrations(entity_id=entity))
    desk.post("/console/settings/registrations/record", {**typed, "confirmed": "1"})
    assert any(r.jurisdiction == key for r in tax.registrations(entity_id=entity))
    bad = desk.post("/console/settings/registrations/record", {**typed, "scheme": "vat", "jurisdiction": "FR"})
    assert bad.status_code == 422 and "check digits" in words(bad)
