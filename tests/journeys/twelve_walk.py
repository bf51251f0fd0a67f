"""One buyer in each of the twelve markets, and the walk that looks at what he is told: amounts, language, direction, width.

Used by `test_twelve_markets.py` and by `tools/screens.py`. The walk costs axe only where a kind of page is new: pages are
drawn from one template, so that a finding shows in whichever market meets it first at that width and direction.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from entrepot.interfaces.web import formats
from tests.journeys.buyer_walk import _RULES, Person, Walk

PHONE, DESK = 390, 1440


class Buyer(msgspec.Struct, frozen=True):
    """A market's buyer: the person, the articles with how many of each, the width he comes with, and another to try."""

    person: Person
    goods: tuple[tuple[str, str, int], ...]  # handle, SKU, units
    widths: tuple[int, ...]
    language: str  # of pages and mails, as in `lang`
    parcels_from: frozenset[str] = frozenset()


def _person(locale: str, accept: str, method: str, **fields: str) -> Person:
    return Person(locale, {"email": f"buyer.{locale}@example.com", **fields}, method, (), accept)


BUYERS = {
    "DE": Buyer(
        _person(
            "de-de", "de-DE,de", "card", name="Jule Petersen", phone="+49 431 5550199", street_address="Lornsenstraße 12",
            postal_code="24105", city="Kiel",
        ),
        (("arm-desk-lamp", "DD-LAMP-CREAM", 1), ("pour-over-set", "RS-POUR-INK", 2)), (DESK, PHONE), "de",
        frozenset({"SZX", "RTM"}),
    ),
    "FR": Buyer(
        _person(
            "fr-fr", "fr-FR,fr", "redirect", name="Solène Morvan", phone="+33 6 12 34 56 78", street_address="14 rue des Taillandiers",
            postal_code="75011", city="Paris",
        ),
        (("wok-cookbook", "QP-WOK-FR", 1), ("celadon-vase", "DY-VASE-18", 2)), (DESK, PHONE), "fr",
    ),
    "ES": Buyer(
        _person(
            "es-es", "es-ES,es", "redirect", name="Inés Carrasco", street_address="Calle del León 12, 3.º B", postal_code="28014",
            city="Madrid", country_area="M",
        ),
        (("wool-socks", "SJ-SOCK-CLAY-3639", 2), ("canvas-tote", "CT-TOTE-CREAM", 1)), (PHONE,), "es",
    ),
    "GB": Buyer(
        _person(
            "en-gb", "en-GB,en", "card", name="Owen Fairclough", street_address="27 Quay Street", postal_code="BS1 4DJ", city="Bristol"
        ),
        (("white-tea-tin", "MJ-WT-75", 2), ("storm-umbrella", "RW-UMB-INK", 1)), (DESK,), "en",
    ),
    "US": Buyer(
        _person(
            "en-us", "en-US,en", "card", name="Dana Reyes", street_address="350 Fifth Avenue, Apt 7", city="New York",
            country_area="NY", postal_code="10118",
        ),
        (
            ("canvas-shoes", "CD-SHOE-M-40", 1), ("dinner-plates", "RS-PLATE-BLUE", 4), ("cordless-drill", "GS-DRILL-2B", 1),
            ("seagrass-basket", "BB-BASKET-L", 1),
        ),
        (DESK,), "en", frozenset({"SZX", "RTM", "ONT", "NGB"}),
    ),
    "CA": Buyer(
        _person(
            "en-ca", "en-CA,en", "redirect", name="Maya Tremblay", street_address="481 Rue Saint-Paul", city="Montréal",
            country_area="QC", postal_code="H2Y 1H3",
        ),
        (("wool-throw", "CY-THROW-GREY", 2),), (PHONE,), "en",
    ),
    "AU": Buyer(
        _person(
            "en-au", "en-AU,en", "redirect", name="Lachlan Byrne", street_address="18 Sturt Street", city="Adelaide",
            country_area="SA", postal_code="5000",
        ),
        (("silk-scarf", "HX-SCARF-TEAL", 2),), (DESK,), "en",
    ),
    "JP": Buyer(
        _person(
            "ja-jp", "ja-JP,ja", "code", name="佐藤 美咲", phone="+81 90 1234 5678", postal_code="150-0001", country_area="東京都",
            city="渋谷区", street_address="渋谷区神宮前1-2-3 ハーバーハイツ401",
        ),
        (("mechanical-keyboard", "KY-KEYB-US", 1), ("stoneware-mug", "DY-MUG-CLAY", 2)), (PHONE, DESK), "ja",
    ),
    "SG": Buyer(
        _person("zh-sg", "zh-SG,zh", "code", name="陈慧敏", street_address="Blk 88 Queen's Close #07-12", postal_code="140088"),
        (("puer-cake", "MJ-PUER-2018", 1), ("stoneware-mug", "DY-MUG-CLAY", 3)), (DESK,), "zh-Hans",
    ),
    "SA": Buyer(
        _person(
            "ar-sa", "ar-SA,ar", "cash_on_delivery", name="نورة القحطاني", phone="+966 50 123 4567",
            street_address="7432 طريق الملك فهد", city_area="حي الملقا", city="الرياض", postal_code="13524", short_code="RRRD2929",
        ),
        (("celadon-vase", "DY-VASE-18", 2),), (PHONE, DESK), "ar",
    ),
    "BR": Buyer(
        _person(
            "pt-br", "pt-BR,pt", "code", name="Thaís Nogueira", tax_id="390.533.447-05", street_address="Rua Harmonia 512, apto 31",
            city_area="Vila Madalena", city="São Paulo", country_area="SP", postal_code="05435-000",
        ),
        (("pearl-necklace", "HX-PEARL-42", 2),), (PHONE,), "pt-BR",
    ),
    "ID": Buyer(
        _person(
            "en-id", "en-ID,en", "cash_on_delivery", name="Dewi Lestari", phone="+62 812 3456 7890", street_address="Jl. Sabang 21",
            city="Jakarta Pusat", country_area="DKI Jakarta", postal_code="10340",
        ),
        (("gooseneck-kettle", "DD-KETTLE-CREAM", 2),), (PHONE,), "en",
    ),
}  # fmt: skip
PICTURED = frozenset({"home", "shelf", "product", "basket", "checkout-faults", "pay-code", "order-delivered"})
# A name of a message's parameter, or the header of a catalogue, would stand there if a translation were broken.
_RAW = re.compile(r"%\(\w+\)|\{\w+\}|Project-Id-Version|msgid")


