"""A buyer in a real browser, from home to delivered. Used by the journey tests and by `tools/screens.py`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests import needs

ARGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
]  # fmt: skip
WIDTHS = {1440: 900, 390: 844}
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


PICTURED = frozenset({"home", "shelf", "product", "checkout-faults", "pay-code", "order-shipped", "order-delivered"})


class Person(msgspec.Struct, frozen=True):
    """A buyer: where from, what typed, how paid."""

    locale: str
    fields: dict[str, str]
    method: str
    goods: tuple[str, ...]
    accept: str


PEOPLE = {
    "de": Person(
        "de-de",
        {
            "email": "jule.petersen@example.de", "phone": "+49 431 5550 199", "name": "Jule Petersen",
            "street_address": "Lornsenstraße 12", "postal_code": "24105", "city": "Kiel",
        },
        "card", ("arm-desk-lamp", "pour-over-set"), "de-DE,de",
    ),
    "us": Person(
        "en-us",
        {
            "email": "dana.reyes@example.com", "name": "Dana Reyes", "street_address": "350 Fifth Avenue, Apt 7",
            "city": "New York", "country_area": "NY", "postal_code": "10118",
        },
        "card", ("arm-desk-lamp",), "en-US,en",
    ),
    "sa": Person(
        "ar-sa",
        {
            "email": "noura@example.sa", "name": "نورة القحطاني", "street_address": "7432 طريق الملك فهد، حي الملقا",
            "city": "الرياض", "postal_code": "13524",
        },
        "code", ("arm-desk-lamp", "celadon-vase"), "ar-SA,ar",
    ),
}  # fmt: skip


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium without a window and without a word to the outside."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=needs.chromium(), args=ARGS)
        try:
            yield chromium
        finally:
            chromium.close()


class Walk:
    """One buyer at one width. `seen(name)` looks at the page as it is: no sideways scroll, no axe finding, a picture if wanted."""

    def __init__(
        self,
        chromium: Browser,
        base: str,
        person: Person,
        width: int,
        *,
        screens: Path | None = None,
        scripts: bool = True,
    ) -> None:
        self.base, self.person, self.width, self.screens = base, person, width, screens
        self.context = chromium.new_context(
            viewport={"width": width, "height": WIDTHS[width]}, locale=person.accept.split(",")[0], java_script_enabled=scripts,
            extra_http_headers={"Accept-Language": person.accept},
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(f"script: {fault}"))
        self.home = f"{base}/{person.locale}/"
        self.scripts = scripts

    def seen(self, name: str, *, check: bool = True) -> None:
        """Look at the page: note findings of axe and sideways scroll, and keep a picture."""
        page = self.page
        page.evaluate(
            "document.querySelectorAll('img[loading=lazy]').forEach(i => { i.loading = 'eager' })"
        ) if self.scripts else None
        page.wait_for_load_state("load")
        if check and self.scripts:
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                self.faults.append(f"{name}: {over} px of sideways scroll at {self.width}")
            found = Axe().run(page, options=_RULES).response["violations"]
            self.faults += [
                f"{name} at {self.width}: {v['id']} ({v['help']}): {v['nodes'][0]['html'][:160]}" for v in found
            ]
        if self.screens is not None and name in PICTURED:
            page.screenshot(path=str(self.screens / f"{self.person.locale}-{name}-{self.width}.png"), full_page=True)

    # ---- the way

    def shop(self) -> None:
        """From the bare address by home, shelf and product into the basket."""
        page = self.page
        page.goto(f"{self.base}/")
        assert page.url == self.home, f"the bare address led to {page.url}"
        self.seen("home")
        page.locator(".cats a").first.click()
        self.seen("shelf")
        page.goto(f"{self.home}search?q={self.person.goods[0].split('-')[-1]}")
        self.seen("search")
        for number, handle in enumerate(self.person.goods):
            page.goto(f"{self.home}p/{handle}")
            if number == 0:
                self.seen("product")
            page.locator(".addrow .btn-primary").click()
            page.wait_for_url("**/cart")
        self.seen("basket")

    def check_out(self) -> None:
        """Type the address, be told of what is missing, mend it and order."""
        page, fields = self.page, self.person.fields
        page.locator(".basket-sum .btn-primary").click()
        page.wait_for_url("**/checkout")
        self.seen("checkout")
        page.fill("#f-email", fields["email"])
        page.locator(".co-form .btn-big").click()
        page.wait_for_selector("#faults")
        self.seen("checkout-faults")
        assert page.input_value("#f-email") == fields["email"], "what was typed is gone"
        self.fill(fields)
        page.check(f"input[name=method][value={self.person.method}]")
        page.locator(".co-form .btn-big").click()
        page.wait_for_load_state("load")
        if "/checkout/place" in page.url:  # the address changed the price: it was said, and asked
            assert page.locator("#changed").count(), page.locator("main").inner_text()[:600]
            self.seen("checkout-changed")
            page.locator(".co-form .btn-big").click()
            page.wait_for_load_state("load")

    def fill(self, fields: dict[str, str]) -> None:
        """Fill the address form."""
        for name, value in fields.items():
            box = self.page.locator(f"#f-{name}")
            if not box.count():
                continue
            if box.evaluate("e => e.tagName") == "SELECT" if self.scripts else name == "country_area":
                box.select_option(value)
            else:
                box.fill(value)

    def pay(self, *, card: str = "4242 4242 4242 4242") -> str:
        """Pay at the provider's page and come back; return the order's address."""
        page = self.page
        if self.person.method == "code":
            page.wait_for_url("**/order/**")
            self.seen("pay-code")
            page.locator(".code-box .btn-primary").click()
            page.locator("form:has(input[value=now]) button").click()
        elif self.person.method == "redirect":
            page.wait_for_url("**/pay/**")
            page.locator("form:has(input[value=now]) button").click()
        elif self.person.method == "cash_on_delivery":
            page.wait_for_url("**/order/**")
        else:
            page.wait_for_url("**/pay/**")
            page.fill("#number", card)
            page.locator("form:has(#number) button").click()
            if page.locator("#answer").count():
                page.fill("#answer", "123456")
                page.locator("form:has(#answer) button").click()
        if "/order/" not in page.url:
            page.locator("a.button[href*='/order/']").first.click()
        page.wait_for_url("**/order/**")
        return page.url

    def until(self, state: Callable[[Any], bool], *, tries: int = 120) -> Any:
        """Ask for the order's states until one is there."""
        for _ in range(tries):
            answer = self.context.request.get(self.page.url, headers={"Accept": "application/json"}).json()
            if state(answer):
                return answer
            self.page.wait_for_timeout(250)
        raise AssertionError(f"the order stayed {answer}")

    def again(self) -> None:
        """Load the page anew; it may be loading itself anew at the same moment, which ends ours: then once more."""
        try:
            self.page.reload()
        except Error as ended:
            if "ERR_ABORTED" not in str(ended):
                raise
            self.page.wait_for_load_state()
            self.page.reload()

    def close(self) -> None:
        """Leave."""
        self.context.close()
