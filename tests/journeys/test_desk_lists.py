"""The desk's home and lists in a browser: charts over their tables, ticks and keys, a deed on many rows, light and dark.

Looked at on a wide screen and a phone, in English and Chinese, for axe violations and for what scrolls sideways.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from entrepot.domains.orders import queries as orders
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts, today
from tests import builders
from tests.journeys.test_console_desk import RULES, browser, desk, logged_in  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium, pytest.mark.slow]
PATHS = (
    "/console/", "/console/orders?sort=due&market=DE", "/console/shipments", "/console/products", "/console/stock?sort=least",
    "/console/search?q=E-", "/console/search?q=nothing-is-called-so",
)  # fmt: skip


@pytest.fixture
def days(desk: list[str]) -> list[str]:  # noqa: F811
    """Spread paid orders of two markets over some days, with one parcel late and one article short."""
    made = []
    for number, (market, sku) in enumerate(
        (("DE", "LAMP-OAK"), ("US", "SPK-MINI"), ("DE", "TEA-CUP"), ("SA", "TEA-CUP"))
    ):
        placed = builders.a_confirmed_order({sku: 1}, market=market, at=clock.now(), email=f"d{number}@example.com")
        made.append(placed.order_id)
    db.execute("UPDATE orders_order SET placed_at = placed_at - interval '2 days' WHERE public_id = %s", [made[0]])
    db.execute("UPDATE inventory_stock SET on_hand = reserved + 1 WHERE sku = 'TEA-CUP'")
    db.execute("UPDATE fulfilment_shipment SET dispatch_by = now() - interval '1 hour' WHERE order_id = %s", [made[1]])
    counts.forget()
    today.forget()
    return made


def offences(page: Any) -> list[str]:
    found = [
        f"{page.url}: {one['id']} {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(page, options=RULES).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{page.url}: scrolls sideways")
    return found


@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "dark", "en"), (390, "light", "zh-hans")])
def test_home_and_lists_are_accessible_and_fit(browser, days, live_server, width, theme, language):  # noqa: F811
    page = logged_in(browser, live_server.url, viewport={"width": width, "height": 900})
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.click("summary.avatar")
    page.click(f"button[name=language][value={language}]")
    page.click("summary.avatar")
    page.click(f"button[name=theme][value={theme}]")
    page.wait_for_selector(f"html[data-theme={theme}]")
    broken = []
    for path in PATHS:
        page.goto(path)
        if path == "/console/":
            page.wait_for_function("() => document.querySelectorAll('.chart-canvas canvas').length >= 4")
            broken += offences(page)
            page.evaluate("document.querySelectorAll('.chart-table').forEach(one => { one.open = true })")
        broken += offences(page)
    assert (broken, refused) == ([], [])


def test_charts_are_redrawn_in_the_colours_of_the_theme_and_tables_are_enough_without_scripts(
    browser, days, live_server  # noqa: F811
):  # fmt: skip
    page = logged_in(browser, live_server.url, viewport={"width": 1440, "height": 900}, color_scheme="light")
    page.wait_for_function("() => document.querySelectorAll('.chart-canvas canvas').length >= 4")
    drawn = "document.querySelector('.chart-canvas canvas').toDataURL()"
    light = page.evaluate(drawn)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => {drawn} !== before", arg=light)
    page.hover(".chart-canvas canvas")
    plain = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    still = plain.new_page()
    still.goto("/console/")
    assert still.locator(".chart-table table").first.is_visible() and not still.locator("canvas").count()


def test_rows_are_ticked_by_keys_and_called_off_together(browser, days, live_server):  # noqa: F811
    page = logged_in(browser, live_server.url, viewport={"width": 1440, "height": 900})
    unpaid = orders.counts()["placed"]
    page.goto("/console/orders?state=placed")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.inner_text("[data-ticked]") == "1"
    page.click("button[name=deed][value=cancel]")
    page.wait_for_selector("h1:has-text('Call off these unpaid orders?')")
    assert offences(page) == []
    page.keyboard.press("p")
    page.wait_for_url("**/console/bulk/done")
    assert "1 row done" in page.inner_text("main") and offences(page) == []
    assert orders.counts().get("placed", 0) == unpaid - 1
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible() and offences(page) == []
