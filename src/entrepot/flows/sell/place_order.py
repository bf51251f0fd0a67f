"""Place an order: one transaction from the frozen quote to held stock and an open payment attempt.

No provider is called here: whoever placed the order then starts the attempt, outside any transaction; if he dies before,
a scheduled job does. The stock is taken last, so that a hot article is locked for the shortest time.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from entrepot.domains.checkout import services as checkout
from entrepot.domains.checkout.errors import AddressNotQuoted, QuotedWithoutAddress
from entrepot.domains.inventory import services as inventory
from entrepot.domains.inventory.types import StockRequest
from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders import services as orders
from entrepot.domains.orders.errors import TooManyHolds, TooManyHoldsHere
from entrepot.domains.parties import services as parties
from entrepot.domains.parties.types import AddressData
from entrepot.domains.payments import queries as payment_queries
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.errors import MethodNotOffered
from entrepot.domains.payments.types import AttemptView
from entrepot.flows.sell.tenders import set_aside
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.infra.idempotency import input_hash
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.quote import FrozenQuote

MAX_OPEN_HOLDS = 3
MAX_HOLDS_PER_NETWORK = 10  # a household or a small office; who invents e-mail addresses holds no more than that


class Placed(msgspec.Struct, frozen=True):
    """What came of placing: the order, the attempt to start next, and the token that opens the order's page."""

    order_id: str
    number: str
    attempt_id: str
    token: str
    attempt: AttemptView  # as it was just opened or read


def place_order(
    *,
    actor: Actor,
    quote_id: str,
    email: str,
    name: str,
    address: AddressData,
    method: str,
    locale: str,
    at: dt.datetime,
    phone: str = "",
    return_url: str = "",
    network: str = "",
    credit_code: str = "",
) -> Placed:
    """Turn an open quote into a placed order with held stock and an open payment attempt, all or nothing.

    The same quote placed again with the same words gives the same answer, so a double click orders once.

    Args:
        return_url: where the buyer comes back to; "{order}" in it is filled in here, "{token}" when the provider is called,
            so that the key to the order's page is not kept.
        credit_code: of a store credit that pays a part or the whole; the method pays the rest.
        network: the network address the order comes from; "" is not counted.
    Raises:
        QuoteExpired: quote anew (`flows.price.quote_cart.requote`) and ask the buyer.
        QuoteAlreadyPlaced: with other words than the first time.
        OutOfStock: too few are left; nothing was written and nothing charged.
        TooManyHolds, TooManyHoldsHere: three unpaid orders are open for the e-mail address or the cart, or ten from
            the network address.
        CreditUnknown, CreditNotUsable: the store credit cannot be spent here; nothing was ordered.
        ContactFault, AddressFault, AddressNotQuoted, MethodNotOffered: name the field to correct.
    """
    with db.transaction():
        words = [email, name, phone, locale, method, msgspec.to_builtins(address)]
        said = input_hash([*words, credit_code] if credit_code else words)
        marked = checkout.mark_quote_placed(actor=actor, quote_id=quote_id, at=at, said_hash=said)
        if marked is None:
            return _placed_before(quote_id)
        quote, cart_id = marked
        _refuse_other_place(quote, address)
        hold_until = at + dt.timedelta(seconds=_hold_s(quote, method))
        buyer_id, address_id = parties.record_contact(
            actor=actor, email=email, name=name, phone=phone, locale=locale, address=address
        )
        _refuse_hoarding(email, cart_id, network)
        opened = orders.open_order(
            actor=actor,
            quote=quote,
            cart_id=cart_id,
            buyer_id=buyer_id,
            address_id=address_id,
            email=email,
            name=name,
            address=address,
            locale=locale,
            hold_until=hold_until,
            at=at,
            network=network,
        )
        crash_point("sell.order_opened")
        attempt = _open_attempt(quote, opened.id, method, return_url, at, hold_until, credit_code)
        if cart_id:
            checkout.empty_cart(actor=actor, cart_id=cart_id)
        inventory.reserve_stock(actor=SYSTEM, order_id=opened.id, requests=stock_requests(quote), expires_at=hold_until)
        crash_point("sell.reserved")
    crash_point("sell.placed")
    token = order_queries.access_token(order_id=opened.id)
    return Placed(opened.id, opened.number, attempt.id, token, attempt)


def _open_attempt(
    quote: FrozenQuote,
    order_id: str,
    method: str,
    return_url: str,
    at: dt.datetime,
    hold_until: dt.datetime,
    credit_code: str,
) -> AttemptView:
    due = quote.total_minor
    if credit_code:
        held = set_aside(quote, order_id, credit_code, method, at, hold_until)
        due -= held.amount_minor
        if not due:
            return held
    return payments.open_attempt(
        actor=SYSTEM,
        order_id=order_id,
        store_id=quote.store_id,
        entity_id=quote.entity_id,
        method=method,
        amount_minor=due,
        currency=quote.currency,
        at=at,
        return_url=return_url.replace("{order}", order_id),
        market=quote.market,
        pay_by=hold_until,
    )


def _placed_before(quote_id: str) -> Placed:
    """The answer that the first click got."""
    order = order_queries.brief(order_id=order_queries.order_for_quote(quote_id) or "")
    tries = payment_queries.attempts(order_id=order.id)
    first = next((a for a in tries if a.provider != payment_queries.HOUSE), tries[0])
    return Placed(order.id, order.number, first.id, order_queries.access_token(order_id=order.id), first)


def _refuse_hoarding(email: str, cart_id: str, network: str) -> None:
    """Cap what is held without being paid. The buyer's row is locked; a network's tries at one moment may exceed it by a few."""
    own, here = order_queries.open_holds(email=email, cart_id=cart_id, network=network)
    if own >= MAX_OPEN_HOLDS:
        raise TooManyHolds(most=MAX_OPEN_HOLDS)
    if here >= MAX_HOLDS_PER_NETWORK:
        raise TooManyHoldsHere(most=MAX_HOLDS_PER_NETWORK)


def stock_requests(quote: FrozenQuote) -> list[StockRequest]:
    """Return what a quote's plan takes from which warehouse."""
    return [
        StockRequest(consignment.warehouse, line.sku, line.quantity)
        for consignment in quote.consignments
        for line in consignment.lines
    ]


def _hold_s(quote: FrozenQuote, method: str) -> int:
    offered = payment_queries.methods(market=quote.market, currency=quote.currency, amount_minor=quote.total_minor)
    for view in offered:
        if view.code == method:
            return view.hold_s
    raise MethodNotOffered(method=method[:40], field="method", value=method[:40], rule="")


def _refuse_other_place(quote: FrozenQuote, address: AddressData) -> None:
    """The law was applied to a place: the order goes there and nowhere else.

    A quote made before the address was known binds for no address that names more than it did: tax may differ by state.
    """
    for field, given, quoted in (
        ("country_code", address.country_code, quote.country),
        ("country_area", address.country_area, quote.region),
        ("postal_code", address.postal_code, quote.postcode),
    ):
        if _plain(given) != _plain(quoted):
            fault = AddressNotQuoted if quoted else QuotedWithoutAddress
            raise fault(field=field, value=given[:60], quoted=quoted, rule="")


def _plain(text: Any) -> str:
    return "".join(str(text).split()).casefold()
