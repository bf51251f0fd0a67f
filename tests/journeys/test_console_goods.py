"""A translation and a price, edited in a browser in two languages, phone and desk, without an axe violation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.identity import services as identity
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.pricing import queries as pricing
from entrepot.flows.price.publish_offers import publish_offers
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts
from entrepot.interfaces.console.drawn.pages import PAGES
from entrepot.kernel.actor import SYSTEM
from tests import builders, needs
from tests.journeys.test_console_desk import RULES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium, pytest.mark.slow]
PASSWORD = "a quiet harbour"


@pytest.fixture
def browser(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Chromium browser before a seeded shop with an owner."""
    builders.seed_shop()
    with db.transaction():
        identity.set_up_roles(actor=SYSTEM)
        user = identity.create_user(actor=SYSTEM, email="owner@example.com", name="Lin Lan", password=PASSWORD)
        identity.grant(actor=SYSTEM, user_id=user, role="owner")
    publish_offers(actor=SYSTEM, at=clock.now(), product_ids=catalogue.product_ids())
    counts.forget()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop running in this thread
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def logged_in(browser: Any, url: str, width: int, language: str) -> Page:
    page = browser.new_page(base_url=url, viewport={"width": width, "height": 900})
    page.goto("/console/login")
    page.fill("#f-email", "owner@example.com")
    page.fill("#f-password", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_url("**/console/")
    page.evaluate(
        "language => fetch('/console/language', {method: 'POST', body: new URLSearchParams({language,"
        " csrfmiddlewaretoken: document.querySelector('[name=csrfmiddlewaretoken]').value})})",
        language,
    )
    return page


class Looker:
    """Collects what is wrong with the pages that are walked over; keeps pictures where ENTREPOT_SCREENS names a folder."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name, self.broken = page, name, []  # type: ignore[var-annotated]

    def look(self, what: str) -> None:
        """Check the page that is open."""
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.broken.append(f"{what}: scrolls sideways")
        for offence in Axe().run(self.page, options=RULES).response["violations"]:
            self.broken.append(f"{what}: {offence['id']} {offence['nodes'][0]['html'][:160]}")
        if os.environ.get("ENTREPOT_SCREENS"):
            place = Path(os.environ["ENTREPOT_SCREENS"]) / f"{self.name}-{what.replace('/', '_')}.png"
            self.page.screenshot(path=str(place), full_page=True)


@pytest.mark.parametrize(("width", "language"), [(1440, "en"), (390, "zh-hans")])
def test_a_translation_and_a_price_are_edited(browser, live_server, width, language):
    cup = catalogue.variant_facts(skus=["TEA-CUP"])["TEA-CUP"].product_id
    page = logged_in(browser, live_server.url, width, language)
    eyes = Looker(page, f"{width}-{language}")
    page.goto(f"/console/products/{cup}/texts?from=en&to=de")
    assert page.evaluate("document.documentElement.lang") == ("zh-CN" if language == "zh-hans" else "en")
    eyes.look("texts")
    page.fill("#title", "Teetasse")
    page.fill("#attributes", "no colon")
    page.click("form:has(#title) button.btn-primary")
    page.wait_for_selector("#fault")
    assert page.input_value("#title") == "Teetasse"
    eyes.look("texts-wrong")
    page.fill("#attributes", "Höhe: 8 cm")
    page.click("form:has(#title) button.btn-primary")
    page.wait_for_selector("[role=status]")
    assert catalogue.texts(product_id=cup)["de"].title == "Teetasse"
    chosen = next(p for p in pricing.all_price_lists(store_id=organisation.store().id) if p.base)
    page.goto(f"/console/prices?list={chosen.code}")
    eyes.look("prices")
    page.fill('[name="p:TEA-CUP"]', "99.5")
    page.click("form:has(#from_date) button.btn-primary")
    page.wait_for_url("**/console/prices/preview")
    eyes.look("preview")
    page.click("form[action='/console/prices/set'] button")
    page.wait_for_selector("[role=status]")
    assert str(pricing.price_log(sku="TEA-CUP")[0].unit_price.normalize()) == "99.5"
    rest = ["prices/TEA-CUP", "completeness?market=DE", f"products/{cup}/labels", "settings"]
    rest += [f"settings/{p.slug}" for p in PAGES.values()]
    rest += [f"settings/{p.slug}/{w.slug}" for p in (PAGES["markets"], PAGES["lanes"]) for w in p.writes]
    for path in rest:
        page.goto(f"/console/{path}")
        eyes.look(path.partition("?")[0])
    assert eyes.broken == []
