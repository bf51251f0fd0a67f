"""Passkeys in Chromium with a virtual authenticator, for staff and for buyers; axe on the account's pages, Arabic and phone width."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services as identity_services
from entrepot.domains.messages.models import Message
from entrepot.domains.parties import services as party_services
from entrepot.domains.parties.types import AddressData
from entrepot.infra import db
from entrepot.interfaces.console import counts
from entrepot.kernel.actor import SYSTEM
from tests import builders, needs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium, pytest.mark.slow]
PASSWORD = "a quiet harbour"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
PAGES = ("", "addresses", "addresses/new", "security", "consents", "data", "password", "passkeys/new")
DOORS = ("log-in", "sign-up", "forgotten")


@pytest.fixture
def browser(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Chromium browser and a shop with an owner."""
    builders.seed_shop()
    with db.transaction():
        identity_services.set_up_roles(actor=SYSTEM)
        user_id = identity_services.create_user(
            actor=SYSTEM, email="owner@example.com", name="Lin Lan", password=PASSWORD
        )
        identity_services.grant(actor=SYSTEM, user_id=user_id, role="owner")
    counts.forget()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop running in this thread
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def with_authenticator(browser: Any, url: str, **how: Any) -> Page:
    """Return a page whose device has a passkey store that says yes by itself."""
    page = browser.new_context(base_url=url, **how).new_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    return page


def no_findings(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def no_sideways(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 1, page.url


def test_staff_add_a_passkey_and_come_in_with_it_alone(browser, live_server):
    page = with_authenticator(browser, live_server.url)
    page.goto("/console/login")
    page.fill("#f-email", "owner@example.com")
    page.fill("#f-password", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_url("**/console/")
    page.goto("/console/me/passkeys/new")
    page.fill("#f-name", "Office")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/console/me")
    (member,) = identity.all_staff()
    assert [key.name for key in identity.factors(user_id=member.id).passkeys] == ["Office"]
    page.context.clear_cookies()
    page.goto("/console/login?next=/console/staff")
    page.click("form[data-passkey] button")
    page.wait_for_url(re.compile(r":\d+/console/staff$"))
    no_findings(page)
    page.context.clear_cookies()
    page.goto("/console/login")
    page.fill("#f-email", "owner@example.com")
    page.fill("#f-password", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_url(re.compile("/console/login/second"))
    no_findings(page)
    page.click("form[data-passkey] button")
    page.wait_for_url("**/console/")
    (key,) = identity.factors(user_id=member.id).passkeys
    assert key.used_at is not None


def test_a_buyer_opens_an_account_adds_a_passkey_and_comes_in_with_it(browser, live_server):
    page = with_authenticator(browser, live_server.url)
    page.goto("/de-de/account/sign-up")
    page.fill("#f-name", "Ada Lang")
    page.fill("#f-email", "ada@example.com")
    page.click("main button.btn-primary")
    page.wait_for_selector(".note-good")
    link = re.search(r"http://[^/]+(/\S+)", Message.objects.get(kind="account_sign_up").text).group(1)
    page.goto(link)
    no_findings(page)
    page.click("main button.btn-primary")
    page.wait_for_url("**/de-de/account/")
    page.goto("/de-de/account/passkeys/new")
    page.fill("#f-name", "Telefon")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/account/security")
    account = identity.account_of(email="ada@example.com")
    assert [key.name for key in identity.factors(user_id=account.id).passkeys] == ["Telefon"]
    page.context.clear_cookies()
    page.goto("/de-de/account/addresses")
    page.wait_for_url(re.compile("/account/log-in"))
    page.click("form[data-passkey] button")
    page.wait_for_url(re.compile(r":\d+/de-de/account/addresses$"))
    page.goto("/console/")
    assert "/console/login" in page.url, "a buyer's passkey opens the shop only"
    page.click("form[data-passkey] button")
    page.wait_for_selector("#login-error")
    assert "/console/login" in page.url


@pytest.mark.parametrize(("locale", "width"), [("ar-sa", 390), ("de-de", 1280)])
def test_the_pages_of_the_account_have_no_finding(browser, live_server, locale, width):
    with db.transaction():
        user_id = identity_services.create_user(
            actor=SYSTEM, email="ada@example.com", name="Ada Lang", password=PASSWORD, is_staff=False
        )
        place = AddressData(
            name="Ada Lang", street_address="Hafenweg 4", city="Kiel", postal_code="24105", country_code="DE"
        )
        party_services.save_address(actor=SYSTEM, account_id=user_id, address=place, at=builders.AT)
    builders.a_confirmed_order(email="ada@example.com")
    page = with_authenticator(browser, live_server.url, viewport={"width": width, "height": 900})
    for door in DOORS:
        page.goto(f"/{locale}/account/{door}")
        no_findings(page)
        no_sideways(page)
    page.goto(f"/{locale}/account/log-in")
    assert page.evaluate("document.documentElement.dir") == ("rtl" if locale == "ar-sa" else "ltr")
    page.fill("#f-email", "ada@example.com")
    page.fill("#f-password", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(f"**/{locale}/account/")
    for path in PAGES:
        page.goto(f"/{locale}/account/{path}")
        no_findings(page)
        no_sideways(page)
