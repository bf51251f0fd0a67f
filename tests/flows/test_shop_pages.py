"""The shop's pages over real tables: wrong input is told in words, one market's price never shows in another, few statements."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.checkout.types import CartLine, buyer
from entrepot.domains.markets import services as markets
from entrepot.domains.offers import queries as offers
from entrepot.flows.price.follow_catalogue import refresh_bands
from entrepot.flows.price.publish_offers import publish_offers
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.infra import clock, db
from entrepot.infra.memo import forget_all
from entrepot.interfaces.storefront.views import checkout as checkout_views
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import Unavailable
from tests import builders
from tests.builders import seed_shop

JSON = {"HTTP_ACCEPT": "application/json", "content_type": "application/json"}
ADDRESS = {
    "email": "jule@example.de", "name": "Jule Petersen", "street_address": "Lornsenstraße 12", "postal_code": "24105",
    "city": "Kiel", "method": "card",
}  # fmt: skip
NASTY = [
    "'; DROP TABLE orders_order; --",
    "<script>alert(1)</script>",
    '" onmouseover="x',
    "{{ 7 * 7 }}",
    "x" * 1_000_000,
]


@pytest.fixture
def shop(db: None) -> Client:
    forget_all()
    seed_shop()
    publish_offers(actor=SYSTEM, at=clock.now(), product_ids=catalogue.product_ids())
    forget_all()
    return Client()


def skus() -> tuple[str, ...]:
    return catalogue.all_skus(limit=10)


def sku_of(market: str) -> str:
    return next(sku for sku in skus() if (o := offers.offers(market=market, skus=[sku])) and o[sku].band != "sold_out")


def post(client: Client, path: str, data: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = client.post(path, json.dumps(data), **JSON)
    return answer.status_code, answer.json()


def test_a_shelf_price_is_what_a_basket_of_one_costs(shop: Client) -> None:
    """Rule 1 of the look: one price, and it is true."""
    checked = 0
    for market in ("DE", "US", "SA"):
        for sku, offer in offers.offers(market=market, skus=skus()).items():
            if offer.band == "sold_out":
                continue
            quote = quote_cart(actor=buyer("x"), market=market, at=clock.now(), lines=[CartLine(sku, 1)])
            line = quote.consignments[0].lines[0]
            shown = line.gross_minor - (0 if quote.tax_display == "incl" else line.tax_minor)
            assert offer.price_minor == shown, (market, sku)
            assert offer.currency == quote.currency
            assert (offer.arrives_first, offer.arrives_last) == (
                quote.consignments[0].promise.first, quote.consignments[0].promise.last,
            )  # fmt: skip
            assert offer.price_minor == sum(
                p.amount_minor for p in offer.parts if p.kind != "tax" or quote.tax_display == "incl"
            )
            checked += 1
    assert checked >= 3


def test_no_market_shows_the_price_of_another(shop: Client) -> None:
    wanted = {"de-de": "EUR", "en-us": "USD", "ar-sa": "SAR"}
    for locale, currency in wanted.items():
        market = locale[-2:].upper()
        for sort in offers.SORTS:
            found = offers.listing(market=market, language=locale[:2], sort=sort)
            assert {card.currency for card in found.cards} <= {currency}
        for sku, offer in offers.offers(market=market, skus=skus()).items():
            assert offer.market == market, sku


def test_pages_take_few_statements(shop: Client) -> None:
    slug = catalogue.categories()[0].slug
    handle = catalogue.product(product_id=catalogue.product_ids()[0]).handle
    for path, most in (
        (f"/de-de/c/{slug}", 2),
        ("/de-de/", 4),
        (f"/de-de/p/{handle}", 9),
        ("/de-de/search?q=a", 3),
        ("/__hello", 0),
    ):
        shop.get(path)
        offers.facet_memo.forget()
        with CaptureQueriesContext(connection) as statements:
            assert shop.get(path).status_code == 200, path
        assert len(statements) <= most, (path, [row["sql"][:80] for row in statements])


def test_cards_are_not_escaped_twice(shop: Client) -> None:
    for locale in ("de-de", "en-us", "ar-sa"):
        page = shop.get(f"/{locale}/")
        assert b'class="card"' in page.content
        assert b"&lt;" not in page.content


def test_the_bare_address_proposes_and_never_forces(shop: Client) -> None:
    assert shop.get("/", HTTP_ACCEPT_LANGUAGE="ar-SA,ar").headers["Location"] == "/ar-sa/"
    page = shop.get("/en-us/", HTTP_ACCEPT_LANGUAGE="de-DE")
    assert page.status_code == 200
    assert b"/de-de/" in page.content
    stayed = shop.get("/en-us/stay?next=cart")
    assert stayed.headers["Location"] == "/en-us/cart"
    assert shop.get("/", HTTP_ACCEPT_LANGUAGE="de-DE").headers["Location"] == "/en-us/"
    assert shop.get("/en-us/stay?next=//evil.example").headers["Location"].startswith("/en-us/")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sku": "NO-SUCH", "quantity": 1}, "UNKNOWN_SKU"),
        ({"quantity": -1}, "QUANTITY_RULE"),
        ({"quantity": 100}, "QUANTITY_RULE"),
        ({"quantity": "many"}, "QUANTITY_RULE"),
        ({"quantity": 1.5}, "QUANTITY_RULE"),
        ({"sku": "x\x00y", "quantity": 1}, "UNKNOWN_SKU"),
    ],
)
def test_a_wrong_line_is_refused_in_words(shop: Client, fields: dict[str, Any], code: str) -> None:
    good = sku_of("DE")
    post(shop, "/de-de/cart/lines", {"sku": good, "quantity": 2})
    status, answer = post(shop, "/de-de/cart/lines", {"sku": good, **fields})
    assert (status, answer["code"]) == (422, code)
    assert answer["message"]
    kept = shop.get("/de-de/cart", HTTP_ACCEPT="application/json").json()
    assert kept["lines"] == [{"sku": good, "quantity": 2}], "nothing may be lost"


def test_a_closed_market_says_so(shop: Client) -> None:
    with db.transaction():
        markets.close_market(actor=SYSTEM, code="US")
    forget_all()
    page = shop.get("/en-us/")
    assert page.status_code in (403, 404, 409, 422)
    assert b"We do not deliver" in page.content


def test_faults_are_told_above_the_fields_and_typing_stays(shop: Client) -> None:
    post(shop, "/de-de/cart/lines", {"sku": sku_of("DE"), "quantity": 1})
    page = shop.post("/de-de/checkout/place", {**ADDRESS, "postal_code": "ABC", "street_address": "Lornsenstraße"})
    text = page.content.decode()
    assert page.status_code == 422
    assert 'id="f-postal_code-e"' in text
    assert 'id="f-street_address-e"' in text
    assert 'value="Jule Petersen"' in text
    assert 'id="faults"' in text


@pytest.mark.parametrize(
    "field", ["email", "phone", "name", "street_address", "postal_code", "city", "method", "grade", "quote_id"]
)
@pytest.mark.parametrize("value", NASTY, ids=["sql", "script", "attribute", "template", "megabyte"])
def test_no_text_field_can_be_broken_out_of(shop: Client, field: str, value: str) -> None:
    post(shop, "/de-de/cart/lines", {"sku": sku_of("DE"), "quantity": 1})
    page = shop.post("/de-de/checkout/place", {**ADDRESS, field: value})
    assert page.status_code < 500
    assert b"<script>alert(1)" not in page.content
    assert b'" onmouseover="x' not in page.content
    if page.status_code >= 400:
        assert b'role="alert"' in page.content
        assert shop.get("/de-de/cart", HTTP_ACCEPT="application/json").json()["count"] == 1


@pytest.mark.parametrize("value", [*NASTY[:4], "x" * 3000, "\x00", "’‹", "٣"])
def test_search_takes_anything(shop: Client, value: str) -> None:
    page = shop.get(
        "/de-de/search", {"q": value, "brand": value, "a": f"{value}:{value}", "price_from": value, "page": value}
    )
    assert page.status_code == 200
    assert b"<script>alert(1)" not in page.content


def test_an_address_outside_the_tax_territory_is_refused_by_its_name_and_typing_stays(shop: Client) -> None:
    post(shop, "/de-de/cart/lines", {"sku": sku_of("DE"), "quantity": 1})
    status, told = post(shop, "/de-de/checkout/quote", {"postal_code": "27498"})
    assert (status, told["code"]) == (422, "OUTSIDE_TAX_TERRITORY") and "Helgoland" in told["message"]
    there = {**ADDRESS, "postal_code": "78266", "city": "Büsingen"}
    for path in ("quote", "place"):
        page = shop.post(f"/de-de/checkout/{path}", there)
        text = page.content.decode()
        assert page.status_code == 422 and "Büsingen am Hochrhein (78266)" in text
        assert 'id="f-postal_code-e"' in text and 'value="Jule Petersen"' in text
    status, quote = post(shop, "/de-de/checkout/quote", {})
    assert status == 200
    status, told = post(shop, "/de-de/checkout/place", {**there, "quote_id": quote["quote_id"]})
    assert status in (409, 422), told  # nor by a price asked for before the address was known


def test_an_expired_quote_is_told_and_asked_about(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    post(shop, "/de-de/cart/lines", {"sku": sku_of("DE"), "quantity": 1})
    status, quote = post(shop, "/de-de/checkout/quote", {"postal_code": "24105"})
    assert status == 200
    later = clock.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    status, answer = post(shop, "/de-de/checkout/place", {**ADDRESS, "quote_id": quote["quote_id"]})
    assert (status, answer["code"]) == (410, "QUOTE_EXPIRED")
    assert shop.get("/de-de/cart", HTTP_ACCEPT="application/json").json()["count"] == 1


def frozen_without_address(shop: Client, locale: str) -> str:
    """Open the checkout page, and return the id of the price it froze before it knew an address."""
    post(shop, f"/{locale}/cart/lines", {"sku": sku_of(locale[-2:].upper()), "quantity": 1})
    return asked_again(shop.get(f"/{locale}/checkout").content.decode())


def asked_again(page: str) -> str:
    """Return the id of the price that a checkout page would place."""
    return page.partition('name="quote_id" data-quote value="')[2].partition('"')[0]


def test_a_price_without_an_address_is_placed_for_none(shop: Client) -> None:
    """California is not sold to at the price of nowhere."""
    quote_id = frozen_without_address(shop, "en-us")
    place = {
        **ADDRESS, "quote_id": quote_id, "country_area": "CA", "postal_code": "94105", "city": "San Francisco",
        "street_address": "500 Howard Street",
    }  # fmt: skip
    status, answer = post(shop, "/en-us/checkout/place", place)
    assert (status, answer["code"]) == (422, "QUOTED_WITHOUT_ADDRESS")
    assert db.fetch("SELECT count(*) FROM orders_order") == [(0,)]


def test_the_page_places_at_once_when_the_address_changes_nothing(
    shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout_views, "start_attempt", silent)
    quote_id = frozen_without_address(shop, "de-de")
    page = shop.post("/de-de/checkout/place", {**ADDRESS, "quote_id": quote_id})
    assert page.status_code == 302 and "/order/" in page.headers["Location"]
    (body,) = db.fetch("SELECT quote::jsonb->>'postcode' FROM orders_order")
    assert body == ("24105",)


def test_numbers_cannot_be_counted_through(shop: Client) -> None:
    for number in range(10):
        page = shop.post("/de-de/order", {"number": f"E-{number}", "email": "jule@example.de"})
        assert page.status_code == 404
    placed = builders.a_placed_order(email="jule@example.de")
    known = {"number": placed.number, "email": "jule@example.de"}
    page = shop.post("/de-de/order", known)
    assert page.status_code == 429
    assert 'role="alert"' in page.content.decode()
    assert shop.post("/de-de/order", known, REMOTE_ADDR="10.1.2.3").status_code == 302


def test_who_finds_his_orders_is_never_shut_out(shop: Client) -> None:
    placed = builders.a_placed_order(email="jule@example.de")
    for _ in range(15):
        page = shop.post("/de-de/order", {"number": placed.number, "email": "Jule@example.de"})
        assert page.status_code == 302


def test_an_address_tries_to_order_only_so_often(shop: Client, settings: Any) -> None:
    settings.ENTREPOT_ORDERS_PER_ADDRESS = 2
    place = {**ADDRESS, "quote_id": "01a211e4-da6c-7053-b095-78ab8f8a8c2b"}
    told = [post(shop, "/de-de/checkout/place", place) for _ in range(3)]
    assert [status for status, _ in told] == [404, 404, 429]
    assert told[2][1]["code"] == "TOO_MANY_TRIES"
    settings.ENTREPOT_ORDERS_PER_ADDRESS = 0
    assert post(shop, "/de-de/checkout/place", place)[0] == 404


def silent(**_given: Any) -> Any:
    raise Unavailable()


def test_a_form_of_another_site_changes_nothing(shop: Client) -> None:
    page = shop.post("/de-de/cart/lines", {"sku": sku_of("DE"), "quantity": 1}, HTTP_SEC_FETCH_SITE="cross-site")
    assert page.status_code == 403
    assert b"Website" in page.content
    assert shop.get("/de-de/cart", HTTP_ACCEPT="application/json").json()["count"] == 0


def test_an_order_opens_only_with_its_token(shop: Client) -> None:
    page = shop.get("/de-de/order/01a211e4-da6c-7053-b095-78ab8f8a8c2b?t=guess")
    assert page.status_code == 404


def test_addresses_that_do_not_exist_are_told_in_the_language_of_the_page(shop: Client) -> None:
    for path in ("/de-de/p/nothing", "/de-de/c/nothing", "/de-xx/", "/de-de/nowhere"):
        page = shop.get(path)
        assert page.status_code == 404
        assert b'lang="de"' in page.content, path


def test_what_becomes_scarce_is_told_on_the_shelf(shop: Client) -> None:
    sku = sku_of("DE")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "UPDATE inventory_stock SET on_hand = reserved + 1 WHERE sku = %s AND id = (SELECT min(id) FROM inventory_stock WHERE sku = %s)",
            [sku, sku],
        )
        cursor.execute(
            "UPDATE inventory_stock SET on_hand = reserved WHERE sku = %s AND id <> (SELECT min(id) FROM inventory_stock WHERE sku = %s)",
            [sku, sku],
        )
        cursor.execute("SET ROLE entrepot_app")
    refresh_bands(clock.now())
    offer = offers.offers(market="DE", skus=[sku])[sku]
    assert (offer.band, offer.units_left) == ("few", 1)
