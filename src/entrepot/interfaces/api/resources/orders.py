"""Orders: placed with a kept quote; read by a server key, or by whoever holds the order's token."""

from __future__ import annotations

from typing import Annotated, get_args

import msgspec
from django.conf import settings
from django.http import HttpRequest
from ninja import Header, Query, Router, Status

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout.types import buyer
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.engine.states import State
from entrepot.domains.orders.types import OrderView
from entrepot.domains.parties.types import AddressData
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.types import AttemptView
from entrepot.flows.pay.start_attempt import start_attempt
from entrepot.flows.sell.cancel_order import cancel_order as call_off
from entrepot.flows.sell.place_order import place_order as place
from entrepot.flows.sell.refund_order import refund_order as give_back
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.infra import clock
from entrepot.interfaces.api import pages
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.shapes import sale, write
from entrepot.interfaces.api.shapes.common import PLAIN, Cursor, KnownAddress, Limit, Page, PublicId, money
from entrepot.interfaces.web.caller import network
from entrepot.kernel.errors import InvalidInput, NotFound, PermissionDenied

router = Router()
READ, PLACE = "api.read_orders", "checkout.place"
STATES = f"^({'|'.join(get_args(State))})?$"
Token = Annotated[
    str | None,
    Header(
        alias="X-Order-Token",
        max_length=80,
        pattern=PLAIN,
        description="the order's token, for a key that may not read all orders",
    ),
]


class Opened(msgspec.Struct, frozen=True):
    """An order and the rights by which it opened: its token (the buyer's), the reading right of its shop's key, or both."""

    order: OrderView
    by_token: bool
    by_key: bool


def open_order(request: HttpRequest, order_id: PublicId, token: str | None) -> Opened:
    """Return an order that the caller may see: its shop's server key, or who holds its token; else NotFound."""
    key = str(order_id)
    by_token = bool(token) and orders.may_open(order_id=key, token=token or "")
    reads = request.caller.actor.may(READ)
    if by_token or reads:
        found = orders.order(order_id=key)
        by_key = reads and found.store_id == request.caller.key.store_id
        if by_token or by_key:
            return Opened(found, by_token, by_key)
    raise NotFound(kind="order", key=key)


@operation(router, "POST", "/orders", PLACE, answer=sale.PlacedOrder, status=201, also=(410,))
def place_order(request: HttpRequest, body: sale.OrderIn) -> Status[sale.PlacedOrder]:
    """Order what was quoted, at the price that was quoted, and begin to collect the money.

    The quote must have been made for this address. The same quote with the same words gives the same order. What the
    buyer does next stands in `payment.next_action`.
    """
    at = clock.now()
    quote, _ = checkout.quote(quote_id=str(body.quote_id))
    cart_id = checkout.cart_of_quote(quote_id=quote.id)
    locale = checkout.cart(cart_id=cart_id).locale if cart_id else _locale(quote.language, quote.country)
    # A server key speaks for many buyers at once; what comes from pages is counted by network address as in the shop.
    counted = request.caller.public and settings.ENTREPOT_ORDERS_PER_ADDRESS
    placed = place(
        actor=buyer(cart_id or "api"),
        quote_id=quote.id,
        email=body.email,
        name=body.address.name,
        phone=body.phone or body.address.phone,
        address=AddressData(**body.address.model_dump()),
        method=body.payment_method,
        locale=locale,
        at=at,
        return_url=body.return_url or _own_page(locale),
        network=network(request) if counted else "",
    )
    attempt = start_attempt(attempt_id=placed.attempt_id, at=at)
    order = orders.brief(order_id=placed.order_id)
    return Status(
        201,
        sale.PlacedOrder(
            id=order.id,
            number=order.number,
            state=order.state,
            total=money(order.total_minor, order.currency),
            hold_until=order.hold_until,
            token=placed.token,
            url=f"{settings.ENTREPOT_BASE_URL}/{locale}/order/{order.id}?t={placed.token}",
            payment=write.payment(attempt),
        ),
    )


def _locale(language: str, country: str) -> str:
    return f"{language.split('-')[0].lower()}-{country.lower()}"


def _own_page(locale: str) -> str:
    return f"{settings.ENTREPOT_BASE_URL}/{locale}/order/{{order}}?t={{token}}&back=1"


@operation(router, "GET", "/orders", READ, answer=Page[sale.OrderBrief])
def list_orders(
    request: HttpRequest,
    state: Annotated[str, Query(pattern=STATES)] = "",
    market: Annotated[str, Query(max_length=20, pattern="^[A-Za-z0-9_-]*$")] = "",
    text: Annotated[
        str, Query(max_length=254, pattern=PLAIN, description="a number or its beginning, or an e-mail address")
    ] = "",
    cursor: Cursor | None = None,
    limit: Limit = pages.DEFAULT,
) -> Page[sale.OrderBrief]:
    """List orders, newest first."""
    of = pages.of("orders", state, market, text)
    rows = orders.orders(
        state=state,
        market=market,
        text=text,
        store_id=request.caller.key.store_id,
        before=pages.read(of, cursor),
        limit=limit + 1,
    )
    more = pages.write(of, rows[limit - 1].id) if len(rows) > limit else None
    return Page[sale.OrderBrief](
        items=[
            sale.OrderBrief(
                id=row.id,
                number=row.number,
                state=row.state,
                market=row.market,
                total=money(row.total_minor, row.currency),
                consignments=row.consignments,
                placed_at=row.placed_at,
            )
            for row in rows[:limit]
        ],
        next_cursor=more,
    )


