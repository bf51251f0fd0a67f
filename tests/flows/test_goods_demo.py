"""The demo merchant: complete in eight languages, the same after a second run, sellable in every market."""

from __future__ import annotations

import pytest

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.engine.clean import has_markup
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.domains.offers import queries as offers
from entrepot.flows.bring_in import demo_goods, demo_shop
from entrepot.infra import db
from entrepot.interfaces.cli.drain import drain
from entrepot.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-Hans", "de", "fr", "es", "pt-BR", "ja", "ar")
BANNED = {
    "en": ("best", "perfect", "premium", "ultimate"),
    "de": ("beste", "perfekt"),
    "zh-Hans": ("最", "第一", "顶级"),
    "ar": ("الأفضل", "مثالي"),
    "fr": ("parfait", "meilleur"),
    "es": ("perfecto", "mejor"),
    "pt-BR": ("perfeito", "melhor"),
    "ja": ("最高", "完璧", "一番"),
}


def seed() -> demo_goods.ImportReport:
    demo_shop.found_company(actor=SYSTEM)
    demo_shop.open_markets(actor=SYSTEM)
    demo_shop.register_for_law(actor=SYSTEM)
    demo_shop.build_warehouses(actor=SYSTEM)
    demo_shop.hire_staff(actor=SYSTEM)
    report = demo_goods.bring_demo_goods(actor=SYSTEM, markets=tuple(m.code for m in markets.markets()))
    drain()
    return report


def test_the_demo_is_whole_and_a_second_run_changes_nothing():
    first = seed()
    assert first.added >= 14 and first.variants >= 36 and first.assumed == 0
    tables = ("catalogue_product", "catalogue_variant", "catalogue_producttext", "pricing_price", "inventory_stock")
    before = [db.fetch(f"SELECT id, xmin::text FROM {table} ORDER BY id") for table in tables]
    again = seed()
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.added)
    assert [db.fetch(f"SELECT id, xmin::text FROM {table} ORDER BY id") for table in tables] == before
    shelves = {facts.category for facts in catalogue.variant_facts(skus=catalogue.all_skus()).values()}
    assert len(shelves) >= 5
    stock = inventory.available(skus=catalogue.all_skus())
    assert sum(1 for places in stock.values() if {"SZX", "RTM"} <= places.keys()) >= 30
    for market in markets.markets():
        found = offers.offers(market=market.code, skus=catalogue.all_skus())
        assert len(found) == first.variants, f"every article has an offer in {market.code}"


def test_every_text_is_there_in_every_language():
    for product in demo_goods.demo_products():
        texts = product["texts"]
        assert set(texts) == set(LANGUAGES), product["handle"]
        for language, text in texts.items():
            place = f"{product['handle']} {language}"
            assert text["title"] and len(text["description"]) > 30 and text["maker_place"] and text["option_name"], (
                place
            )
            assert len(text["attributes"]) == len(texts["en"]["attributes"]), place
            whole = " ".join([text["title"], text["description"], *text["attributes"].values()])
            assert not has_markup(whole) and "!" not in whole, place
            assert not [
                word
                for word in BANNED[language]
                if word in whole.lower().replace(",", " ").split() or (word in whole and not word.isascii())
            ], place
        for variant in product["variants"]:
            assert set(variant["options"]) == set(LANGUAGES), variant["sku"]
            for field in ("hs_code", "origin", "mass_g", "length_mm", "width_mm", "height_mm", "customs_description"):
                assert variant[field], variant["sku"]
