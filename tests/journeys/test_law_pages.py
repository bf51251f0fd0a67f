"""The public calculator in a browser: no axe finding and nothing sideways, wide and narrow, light and dark, left and right; used by keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests import builders, needs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ASKED = {
    "to": "DE", "from": "CN", "currency": "EUR", "freight": "5", "on": "2026-11-25", "hs-1": "691200", "origin-1": "CN", "value-1": "20",
    "qty-1": "2", "what-1": "ceramic cups",
}  # fmt: skip


@pytest.fixture
def browser(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop running in this thread
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def test_the_calculator_is_accessible_fits_and_is_used_by_keys(browser, live_server):
    builders.seed_shop()
    broken = []
    for width, theme, locale in ((1440, "light", "en-de"), (390, "dark", "en-de"), (390, "light", "ar-sa")):
        page = browser.new_page(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            java_script_enabled=True,
        )
        for query in (urlencode(ASKED), urlencode({**ASKED, "hs-1": "", "value-1": ""}), ""):
            page.goto(f"/{locale}/landed-cost?{query}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                broken.append(f"{locale} {width} {query[:20]}: scrolls sideways")
            found = Axe().run(page, options=RULES).response["violations"]
            broken += [f"{locale} {width}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
        page.close()
    assert broken == []
    page = browser.new_page(base_url=live_server.url)
    page.goto(f"/en-de/landed-cost?{urlencode(ASKED)}")
    before = page.inner_text(".calc-total")
    page.focus("#f-value-1")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("160")
    page.keyboard.press("Enter")
    page.wait_for_url("**value-1=160**")
    assert page.inner_text(".calc-total") != before
