"""The API over HTTP: who gets in, what each kind of key may see, the same request twice, pages, rates, problems."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services as identity_services
from entrepot.domains.identity.errors import KeyRule
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.orders import queries as orders
from entrepot.infra import clock, db, memo
from entrepot.interfaces.api import caller as callers
from entrepot.interfaces.api.deprecations import DEPRECATED, Deprecation
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import PermissionDenied
from tests import api_builders as api
from tests import builders

pytestmark = pytest.mark.django_db
MEDIA = "application/problem+json"


@pytest.fixture(autouse=True)
def shop():
    return api.shop_with_offers()


@pytest.fixture
def server():
    return api.Caller(api.key())


@pytest.fixture
def page():
    return api.Caller(api.key("public"))


# ---- who gets in


@pytest.mark.parametrize("shown", ["", "ep_sk_abcdefghij_" + "x" * 43, "nonsense", "ep_pk_short_x"])
def test_without_a_key_that_opens_nothing_is_said(shown):
    answer = api.Caller(shown).get("markets")
    assert (answer.status_code, answer["Content-Type"]) == (401, MEDIA)
    body = answer.json()
    assert body["code"] == "NO_API_KEY" and body["status"] == 401 and body["request_id"] == answer["X-Request-Id"]


def test_a_revoked_and_an_expired_key_open_nothing(server):
    assert server.get("markets").status_code == 200
    with db.transaction():
        for found in identity.api_keys():
            identity_services.revoke_api_key(actor=SYSTEM, key_id=found.id, at=clock.now())
    memo.forget_all()
    assert server.get("markets").status_code == 401
    soon = api.key(expires_at=clock.now() + dt.timedelta(seconds=5))
    caller = api.Caller(soon)
    assert caller.get("markets").status_code == 200


def test_a_key_says_when_it_was_used_and_keeps_no_secret(server):
    server.get("markets")
    found = identity.api_keys()[0]
    assert found.last_used_on == clock.now().date()
    assert not any(
        "secret" in str(value).lower() and name != "kind" for name, value in found.__class__.__annotations__.items()
    )


def test_a_scope_that_a_key_lacks_is_refused_by_name(page):
    answer = page.get("orders")
    assert (answer.status_code, answer.json()["code"]) == (403, "PERMISSION_DENIED")
    assert "api.read_orders" in answer.json()["detail"]


def test_nobody_gives_a_key_more_than_he_has_and_a_public_one_gets_no_more_than_a_visitor(shop):
    some = {"store_id": shop.id, "at": clock.now(), "name": "x"}
    clerk = Actor("staff", "s", frozenset({"identity.create_api_key", "api.read_stock"}))
    with db.transaction(), pytest.raises(PermissionDenied):
        identity_services.create_api_key(actor=clerk, kind="secret", scopes=["orders.cancel"], **some)
    with db.transaction(), pytest.raises(KeyRule):
        identity_services.create_api_key(actor=SYSTEM, kind="public", scopes=["api.read_orders"], **some)
    with db.transaction(), pytest.raises(KeyRule):
        identity_services.create_api_key(
            actor=SYSTEM, kind="public", scopes=["api.quote"], origins=["https://x.example/path"], **some
        )


def test_pages_of_named_origins_may_use_a_public_key_and_no_page_a_server_key():
    text = api.key("public", origins=["https://shop.example"])
    good, bad = api.Caller(text, origin="https://shop.example"), api.Caller(text, origin="https://evil.example")
    answer = good.get("markets")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "https://shop.example")
    assert bad.get("markets").json()["code"] == "ORIGIN_NOT_ALLOWED"
    assert "Access-Control-Allow-Origin" not in bad.get("markets").headers
    secret = api.Caller(api.key(), origin="https://shop.example").get("markets")
    assert (secret.status_code, secret.json()["code"]) == (403, "SECRET_KEY_IN_A_BROWSER")
    asked = api.Caller(origin="https://shop.example").call("options", "orders")
    assert asked.status_code == 204 and "Idempotency-Key" in asked["Access-Control-Allow-Headers"]
    assert (
        "Access-Control-Allow-Origin" not in api.Caller(origin="https://evil.example").call("options", "orders").headers
    )


def test_a_key_is_heard_so_often_a_minute_and_told_when_again():
    slow = api.Caller(api.key(per_minute=3))
    answers = [slow.get("markets") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a["RateLimit-Remaining"] for a in answers[:3]] == ["2", "1", "0"]
    refused = answers[3]
    assert 1 <= int(refused["Retry-After"]) <= 20 and refused.json()["code"] == "TOO_FAST"
    assert api.Caller(api.key(per_minute=3)).get("markets").status_code == 200


# ---- problems


def test_problems_speak_the_callers_language_and_name_every_field(server):
    body = {"market": "DE", "lines": [{"sku": "LAMP-OAK", "quantity": 0}], "color": "red"}
    answer = server.post("quotes", body)
    assert answer.status_code == 422 and answer["Content-Type"] == MEDIA
    assert {f["field"] for f in answer.json()["fields"]} == {"lines.0.quantity", "color"}
    german = server.post("quotes", {"market": "DE", "lines": [{"sku": "NONE", "quantity": 1}]}, accept_language="de")
    assert german.json()["code"] == "UNKNOWN_SKU" and "Artikel" in german.json()["detail"]


def test_unreadable_unknown_and_wrong_method_are_problems(server):
    broken = server.client.post("/api/v1/quotes", data="{", content_type="application/json", headers=server.headers)
    assert (broken.status_code, broken["Content-Type"]) == (400, MEDIA)
    assert server.get("nothing").json()["code"] == "NO_SUCH_ADDRESS"
    wrong = server.call("delete", "markets")
    assert (wrong.status_code, wrong["Content-Type"], wrong["Allow"]) == (405, MEDIA, "GET")
    large = server.post("products", {"products": [], "x": "y" * 3_000_000})
    assert (large.status_code, large.json()["code"]) == (413, "TOO_LARGE")


# ---- what can be had


def test_the_document_and_its_page_need_no_key():
    anybody = api.Caller()
    document = anybody.get("openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert {"400", "401", "403", "404", "422", "429", "500", "503"} <= set(answers), path
            assert all(MEDIA in a["content"] for s, a in answers.items() if s >= "400"), path
            assert operation["security"] and operation["description"], (method, path)
    page = anybody.get("reference").content.decode()
    assert "place_order" in page and "<script" not in page.replace("application/ld+json", "")
    for outside in ("cdn.", "https://unpkg", "jsdelivr"):
        assert outside not in page


def test_a_list_goes_through_all_pages_once(server):
    seen, cursor = [], ""
    for _ in range(10):
        body = server.get(f"offers?market=DE&limit=2{cursor}").json()
        seen += [offer["product_id"] for offer in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert len(seen) == len(set(seen)) == 3
    first = server.get("offers?market=DE&limit=2").json()["next_cursor"]
    assert server.get(f"offers?market=US&limit=2&cursor={first}").json()["code"] == "FOREIGN_CURSOR"
    assert server.get("stock?cursor=AAAA").json()["code"] == "FOREIGN_CURSOR"
    assert server.get("offers?market=DE&limit=101").status_code == 422


def test_what_is_known_already_is_not_sent_again(server):
    offer = server.get("offers?market=DE").json()["items"][0]
    path = f"offers/{offer['product_id']}?market=DE"
    first = server.get(path)
    again = server.get(path, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    parts = first.json()["variants"][0]
    assert sum(p["amount"]["amount_minor"] for p in parts["parts"]) == parts["price"]["amount_minor"]


def test_a_quote_takes_the_price_apart_row_by_row_with_rule_and_source(page):
    body = {"market": "DE", "lines": [{"sku": "SPK-MINI", "quantity": 1}], "destination": api.PLACE}
    answer = page.post("quotes", body)
    assert answer.status_code == 201
    quote = answer.json()
    for parcel in quote["consignments"]:
        assert sum(c["amount"]["amount_minor"] for c in parcel["charges"]) == parcel["total"]["amount_minor"]
        assert all(c["rule"]["source"] and c["rule"]["confidence"] for c in parcel["charges"])
    assert quote["total"]["currency"] == "EUR" and float(quote["total"]["amount"]) * 100 == pytest.approx(
        quote["total"]["amount_minor"]
    )
    assert page.get(f"quotes/{quote['id']}").status_code == 404  # nothing was kept
    kept = page.post("quotes", {**body, "freeze": True}).json()
    assert page.get(f"quotes/{kept['id']}").json()["total"] == kept["total"]


def test_from_cart_to_order_with_a_public_key_and_only_its_own_order(page, server):
    order = api.placed(page, return_url="https://shop.example/back?o={order}")
    assert order["payment"]["next_action"]["kind"] in {"redirect", "none", "show_code"}
    assert order["total"] == order["quote"]["total"]
    assert page.get(f"orders/{order['id']}").status_code == 404
    own = page.get(f"orders/{order['id']}", x_order_token=order["token"])
    assert own.status_code == 200 and own.json()["email"] == "mara@example.com"
    assert page.get(f"orders/{order['id']}", x_order_token="x" * 40).status_code == 404
    assert page.get(f"orders/{order['id']}/parcels", x_order_token=order["token"]).json() == {"items": []}
    listed = server.get("orders?state=placed").json()["items"]
    assert [row["id"] for row in listed] == [order["id"]]
    assert server.get(f"orders/{order['id']}").json()["number"] == order["number"]
    assert server.get(f"orders/{order['id']}/timeline").json()["items"][0]["kind"] == "placed"
    gone = page.post(f"orders/{order['id']}/cancel", {"reason": "changed my mind"}, x_order_token=order["token"])
    assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
    assert orders.brief(order_id=order["id"]).state == "cancelled"


def test_the_same_request_twice_is_one_and_another_one_under_its_key_is_refused(server):
    body = {"warehouse": "SZX", "sku": "LAMP-OAK", "delta": 5, "reason": "count"}
    before = inventory.available(skus=["LAMP-OAK"])["LAMP-OAK"]["SZX"]
    first = server.post("stock/adjustments", body, idempotency_key="a-1")
    again = server.post("stock/adjustments", body, idempotency_key="a-1")
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert again["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert inventory.available(skus=["LAMP-OAK"])["LAMP-OAK"]["SZX"] == before + 5
    other = server.post("stock/adjustments", {**body, "delta": 6}, idempotency_key="a-1")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_USED")
    stranger = api.Caller(api.key()).post("stock/adjustments", {**body, "delta": 6}, idempotency_key="a-1")
    assert stranger.status_code == 200


def test_a_refusal_for_haste_is_not_kept_as_the_answer(server):
    callers.forget()
    denied = api.Caller(api.key("secret", ["api.read_stock"]))
    body = {"warehouse": "SZX", "sku": "LAMP-OAK", "delta": 1, "reason": "count"}
    assert denied.post("stock/adjustments", body, idempotency_key="k").status_code == 403
    assert "Idempotent-Replayed" not in denied.post("stock/adjustments", body, idempotency_key="k").headers


# ---- goods in


def a_product(**more):
    variant = {
        "sku": "CUP-RED", "option": "Red", "price": "14.50", "stock": 7, "hs_code": "691110", "origin": "CN",
        "mass_g": 300, "length_mm": 90, "width_mm": 90, "height_mm": 100, "customs_description": "Porcelain cup",
    }  # fmt: skip
    product = {"handle": "red-cup", "category": "things", "title": "Red cup", "variants": [variant]}
    return {**product, **more}


def upsert(server, *products, **more):
    answer = server.post("products", {"products": list(products), "warehouse": "SZX", "markets": ["DE"], **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_products_go_in_by_the_rules_of_an_import(server):
    bad = a_product(handle="bad-cup", title="<b>no</b>")
    preview = upsert(server, a_product(), bad, preview=True)
    assert (preview["added"], server.get("products?handle=red-cup").status_code) == (1, 404)
    done = upsert(server, a_product(), bad)
    assert (done["added"], done["prices_changed"], done["stock_received"], done["published"]) == (1, 1, 1, 1)
    assert [(r["product"], r["handle"], r["field"]) for r in done["refused"]] == [(1, "bad-cup", "title")]
    assert upsert(server, a_product())["unchanged"] == 1
    found = server.get("products?handle=red-cup").json()["items"][0]
    assert found["variants"][0]["hs_code"] == "691110" and found["markets"] == ["DE"]
    assert server.get("stock?sku=CUP-RED").json()["items"][0]["on_hand"] == 7


def test_an_import_needs_the_scopes_of_what_it_does(shop):
    only = api.Caller(api.key("secret", ["catalogue.import"]))
    assert only.post("products", {"products": [a_product()], "warehouse": "SZX"}).status_code == 403
    plain = a_product()
    del plain["variants"][0]["price"], plain["variants"][0]["stock"]
    answer = only.post("products", {"products": [plain], "warehouse": "SZX"})
    assert answer.status_code == 200 and answer.json()["refused"][0]["field"] == "price"


def test_published_withdrawn_priced_received(server):
    product = server.get("products?handle=desk-lamp").json()["items"][0]
    there = f"products/{product['id']}/markets/DE"
    assert server.call("delete", there).json() == {"changed": 1}
    assert server.put(there).json() == {"changed": 1}
    assert server.put(there).json() == {"changed": 0}
    priced = {"currency": "USD", "prices": [{"sku": "LAMP-OAK", "price": "41.25"}]}
    assert server.put("prices", priced).json() == {"changed": 1}
    assert server.put("prices", {"currency": "USD", "prices": [{"sku": "NOPE", "price": "1"}]}).status_code == 422
    receipt = {"warehouse": "SZX", "sku": "LAMP-OAK", "quantity": 3, "reference": "PO-7"}
    assert server.post("stock/receipts", receipt).json() == {"received": True}
    assert server.post("stock/receipts", receipt).json() == {"received": False}


def test_an_operation_on_its_way_out_says_so(server, monkeypatch):
    leaving = Deprecation(dt.date(2026, 12, 1), dt.date(2027, 12, 1), "https://shop.example/changes")
    monkeypatch.setitem(DEPRECATED, "list_markets", leaving)
    answer = server.get("markets")
    assert answer["Deprecation"] == "@1796083200"
    assert answer["Sunset"] == "Wed, 01 Dec 2027 00:00:00 GMT"
    assert 'rel="deprecation"' in answer["Link"]
    assert "Deprecation" not in server.get("categories").headers


def test_a_paid_order_is_given_back_by_units_and_by_amount(server, shop):
    order_id = builders.a_confirmed_order({"LAMP-OAK": 2}).order_id
    before = server.get(f"orders/{order_id}").json()
    line = before["quote"]["consignments"][0]["lines"][0]
    both = {"kind": "goodwill", "lines": [{"ref": line["ref"]}], "amount_minor": 5}
    assert server.post(f"orders/{order_id}/refunds", both).status_code == 422
    one = server.post(f"orders/{order_id}/refunds", {"kind": "goodwill", "amount_minor": 500, "reason": "late"})
    assert (one.status_code, one.json()["refund"]["amount_minor"]) == (201, 500)
    unit = {"kind": "return", "lines": [{"ref": line["ref"], "quantity": 1}]}
    two = server.post(f"orders/{order_id}/refunds", unit).json()["refund"]["amount_minor"]
    after = server.get(f"orders/{order_id}").json()
    assert after["total"]["amount_minor"] == before["total"]["amount_minor"] - 500 - two
    assert server.post(f"orders/{order_id}/refunds", {"kind": "goodwill", "amount_minor": 10**9}).status_code in (
        409,
        422,
    )
