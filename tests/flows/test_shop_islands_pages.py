"""What basket and checkout hand to their islands, and the pages that stand when scripts are off."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from entrepot.domains.catalogue import queries as catalogue
from entrepot.flows.price.publish_offers import publish_offers
from entrepot.infra import clock
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from tests.builders import seed_shop
from tests.flows.test_shop_pages import ADDRESS, post, sku_of


@pytest.fixture
def shop(db: None) -> Client:
    forget_all()
    seed_shop()
    publish_offers(actor=SYSTEM, at=clock.now(), product_ids=catalogue.product_ids())
    forget_all()
    return Client()


def island(page: str) -> dict[str, Any]:
    """Return what a page hands to its island."""
    found = re.search(r'data-props="([^"]*)"', page)
    assert found, "no island on the page"
    return json.loads(html.unescape(found[1]))


def test_a_wrong_quantity_is_told_above_its_field_and_the_basket_stays(shop: Client) -> None:
    sku = sku_of("DE")
    post(shop, "/de-de/cart/lines", {"sku": sku, "quantity": 2})
    page = shop.post("/de-de/cart/lines", {"sku": sku, "quantity": "99999"})
    text = page.content.decode()
    assert page.status_code == 422
    assert f'id="e-{sku}"' in text and 'value="99999"' in text and "99" in text
    assert island(text)["state"]["wrong"][sku]["typed"] == "99999"
    assert shop.get("/de-de/cart", HTTP_ACCEPT="application/json").json()["lines"] == [{"sku": sku, "quantity": 2}]


def test_a_wrong_quantity_on_a_product_is_told_there(shop: Client) -> None:
    sku = sku_of("DE")
    page = shop.post("/de-de/cart/lines", {"sku": sku, "quantity": "99999", "mode": "add"})
    text = page.content.decode()
    assert page.status_code == 422
    assert 'id="quantity-e"' in text and 'value="99999"' in text


def test_the_basket_s_island_shows_what_the_page_shows(shop: Client) -> None:
    sku = sku_of("DE")
    status, answer = post(shop, "/de-de/cart/lines", {"sku": sku, "quantity": 3, "view": True})
    assert status == 200
    page = shop.get("/de-de/cart").content.decode()
    told = island(page)["state"]
    assert told == answer["state"]
    line = told["parcels"][0]["lines"][0]
    assert (line["sku"], line["quantity"], line["wanted"]) == (sku, 3, 3)
    assert html.escape(line["price"]) in page and html.escape(told["total"]) in page
    _status, gone = post(shop, "/de-de/cart/lines", {"sku": sku, "quantity": 0, "view": True})
    assert gone["state"]["undo"] == {"sku": sku, "title": line["title"], "quantity": 3}


def test_the_checkout_s_island_gets_price_form_and_faults(shop: Client) -> None:
    post(shop, "/de-de/cart/lines", {"sku": sku_of("DE"), "quantity": 1})
    told = island(shop.get("/de-de/checkout").content.decode())["state"]
    assert [field["name"] for field in told["fields"]] == ["name", "street_address", "postal_code", "city"]
    assert {"de-de", "en-us"} <= {country["locale"] for country in told["countries"]}
    assert told["total"] in told["button"]
    status, fresh = post(shop, "/de-de/checkout/quote", {"postal_code": "24105", "grade": "standard", "view": True})
    assert status == 200 and fresh["state"]["quote_id"] != told["quote_id"]
    wrong = shop.post("/de-de/checkout/place", {**ADDRESS, "postal_code": "ABC"}).content.decode()
    state = island(wrong)["state"]
    assert [fault["field"] for fault in state["faults"]] == ["postal_code"]
    assert state["typed"]["name"] == ADDRESS["name"]


def test_another_country_answers_with_its_form_currency_and_words(shop: Client) -> None:
    post(shop, "/en-us/cart/lines", {"sku": sku_of("US"), "quantity": 1})
    answer = shop.get("/en-de/checkout", HTTP_ACCEPT="application/json").json()
    assert answer["url"] == "/en-de/" and answer["language"] == "en-DE"
    assert "€" in answer["state"]["total"] and answer["words"]["Payment"] == "Payment"
    assert shop.cookies["ep_place"].value == "en-de"


def test_lists_of_pages_name_every_locale_and_the_goods_of_each(shop: Client) -> None:
    index = shop.get("/sitemap.xml").content.decode()
    assert "/de-de/sitemap.xml" in index and "/ar-sa/sitemap.xml" in index
    handle = catalogue.product(product_id=catalogue.product_ids()[0]).handle
    pages = shop.get("/de-de/sitemap.xml").content.decode()
    assert f"/de-de/p/{handle}<" in pages and 'hreflang="ar-SA"' in pages


def test_structured_data_tell_product_offer_and_way(shop: Client) -> None:
    handle = catalogue.product(product_id=catalogue.product_ids()[0]).handle
    page = shop.get(f"/de-de/p/{handle}").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    product, way = json.loads(found[1])["@graph"]
    assert product["offers"]["priceCurrency"] == "EUR" and product["offers"]["areaServed"] == "DE"
    assert way["itemListElement"][-1]["name"] == product["name"]


def test_the_chooser_keeps_the_page_and_remembers_the_choice(shop: Client) -> None:
    chooser = shop.get("/de-de/market?next=cart").content.decode()
    assert "/en-us/stay?next=cart" in chooser
    assert shop.get("/en-us/stay?next=cart").headers["Location"] == "/en-us/cart"
    assert shop.get("/", HTTP_ACCEPT_LANGUAGE="de-DE").headers["Location"] == "/en-us/"