class TwelveWalk(Walk):
    """A buyer's walk that gathers what is wrong in `faults`, and the amounts he was shown in `amounts`."""

    def __init__(
        self,
        chromium: Browser,
        base: str,
        buyer: Buyer,
        width: int,
        looked: set[tuple[str, int, str]],
        *,
        screens: Path | None = None,
        pictured: frozenset[str] = PICTURED,
    ) -> None:
        super().__init__(chromium, base, buyer.person, width, screens=None)
        self.buyer, self.looked, self.pictures, self.pictured = buyer, looked, screens, pictured
        self.amounts: dict[str, str] = {}

    def seen(self, name: str, *, check: bool = True) -> None:
        """Look at the page: language, direction, raw messages, width; axe where this kind of page is new."""
        page = self.page
        page.wait_for_load_state("load")
        facts = page.evaluate(
            "({lang: document.documentElement.lang, dir: document.documentElement.dir, text: document.body.innerText,"
            " over: document.documentElement.scrollWidth - document.documentElement.clientWidth})"
        )
        place = f"{self.person.locale} {name} at {self.width}"
        if facts["lang"].split("-")[0] != self.buyer.language.split("-")[0]:
            self.faults.append(f"{place}: lang is {facts['lang']}")
        if facts["dir"] != ("rtl" if self.buyer.language == "ar" else "ltr"):
            self.faults.append(f"{place}: dir is {facts['dir']}")
        if raw := _RAW.search(facts["text"]):
            self.faults.append(f"{place}: a message came raw: {raw.group(0)}")
        if facts["over"] > 0:
            self.faults.append(f"{place}: {facts['over']} px of sideways scroll")
        if check and (key := (name, self.width, facts["dir"])) not in self.looked:
            self.looked.add(key)
            found = Axe().run(page, options=_RULES).response["violations"]
            self.faults += [f"{place}: {v['id']} ({v['help']}): {v['nodes'][0]['html'][:160]}" for v in found]
        if self.pictures is not None and name in self.pictured:
            page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(i => { i.loading = 'eager' })")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(self.pictures / f"{self.person.locale}-{name}-{self.width}.png"), full_page=True)

    def shop(self) -> None:
        """From the bare address by home, shelf, search and product into the basket, so many of each."""
        page = self.page
        page.goto(f"{self.base}/")
        if page.url != self.home:
            self.faults.append(f"{self.person.accept}: the bare address led to {page.url}")
            page.goto(self.home)
        self.seen("home")
        page.locator(".cats a").first.click()
        self.seen("shelf")
        page.goto(f"{self.home}search?q={self.buyer.goods[0][1]}")
        self.seen("search")
        for number, (handle, sku, units) in enumerate(self.buyer.goods):
            page.goto(f"{self.home}p/{handle}?sku={sku}")
            if number == 0:
                self.seen("product")
            if units > 1:
                page.fill(".addrow input[name=quantity]", str(units))
            page.locator(".addrow .btn-primary").click()
            page.wait_for_url("**/cart")
        self.seen("basket")
        self.amounts["basket"] = self.amount(".basket-sum .grand .num")

    def check_out(self) -> None:
        """Be told what is missing, type the address, and order; a price that changes with the address is asked about."""
        page, fields = self.page, self.person.fields
        page.locator(".basket-sum .btn-primary").click()
        page.wait_for_url("**/checkout")
        self.amounts["checkout"] = self.total()
        page.locator(".co-form .btn-big").click()
        page.wait_for_selector("#faults")
        self.seen("checkout-faults")
        self.fill(fields)
        page.check(f"input[name=method][value={self.person.method}]")
        page.wait_for_selector("main[aria-busy=false]")
        self.amounts["ordered"] = self.total()
        page.locator(".co-form .btn-big").click()
        page.wait_for_load_state("load")
        if "/checkout" in page.url:
            assert page.locator("#changed").count(), page.locator("main").inner_text()[:900]
            self.seen("checkout-changed")
            self.amounts["ordered"] = self.total()
            page.locator(".co-form .btn-big").click()
            page.wait_for_load_state("load")

    def total(self) -> str:
        """Return the total beside the form; on a phone it stands in the line that opens."""
        return self.amount(".co-mini > summary .price" if self.width < 800 else ".co-sum .grand .num")

    def amount(self, selector: str) -> str:
        """Return an amount as the page says it."""
        return plain(self.page.locator(selector).first.inner_text())


def plain(text: str) -> str:
    """Return a text without the marks of direction and with plain spaces."""
    return " ".join(re.sub("[\u200e\u200f\u061c\u2066-\u2069]", "", text).split())


def written(minor: int, currency: str, buyer: Buyer) -> str:
    """Return an amount as the house writes it for a buyer."""
    return plain(formats.money(minor, currency, formats.cldr(buyer.language, buyer.person.locale[-2:].upper())))


def facts_of(answer: Any) -> tuple[int, str]:
    """Return (total, state) of an order's JSON."""
    return int(answer["total_minor"]), str(answer["state"])
