"""The islands in a real browser: a basket that changes without a new page, a checkout whose country can be changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench._live import Live
from tests.journeys import buyer_walk
from tests.journeys.buyer_walk import PEOPLE, Walk
from tests.journeys.test_buyers import demo_shop

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo's shop, alive for this module."""
    with demo_shop(tmp_path_factory.mktemp("islands"), "islands") as place:
        yield place


def test_a_quantity_changes_total_and_cascade_without_a_new_page(shop: Live) -> None:
    with buyer_walk.browser() as chromium:
        walk = Walk(chromium, shop.address, PEOPLE["de"], 390)
        walk.shop()
        page = walk.page
        page.wait_for_selector(".basket-in[aria-busy]")
        page.evaluate("window.stayed = true")
        before = page.locator(".basket-sum .grand .num").inner_text()
        box = page.locator(".basket-lines input[name=quantity]").first
        box.fill("99999")
        box.press("Tab")
        page.wait_for_selector(".basket-lines .err")
        assert box.input_value() == "99999", "what was typed stays"
        assert page.locator(".basket-sum .grand .num").inner_text() == before
        walk.seen("basket-wrong")
        box.fill("2")
        box.press("Tab")
        page.wait_for_function("was => document.querySelector('.basket-sum .grand .num').innerText !== was", arg=before)
        assert not page.locator(".basket-lines .err").count()
        assert page.evaluate("window.stayed") is True
        walk.seen("basket-changed")
        assert walk.faults == []
        walk.close()


def test_another_country_brings_its_form_and_currency_and_keeps_the_name(shop: Live) -> None:
    with buyer_walk.browser() as chromium:
        walk = Walk(chromium, shop.address, PEOPLE["us"], 1440)
        walk.shop()
        page = walk.page
        page.locator(".basket-sum .btn-primary").click()
        page.wait_for_selector("#f-country")
        page.evaluate("window.stayed = true")
        page.fill("#f-name", "Dana Reyes")
        page.select_option("#f-country", "en-gb")
        page.wait_for_url("**/en-gb/checkout")
        assert page.evaluate("window.stayed") is True
        assert "£" in page.locator(".co-form .btn-big").inner_text()
        assert not page.locator("#f-country_area").count()
        assert page.input_value("#f-name") == "Dana Reyes"
        walk.seen("checkout-gb")
        page.select_option("#f-country", "ar-sa" if page.locator("option[value=ar-sa]").count() else "en-sa")
        page.wait_for_selector("#f-short_code")
        walk.seen("checkout-sa")
        assert walk.faults == []
        walk.close()