@operation(router, "GET", "/orders/{order_id}", READ, PLACE, answer=sale.Order)
def get_order(request: HttpRequest, order_id: PublicId, token: Token = None) -> sale.Order:
    """Show an order with what was quoted, changed and paid. A key without `api.read_orders` shows the order's token."""
    opened = open_order(request, order_id, token)
    found = opened.order
    unit = found.currency
    quote = write.quote(found.quote, frozen=True, state="placed")
    return sale.Order(
        id=found.id,
        number=found.number,
        state=found.state,
        market=found.market,
        locale=found.locale,
        placed_total=money(found.placed_total_minor, unit),
        total=money(found.total_minor, unit),
        placed_at=found.placed_at,
        confirmed_at=found.confirmed_at,
        hold_until=found.hold_until,
        email=found.email,
        address=KnownAddress(**msgspec.structs.asdict(found.address)),
        quote=quote,
        changes=[
            sale.OrderChange(id=c.id, kind=c.kind, amount=money(c.amount_minor, unit), reason=c.reason, at=c.at)
            for c in found.changes
        ],
        timeline=_timeline(opened),
        payments=[write.payment(attempt) for attempt in payments.attempts(order_id=found.id)],
    )


@operation(router, "GET", "/orders/{order_id}/timeline", READ, PLACE, answer=sale.Timeline)
def get_timeline(request: HttpRequest, order_id: PublicId, token: Token = None) -> sale.Timeline:
    """Show what happened to an order, oldest first; to a public key what its buyer sees."""
    return sale.Timeline(items=_timeline(open_order(request, order_id, token)))


def _timeline(opened: Opened) -> list[sale.TimelineStep]:
    return [
        sale.TimelineStep(kind=step.kind, at=step.at, params={k: str(v) for k, v in step.params.items()})
        for step in opened.order.timeline
        if step.for_buyer or opened.by_key
    ]


@operation(router, "POST", "/orders/{order_id}/cancel", "orders.cancel", PLACE, answer=sale.Cancelled)
def cancel_order(request: HttpRequest, order_id: PublicId, body: sale.CancelIn, token: Token = None) -> sale.Cancelled:
    """Call an order off: by a server key until the last parcel's label is booked, by its buyer (token) until picking."""
    opened = open_order(request, order_id, token)
    found, caller = opened.order, request.caller.actor
    of_shop = found.store_id == request.caller.key.store_id and caller.may("orders.cancel")
    if not of_shop and not opened.by_token:
        raise PermissionDenied(permission="orders.cancel")
    actor = caller if of_shop else buyer(found.id)
    refund = call_off(actor=actor, order_id=found.id, reason=body.reason, at=clock.now())
    return sale.Cancelled(id=found.id, state="cancelled", refund=money(refund, found.currency))


@operation(router, "POST", "/orders/{order_id}/refunds", "orders.refund", answer=sale.Refunded, status=201)
def refund_order(request: HttpRequest, order_id: PublicId, body: sale.RefundIn) -> Status[sale.Refunded]:
    """Give units of lines, or an amount, of a paid order back, before or after it left. Units or an amount, not both."""
    found = open_order(request, order_id, None).order
    if body.lines and body.amount_minor:
        raise InvalidInput(field="amount_minor", value=body.amount_minor, rule="Choose units or an amount, not both.")
    change = give_back(
        actor=request.caller.actor,
        order_id=found.id,
        kind=body.kind,
        reason=body.reason,
        at=clock.now(),
        units={(line.kind, line.ref): line.quantity for line in body.lines},
        amount_minor=body.amount_minor,
        tender=body.way,
    )
    return Status(201, sale.Refunded(change_id=change.id, refund=money(-change.amount_minor, found.currency)))


@operation(router, "POST", "/orders/{order_id}/payments", PLACE, answer=sale.Payment, status=201)
def try_payment(
    request: HttpRequest, order_id: PublicId, body: sale.PaymentIn, token: Token = None
) -> Status[sale.Payment]:
    """Try to pay a placed order once more, after a refusal or with another method; the hold is not lengthened."""
    found = open_order(request, order_id, token).order
    at = clock.now()
    opened: AttemptView = retry_payment(
        actor=buyer(found.id),
        order_id=found.id,
        method=body.payment_method,
        at=at,
        return_url=body.return_url or _own_page(found.locale),
    )
    return Status(201, write.payment(start_attempt(attempt_id=opened.id, at=at)))
