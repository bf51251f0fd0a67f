"""Settings pages over HTTP: drawn, changed, refused, watched."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.customs import queries as customs
from entrepot.domains.identity import queries as identity
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.markets import queries as markets
from entrepot.domains.offers import queries as offers
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation import services as organisation_services
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.tax import queries as tax
from entrepot.flows.price.publish_offers import publish_offers
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts
from entrepot.interfaces.console.drawn.pages import PAGES
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 12


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    return store


@pytest.fixture
def owner():
    return logged_in()


def test_every_page_and_form_is_drawn_within_its_statements(owner):
    listed = words(owner.get("/console/settings"))
    for page in PAGES.values():
        assert f'href="/console/settings/{page.slug}"' in listed
        for address in (page.slug, *(f"{page.slug}/{w.slug}" for w in page.writes)):
            with CaptureQueriesContext(connection) as statements:
                answer = owner.get(f"/console/settings/{address}")
            assert answer.status_code == 200 and len(statements) <= MOST_STATEMENTS, (address, len(statements))


def test_a_warehouse_a_lane_and_a_list_are_set_up_by_hand(owner):
    place = {
        "code": "lis", "name": "Lisbon", "kind": "third_party", "country": "pt", "city": "Lisboa", "line1": "Cais 1",
        "postcode": "1000", "time_zone": "Europe/Lisbon", "cutoff": "14:30",
    }  # fmt: skip
    assert owner.post("/console/settings/warehouses/set-up", place)["Location"] == "/console/settings/warehouses"
    made = inventory.warehouses()["LIS"]
    assert (made.kind, made.country, made.cutoff, made.address["line1"]) == ("third_party", "PT", "14:30", "Cais 1")
    lane = {
        "origin_country": "PT", "destination_country": "DE", "carrier": "sandbox", "service": "pt-road", "name": "Road",
        "grade": "standard", "incoterm": "DDP", "currency": "EUR", "steps": "2000:900\r\n500:690", "start": "2026-01-01",
        "transit_min_days": "3", "transit_max_days": "5", "source": "contract", "handling_days": "1", "customs_days": "0", "volumetric_divisor": "6000",
    }  # fmt: skip
    assert owner.post("/console/settings/lanes/set-up", lane).status_code == 302
    (card,) = [r for r in logistics.rate_cards(on=dt.date(2026, 2, 1)) if r.service == "pt-road"]
    assert [(s.up_to_g, s.amount_minor) for s in card.steps] == [(500, 690), (2000, 900)] and (
        card.max_mass_g,
        card.volumetric_divisor,
    ) == (2000, 6000)
    link = re.search(r'lanes/set-up\?([^"]*pt-road[^"]*)"', owner.get("/console/settings/lanes").content.decode())[1]
    filled = owner.get(f"/console/settings/lanes/set-up?{html.unescape(link)}").content.decode()
    assert "500:690\n2000:900</textarea>" in filled and 'value="contract"' not in filled  # a card's source is told anew
    assert owner.post("/console/settings/price-lists/set-up", {"code": "yen", "currency": "JPY"}).status_code == 302
    assert pricing.price_lists(store_id=organisation.store().id)["JPY"] == "yen"


def test_a_rate_a_duty_and_a_registration_are_kept_and_watched(owner):
    source = markets.fx_sources()[0]
    form = {"source": source.code, "currency": "EUR", "rate": "0.5123", "date": str(clock.today())}
    if source.base == "EUR":
        form["currency"] = "USD"
    assert owner.post("/console/settings/rates/set", form).status_code == 302
    assert Decimal("0.5123") in {r.rate for r in markets.rates_in_use(on=clock.today()) if r.source == source.code}
    code = sorted(customs.law())[0]
    form = {"territory": code, "rate_ppm": "4.5", "from_date": "2026-12-01"}
    assert owner.post("/console/settings/flat-duties/set", form).status_code == 302
    assert (code, 45_000) in {(d.territory, d.rate_ppm) for d in customs.merchant_duties()}
    number = "FR40303265045"
    form = {"scheme": "vat", "jurisdiction": "FR", "number": number, "from_date": "2027-01-01", "until": ""}
    assert "Before it is saved" in words(owner.post("/console/settings/registrations/record", form))
    assert owner.post("/console/settings/registrations/record", {**form, "confirmed": "1"}).status_code == 302
    assert number in {r.number for r in tax.registrations(entity_id=organisation.store().entity.id)}
    audited = {entry.action for entry in identity.audit_entries()}
    assert {"markets.load_fx_rates", "customs.set_merchant_duty", "tax.register"} <= audited


def test_a_market_is_changed_and_its_shelves_follow(owner):
    market = markets.market(code="DE")
    page = words(owner.get("/console/settings/markets"))
    assert "set-up?code=DE&amp;country=DE&amp;currency=EUR" in page
    publish_offers(actor=SYSTEM, at=clock.now(), product_ids=catalogue.product_ids())
    before = offers.offers(market="DE", skus=["TEA-CUP"])["TEA-CUP"]
    form = {
        "code": "DE", "country": "DE", "currency": "EUR", "locales": "de\nen", "tax_display": "excl", "open": "1",
        "time_zone": market.time_zone, "display_decimals": "2", "position": str(market.position),
    }  # fmt: skip
    assert owner.post("/console/settings/markets/set-up", form).status_code == 302
    builders.deliver_all()
    after = offers.offers(market="DE", skus=["TEA-CUP"])["TEA-CUP"]
    assert markets.market(code="DE").tax_display == "excl"
    assert after.price_minor == before.price_minor - before.tax_minor < before.price_minor


def test_what_is_wrong_stays_typed_with_the_reason_above_its_field(owner):
    form = {"territory": "XX", "rate_ppm": "lots", "from_date": "2026-12-01"}
    answer = owner.post("/console/settings/flat-duties/set", form)
    page = words(answer)
    assert answer.status_code == 422 and 'value="lots"' in page and "This is no number" in page
    assert page.index("f-rate_ppm-fault") < page.index('id="f-rate_ppm"') and 'value="2026-12-01"' in page
    assert "XX" not in {duty.territory for duty in customs.merchant_duties()}
    form = {"scheme": "vat", "jurisdiction": "FR", "number": "1", "from_date": "2027-01-01", "until": "2026-01-01"}
    page = words(owner.post("/console/settings/registrations/record", form))
    assert "A registration ends after it begins." in page and 'id="f-until-fault"' in page


def test_who_may_not_is_told_and_nothing_is_written():
    auditor = logged_in("auditor")
    assert "Your role may not" in words(auditor.get("/console/settings/price-lists"))
    answer = auditor.get("/console/settings/price-lists/set-up")
    assert answer.status_code == 403
    auditor.post("/console/settings/price-lists/set-up", {"code": "yen", "currency": "JPY"})
    assert "JPY" not in pricing.price_lists(store_id=organisation.store().id)
    assert logged_in("warehouse").get("/console/settings").status_code == 403


def test_a_page_that_is_not_declared_is_not_there(owner):
    assert owner.get("/console/settings/users").status_code == 404
    assert owner.get("/console/settings/number-series/set-up").status_code == 404


def test_a_switch_is_turned(owner):
    assert owner.post("/console/settings/switches/turn", {"name": "no.such", "on": "1"}).status_code == 422
    assert not organisation.switch_is_on(name="catalogue.second_reader")
    owner.post("/console/settings/switches/turn", {"name": "catalogue.second_reader", "on": "1"})
    assert organisation.switch_is_on(name="catalogue.second_reader")
    owner.post("/console/settings/switches/turn", {"name": "catalogue.second_reader"})
    assert not organisation.switch_is_on(name="catalogue.second_reader")


def test_a_long_text_is_changed_without_going_through_an_address():
    told = "Send it back.\n\n" * 800
    with db.transaction():
        organisation_services.set_store_text(actor=SYSTEM, store_code="main", kind="returns", language="en", text=told)
    browser = logged_in()
    table = browser.get("/console/settings/words").content.decode()
    assert told[:200] not in table and "kind=returns&amp;language=en" in table
    form = browser.get("/console/settings/words/write?kind=returns&language=en").content.decode()
    assert form.count("Send it back.") == 800


def test_a_registration_names_a_scheme_and_a_place_that_the_law_knows():
    wrong = {"scheme": "vatt", "jurisdiction": "ZZ", "number": "1", "from_date": "2026-01-01", "until": ""}
    page = logged_in().post("/console/settings/registrations/record", wrong)
    assert page.status_code == 422 and words(page).count("Choose one of the list.") == 2
