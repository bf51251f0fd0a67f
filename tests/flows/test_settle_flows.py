"""The books follow an order from money to doorstep, and end even."""

from __future__ import annotations

import pytest
from django.db import transaction

from entrepot.domains.finance.engine import accounts
from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderConfirmed
from entrepot.flows.settle.open_books import open_books
from entrepot.flows.settle.post_sale import post_cancellation, post_dispatch, post_sale
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """One shop for the module, in a transaction around all its tests: seeding costs more than most of them."""
    with django_db_blocker.unblock(), db.transaction():
        yield builders.seed_shop()
        transaction.set_rollback(True)
    forget_all()


@pytest.fixture(autouse=True)
def shop(seeded, db):
    return seeded


def balances(shop):
    return {row.account: row.balance_minor for row in ledger.trial_balance(entity_id=shop.entity.id)}


def kinds(order):
    return [e.kind for e in reversed(ledger.entries(document=f"order:{order.order_id}"))]


@pytest.mark.parametrize("market", ["DE", "US", "SA"])
def test_a_sale_is_posted_to_the_cent_in_every_market(shop, market):
    order = builders.a_confirmed_order({"LAMP-OAK": 2, "SPK-MINI": 1}, market=market)
    quote = orders.order(order_id=order.order_id).quote
    books = balances(shop)
    assert sum(books.values()) == 0
    assert books[accounts.PROVIDER_CLEARING] == quote.total_minor
    assert books[accounts.CUSTOMER_DEPOSITS] == 0
    assert books[accounts.DEFERRED_REVENUE] == -(quote.goods_minor + quote.freight_minor)
    owed = sum(books.get(a, 0) for a in (accounts.TAX_PAYABLE, accounts.IMPORT_TAX_PAYABLE))
    assert -owed == quote.tax_minor
    assert -books.get(accounts.DUTY_PAYABLE, 0) == quote.duty_minor
    assert -books.get(accounts.CUSTOMS_FEES_PAYABLE, 0) == quote.fee_minor


def test_dispatch_earns_the_revenue_once_per_consignment(shop):
    order = builders.a_confirmed_order({"LAMP-OAK": 1, "SPK-MINI": 1})
    quote = orders.order(order_id=order.order_id).quote
    with db.transaction():
        for consignment in (*quote.consignments, *quote.consignments):
            post_dispatch(ShipmentDispatched("s", order.order_id, consignment.ref))
    books = balances(shop)
    assert books[accounts.DEFERRED_REVENUE] == books[accounts.CUSTOMER_DEPOSITS] == 0
    assert -books[accounts.GOODS_REVENUE] == quote.goods_minor
    assert -books.get(accounts.FREIGHT_REVENUE, 0) == quote.freight_minor
    assert kinds(order) == ["capture", "sale", *["dispatch"] * len(quote.consignments)]


def test_an_event_delivered_twice_posts_once(shop):
    order = builders.a_confirmed_order()
    before = balances(shop)
    with db.transaction():
        post_sale(OrderConfirmed(order.order_id))
    assert balances(shop) == before
    assert kinds(order) == ["capture", "sale"]


def test_a_cancellation_may_be_heard_before_the_sale(shop):
    order = builders.a_confirmed_order()
    with db.transaction():
        for _ in range(2):
            post_cancellation(OrderCancelled(order.order_id, refund_minor=1))
        post_sale(OrderConfirmed(order.order_id))
    assert kinds(order) == ["capture", "sale", "reversal"]
    sale, undone = (ledger.entries(document=f"order:{order.order_id}")[n] for n in (1, 0))
    assert (sale.reversed_by, undone.reverses) == (undone.id, sale.id)
    assert balances(shop)[accounts.CUSTOMER_DEPOSITS] == -orders.brief(order_id=order.order_id).placed_total_minor


def test_an_order_that_was_never_paid_posts_nothing(shop):
    order = builders.a_placed_order()
    with db.transaction():
        post_cancellation(OrderCancelled(order.order_id, refund_minor=0))
    assert kinds(order) == []


def test_opening_the_books_again_changes_nothing():
    assert open_books() == open_books() == len(accounts.NAMES)
