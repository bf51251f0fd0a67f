"""Builders of what tests of the API stand on: keys, a client that shows one, a shop with offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.test import Client

from entrepot.domains.identity import services
from entrepot.domains.identity.engine import api_keys
from entrepot.domains.identity.types import KeyKind
from entrepot.infra import clock, db, events, memo
from entrepot.kernel.actor import SYSTEM
from tests import builders

ADDRESS = {
    "name": "Mara Vogel", "street_address": "Lindenstraße 7", "city": "Berlin", "postal_code": "10969",
    "country_code": "DE",
}  # fmt: skip
PLACE = {"country": "DE", "postal_code": "10969"}


def shop_with_offers() -> Any:
    """Seed the small shop and publish its offers."""
    store = builders.seed_shop()
    while events.deliver_batch():
        pass
    memo.forget_all()
    return store


def key(
    kind: KeyKind = "secret",
    scopes: Sequence[str] = (),
    *,
    origins: Sequence[str] = (),
    per_minute: int = 60_000,
    **more: Any,
) -> str:
    """Make a key with all scopes of its kind, or those named, and return its text."""
    with db.transaction():
        minted = services.create_api_key(
            actor=SYSTEM,
            kind=kind,
            name="a test",
            scopes=scopes or list(api_keys.scopes_of(kind)),
            store_id=builders.demo_store().id,
            at=clock.now(),
            origins=origins,
            per_minute=per_minute,
            **more,
        )
    return minted.text


class Caller:
    """A program that calls the API with a key."""

    def __init__(self, text: str = "", **headers: str) -> None:
        self.client = Client()
        self.headers = {"authorization": f"Bearer {text}", **headers} if text else dict(headers)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return the answer to one call."""
        told = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/v1/{path}", headers=told, **more)

    def get(self, path: str, **headers: str) -> Any:
        """Return the answer to a GET."""
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Return the answer to a POST."""
        return self.call("post", path, body, **headers)

    def put(self, path: str, body: Any = None) -> Any:
        """Return the answer to a PUT."""
        return self.call("put", path, {} if body is None else body)


def made(answer: Any) -> Any:
    """Return the body of an answer that says 201."""
    assert answer.status_code == 201, answer.content
    return answer.json()


def placed(caller: Caller, **more: Any) -> dict[str, Any]:
    """Place an order through the API: cart, quote, order; return the order's answer."""
    lines = [{"sku": "LAMP-OAK", "quantity": 2}]
    cart = made(caller.post("carts", {"market": "DE", "lines": lines}))
    quote = made(caller.post(f"carts/{cart['id']}/quotes", {"destination": PLACE}))
    body = {
        "quote_id": quote["id"], "email": "mara@example.com", "address": ADDRESS, "payment_method": "card", **more,
    }  # fmt: skip
    return {**made(caller.post("orders", body)), "quote": quote, "cart": cart["id"], "body": body}
