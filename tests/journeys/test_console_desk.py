"""The desk in a browser: keys, an order by its next step, and no axe violation on any page, width, theme and language."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.checkout import queries as checkout
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.identity import services as identity
from entrepot.domains.messages import queries as messages
from entrepot.infra import db
from entrepot.interfaces.console import counts
from entrepot.interfaces.console.drawn.pages import PAGES
from entrepot.kernel.actor import SYSTEM
from tests import builders, needs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium, pytest.mark.slow]
PASSWORD = "a quiet harbour"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture
def desk() -> list[str]:
    """Seed a shop with an owner and orders; return the addresses of the pages."""
    builders.seed_shop()
    with db.transaction():
        identity.set_up_roles(actor=SYSTEM)
        user_id = identity.create_user(actor=SYSTEM, email="owner@example.com", name="Lin Lan", password=PASSWORD)
        identity.grant(actor=SYSTEM, user_id=user_id, role="owner")
        db.execute("UPDATE catalogue_variant SET assumed = '{hs_code}' WHERE sku = 'SPK-MINI'")
    paid = builders.a_confirmed_order({"LAMP-OAK": 1, "SPK-MINI": 1}).order_id
    plain = builders.a_confirmed_order({"TEA-CUP": 2}).order_id
    builders.a_placed_order(method="code")
    builders.deliver_all()
    counts.forget()
    product, shipment = catalogue.product_ids()[0], fulfilment.shipments(order_id=paid)[0].id
    return [
        f"/console/orders/{plain}", f"/console/orders/{paid}", f"/console/orders/{paid}?money=entries",
        f"/console/orders/{paid}/cancel", "/console/", "/console/orders", "/console/shipments", "/console/products",
        f"/console/products/{catalogue.product_ids()[0]}", "/console/customs", "/console/stock", "/console/stock/TEA-CUP",
        "/console/quotes", f"/console/quotes/{checkout.quotes(limit=1)[0][0].id}", "/console/ledger",
        "/console/ledger/entries", "/console/letters", "/console/mails", f"/console/mails/{messages.messages()[0].id}",
        "/console/provider-messages", "/console/audit", "/console/markets", "/console/law?place=SA", "/console/law/map", "/console/law/countries/SA", "/console/law/changes", "/console/law/doubts?place=EU", "/console/staff", "/console/privacy",
        "/console/staff/roles", "/console/staff/roles/new", f"/console/staff/{user_id}", "/console/me", "/console/me/app",
        "/console/me/passkeys/new", f"/console/orders/{paid}/refund", f"/console/shipments/{shipment}/boxes",
        f"/console/products/{product}/texts", f"/console/products/{product}/labels", "/console/imports", "/console/prices", "/console/price-policies",
        "/console/prices/TEA-CUP", "/console/completeness", "/console/codes?q=desk+lamp", "/console/search?q=lamp", "/console/refunds",
        "/console/bills", "/console/bills/lanes", "/console/replay",
        "/console/api-keys", "/console/api-keys/new/secret", "/console/webhooks", "/console/settings",
        *(f"/console/settings/{slug}" for slug in PAGES),
        *(f"/console/settings/{slug}/{write.slug}" for slug, page in PAGES.items() for write in page.writes),
    ]  # fmt: skip


@pytest.fixture
def browser(desk: list[str], live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Chromium browser that can open the live server."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop running in this thread
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def logged_in(browser: Any, url: str, **how: Any) -> Page:
    page = browser.new_page(base_url=url, **how)
    page.goto("/console/login")
    page.fill("#f-email", "owner@example.com")
    page.fill("#f-password", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_url("**/console/")
    return page


def test_an_order_is_picked_and_packed_without_a_mouse(browser, desk, live_server):
    page = logged_in(browser, live_server.url)
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/console/orders")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "row-link"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.goto(desk[0])
    for said in ("Picked.", "Packed; the papers are drawn up."):
        page.keyboard.press("p")
        page.wait_for_selector(f"[role=status] :text('{said}')")
    assert "Ship parcel 1" in page.inner_text(".next b")


LOOKS = [(1440, "light", "en"), (390, "light", "zh-hans"), (1440, "dark", "zh-hans"), (390, "dark", "en")]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_every_page_is_accessible_and_fits(browser, desk, live_server, width, theme, language):
    page = logged_in(browser, live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme)
    page.evaluate(
        "language => fetch('/console/language', {method: 'POST', body: new URLSearchParams({language,"
        " csrfmiddlewaretoken: document.querySelector('[name=csrfmiddlewaretoken]').value})})",
        language,
    )
    broken = []
    axe = Axe()
    for path in desk:
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == ("zh-CN" if language == "zh-hans" else "en"), path
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            broken.append(f"{path}: scrolls sideways")
        for offence in axe.run(page, options=RULES).response["violations"]:
            broken.append(f"{path}: {offence['id']} {offence['nodes'][0]['html'][:120]}")
    assert broken == []
