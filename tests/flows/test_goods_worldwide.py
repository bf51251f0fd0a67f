"""The demo's goods in twelve markets: where they come from, what is paid for them, and in which words they are found."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.checkout.types import CartLine
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.domains.offers import queries as offers
from entrepot.flows.bring_in import demo_goods, demo_shop
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.interfaces.cli.drain import drain
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.quote import FrozenQuote

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
# market, language, what a buyer types, the handle that must be found
ASKED = (
    ("JP", "ja", "ワンピース", "linen-dress"),
    ("JP", "ja", "お茶", "puer-cake"),
    ("JP", "ja", "石けん", "olive-soap"),
    ("FR", "fr", "couteaux de chef", "cooks-knife"),
    ("FR", "fr", "bougies", "soy-candle"),
    ("CA", "fr", "porte-cartes", "card-wallet"),
    ("ES", "es", "tijeras para podar", "bypass-secateurs"),
    ("ES", "es", "cinturones de piel", "leather-belt"),
    ("BR", "pt-BR", "toalhas", "waffle-towel"),
    ("BR", "pt-BR", "guarda-chuvas", "storm-umbrella"),
    ("SA", "ar", "سكين", "cooks-knife"),
    ("SG", "zh-Hans", "帐篷", "ridge-tent"),
    ("GB", "en", "tents", "ridge-tent"),
)


def quoted(market: str, sku: str, region: str = "", postcode: str = "") -> FrozenQuote:
    cart = [CartLine(sku, 1)]
    return quote_cart(actor=SYSTEM, market=market, lines=cart, country=market, region=region, postcode=postcode, at=AT)


@pytest.fixture
def shop() -> None:
    demo_shop.found_company(actor=SYSTEM)
    demo_shop.open_markets(actor=SYSTEM)
    demo_shop.register_for_law(actor=SYSTEM)
    demo_shop.build_warehouses(actor=SYSTEM)
    demo_goods.bring_demo_goods(actor=SYSTEM, markets=tuple(m.code for m in markets.markets() if m.open))
    drain()


def test_goods_are_sold_found_and_labelled_in_every_market(shop):
    a_warehouse_inside_the_country_imports_nothing()
    bonded_is_a_fact_of_the_warehouse()
    classes_of_goods_are_taxed_apart()
    goods_are_found_in_the_buyers_words()
    nothing_is_missing_in_any_language()
    labels_speak_the_market_s_language()


def a_warehouse_inside_the_country_imports_nothing():
    quote = quoted("US", "DY-MUG-MOSS", region="CA", postcode="90001")
    part = quote.consignments[0]
    assert part.warehouse == "ONT" and part.duty_minor == 0
    assert not [c for c in part.charges if c.kind in ("duty", "fee") and c.amount_minor]
    assert sum(c.amount_minor for c in part.charges if c.kind == "tax") > 0, "California is registered for"
    elsewhere = quoted("US", "DY-MUG-MOSS", region="OR", postcode="97201")
    assert sum(c.amount_minor for c in elsewhere.consignments[0].charges if c.kind == "tax") == 0


def bonded_is_a_fact_of_the_warehouse():
    places = inventory.warehouses()
    assert {code for code, place in places.items() if place.bonded} == {"NGB"}
    assert {place.country for place in places.values()} == {"CN", "NL", "US"}
    held = inventory.available(skus=catalogue.all_skus())
    for code in places:
        assert sum(1 for units in held.values() if units.get(code)) >= 15, code


def classes_of_goods_are_taxed_apart():
    book, shirt, mug = (tax_of("GB", sku) for sku in ("QP-WOK-EN", "PB-TEE-SKY-116", "DY-MUG-MOSS"))
    assert book == shirt == 0 < mug
    assert 0 < tax_of("DE", "QP-WOK-DE") < tax_of("DE", "RW-UMB-RED"), "7 % on 32 dollars, 19 % on 33"


def tax_of(market: str, sku: str) -> int:
    charges = [charge for part in quoted(market, sku).consignments for charge in part.charges]
    return sum(charge.amount_minor for charge in charges if charge.kind == "tax" and charge.line)


def goods_are_found_in_the_buyers_words():
    for market, language, text, handle in ASKED:
        found = [card.handle for card in offers.listing(market=market, language=language, text=text, sort="").cards]
        assert handle in found[:12], f"{text} in {market}: {found}"


def nothing_is_missing_in_any_language():
    languages = ("en", "zh-Hans", "de", "fr", "es", "pt-BR", "ja", "ar")
    gaps = catalogue.gaps(languages=languages, limit=500)
    assert len(gaps) >= 60 and not [gap for gap in gaps if gap.percent < 100]
    for language in languages:
        names = {shelf.slug: shelf.name for shelf in catalogue.categories(language=language)}
        assert all(names.values()) and (language == "en" or names["kitchen"] != "Kitchen and table")


def labels_speak_the_market_s_language():
    def said(handle: str, market: str, language: str) -> str:
        product = catalogue.product(handle=handle)
        return " | ".join(row.words for row in catalogue.label(product_id=product.id, market=market, language=language))

    assert said("rice-bowls", "JP", "ja").startswith("原産国：中国 | 磁器")
    assert "CHOKING HAZARD" in said("go-set", "US", "en") and "CHOKING" not in said("go-set", "GB", "en")
    assert "Verantwortlich in der EU" in said("rice-bowls", "DE", "de")
