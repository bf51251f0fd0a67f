"""Wrong input gets a clear sentence, and nothing is lost or half-written."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from django.utils.translation import gettext

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout import services
from entrepot.domains.checkout.errors import EmptyCart, NotForSale, QuantityRule, QuoteExpired, UnknownSku
from entrepot.domains.checkout.types import CartLine, buyer
from entrepot.domains.markets import services as markets
from entrepot.domains.markets.errors import ClosedMarket
from entrepot.domains.orders import queries as orders
from entrepot.domains.parties.errors import AddressFault, ContactFault
from entrepot.domains.payments.errors import MethodNotOffered
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.flows.sell.place_order import place_order
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import EntrepotError, NotFound, PermissionDenied
from tests import builders

pytestmark = pytest.mark.django_db
NASTY = ["x" * 1_000_000, "'; DROP TABLE orders_order; --", "<script>alert(1)</script>", "a\x00b", "‮evil", ""]


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


def said(error: EntrepotError) -> str:
    """The sentence a person reads; it must not quote a megabyte back."""
    words = gettext(error.sentence) % error.params
    assert words.endswith((".", "?")) and len(words) < 500, words[:600]
    return words


@pytest.mark.parametrize("sku", NASTY)
def test_an_unknown_article(sku, shop):
    visitor = buyer("visitor")
    with db.transaction():
        cart = services.create_cart(actor=visitor, market="DE", locale="de-de", store_id=shop.id)
    with pytest.raises(UnknownSku) as refused, db.transaction():
        services.set_line(actor=visitor, cart_id=cart, sku=sku, quantity=1)
    said(refused.value)
    with pytest.raises(UnknownSku):
        quote_cart(actor=visitor, market="DE", at=builders.AT, lines=[CartLine(sku, 1)])
    assert checkout.cart(cart_id=cart).lines == ()


@pytest.mark.parametrize("quantity", [-1, "-1", 100, "1.5", "1; DROP TABLE", "9" * 1_000_000, None, 1.5])
def test_a_quantity_that_is_none(quantity, shop):
    visitor = buyer("visitor")
    with db.transaction():
        cart = services.create_cart(actor=visitor, market="DE", locale="de-de", store_id=shop.id)
        services.set_line(actor=visitor, cart_id=cart, sku="LAMP-OAK", quantity=2)
    with pytest.raises(QuantityRule) as refused, db.transaction():
        services.set_line(actor=visitor, cart_id=cart, sku="LAMP-OAK", quantity=quantity)
    said(refused.value)
    assert checkout.cart(cart_id=cart).lines == (CartLine("LAMP-OAK", 2),)


def test_an_article_that_is_not_sold_there(shop, as_owner):
    db.execute("DELETE FROM catalogue_publication WHERE market = 'SA'")
    with pytest.raises(NotForSale) as refused:
        quote_cart(actor=SYSTEM, market="SA", at=builders.AT, lines=[CartLine("LAMP-OAK", 1)])
    assert "LAMP-OAK" in said(refused.value)


def test_a_closed_market_and_an_unknown_one():
    with db.transaction():
        markets.close_market(actor=SYSTEM, code="DE")
    forget_all()
    with pytest.raises(ClosedMarket) as refused:
        builders.a_quote()
    said(refused.value)
    with pytest.raises(NotFound):
        quote_cart(actor=SYSTEM, market="QQ", at=builders.AT, lines=[CartLine("LAMP-OAK", 1)])


def test_an_empty_cart_and_carts_that_are_none():
    with pytest.raises(EmptyCart):
        quote_cart(actor=SYSTEM, market="DE", at=builders.AT, lines=[])
    for key in ("", "nonsense", "1 OR 1=1", "01a211d8-d608-7525-b02f-ed2d091e63e3"):
        with pytest.raises(NotFound):
            checkout.cart(cart_id=key)
        with pytest.raises(NotFound):
            checkout.quote(quote_id=key)
        with pytest.raises(NotFound):
            orders.order(order_id=key)


def place(quote, **changed):
    fields = {
        "email": "a@example.com", "name": "Jonas Weber", "address": builders.ADDRESSES["DE"], "method": "card",
        "locale": "de-de", "at": builders.AT,
    }  # fmt: skip
    return place_order(actor=buyer("visitor"), quote_id=quote.id, **{**fields, **changed})


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("field", ["email", "street_address", "postal_code", "city", "country_code", "method"])
def test_every_text_field_is_refused_or_kept_as_it_is(field, text):
    quote = builders.a_quote()
    changed = {field: text}
    if field not in ("email", "method"):
        changed = {"address": msgspec.structs.replace(builders.ADDRESSES["DE"], **{field: text})}
    try:
        placed = place(quote, **changed)
    except (ContactFault, AddressFault, MethodNotOffered, EntrepotError) as refused:
        said(refused)
        assert checkout.quote(quote_id=quote.id)[1] == "open"
        assert orders.order_for_quote(quote.id) is None
        return
    assert getattr(orders.order(order_id=placed.order_id).address, field) == text


def test_a_quote_past_its_time_names_the_time():
    quote = builders.a_quote()
    with pytest.raises(QuoteExpired) as refused:
        place(quote, at=quote.expires_at)
    assert "2026-11-25" in said(refused.value)
    place(quote, at=quote.expires_at - dt.timedelta(seconds=1))


def test_a_stranger_may_do_nothing():
    quote = builders.a_quote()
    with pytest.raises(PermissionDenied):
        place_order(
            actor=Actor("buyer", "x"),
            quote_id=quote.id,
            email="a@example.com",
            name="A",
            address=builders.ADDRESSES["DE"],
            method="card",
            locale="en",
            at=builders.AT,
        )
