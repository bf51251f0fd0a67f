"""A whole order costs at most so many statements: cart, quote, place, provider's answer, message, confirm, books, mail."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from entrepot.domains.checkout import services as checkout
from entrepot.domains.checkout.types import buyer
from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services as payment_services
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import NextAction, ProviderNotice, ProviderState
from entrepot.flows.pay.start_attempt import start_attempt
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.flows.sell.place_order import place_order
from entrepot.infra import db, events
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db
BUDGET = 60


class _Count:
    """Counts and keeps what is sent, under the step it belongs to."""

    def __init__(self) -> None:
        self.step, self.told = "", []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.told.append((self.step, " ".join(sql.split())[:110]))
        return execute(sql, params, many, context)


def _whole_order(count: _Count, store_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    provider, address, visitor = PROVIDERS.get("sandbox"), builders.ADDRESSES["DE"], buyer("visitor")
    count.step = "cart"
    with db.transaction():
        cart = checkout.create_cart(actor=visitor, market="DE", locale="de-de", store_id=store_id)
        checkout.set_line(actor=visitor, cart_id=cart, sku="LAMP-OAK", quantity=1)
    with db.transaction():
        checkout.set_line(actor=visitor, cart_id=cart, sku="TEA-CUP", quantity=2)
    count.step = "quote"
    quote = quote_cart(
        actor=visitor, market="DE", at=builders.AT, cart_id=cart, country="DE", postcode="22767", freeze=True
    )
    count.step = "place"
    placed = place_order(
        actor=visitor,
        quote_id=quote.id,
        email="a@example.com",
        name=address.name,
        address=address,
        method="card",
        locale="de-de",
        at=builders.AT,
    )
    count.step = "start"
    attempt = payments.attempt(attempt_id=placed.attempt_id)
    state = ProviderState(
        "r1", "action_needed", attempt.amount_minor, attempt.currency, NextAction("redirect", "http://x")
    )
    monkeypatch.setattr(type(provider), "start", lambda self, request: state)
    start_attempt(placed.attempt_id, builders.AT)
    count.step = "message"
    paid = ProviderState(
        "r1", "captured", attempt.amount_minor, attempt.currency, event_id=attempt.id, attempt_id=attempt.id
    )
    notice = ProviderNotice(attempt.id, "r1", attempt.id, state=paid)
    monkeypatch.setattr(type(provider), "parse", lambda self, body: notice)
    with db.transaction():
        payment_services.store_message(actor=SYSTEM, provider="sandbox", notice=notice, body=b"{}", at=builders.AT)
    count.step = "deliver"
    while events.deliver_batch():
        pass
    return placed.order_id


def test_a_whole_order_stays_within_its_budget(monkeypatch):
    store = builders.seed_shop()
    builders.deliver_all()
    _whole_order(_Count(), store.id, monkeypatch)  # warm: law, rates, places are kept in memory
    count = _Count()
    with connection.execute_wrapper(count):
        order_id = _whole_order(count, store.id, monkeypatch)
    assert orders.order(order_id=order_id).state == "confirmed"
    if os.environ.get("SHOW_STATEMENTS"):
        print("\n".join(f"{step:8} {sql}" for step, sql in count.told))
    own = [sql for _, sql in count.told if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(own) <= BUDGET, "\n".join(own)
