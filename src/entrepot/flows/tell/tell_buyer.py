"""Queue the mail that follows from an event, in the transaction in which the event is handled.

Each mail has a key made of its kind and of what it is about, so that an event delivered twice queues it once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from entrepot.domains.fulfilment.events import ShipmentDispatched, ShipmentRefused
from entrepot.domains.markets import queries as markets
from entrepot.domains.messages import services as messages
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import (
    LateMoneyReturned,
    OrderCancelled,
    OrderConfirmed,
    OrderDelivered,
    OrderExpired,
    OrderPlaced,
)
from entrepot.domains.orders.types import OrderView
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.engine.collections import shares
from entrepot.domains.payments.events import RefundDone, StoreCreditIssued
from entrepot.flows.tell.write_facts import cldr, days, facts, language_of
from entrepot.infra import db, events
from entrepot.infra.memo import Memo
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound
from entrepot.kernel.quote import QuotedConsignment

# Whoever pays within the hour sees on the page what to do; a longer hold means that he pays later, from the mail.
PAYS_LATER = dt.timedelta(hours=1)
# Most buyers have paid by then; and a reminder this old has been sent, or the order is no longer worth it.
REMIND_AFTER, REMIND_UNTIL = dt.timedelta(minutes=3), dt.timedelta(minutes=25)
_shop = Memo(ttl_s=60)


def tell_placed(event: OrderPlaced) -> None:
    """Tell a buyer who pays later how long the things are put aside; a buyer who pays at once gets the next mail."""
    if 0 < event.hold_s <= PAYS_LATER.total_seconds():
        return
    order = orders.order(order_id=event.order_id)
    if order.hold_until and order.hold_until - order.placed_at > PAYS_LATER:
        _queue(order, "order_placed", order.id, pay_by=order.hold_until.astimezone(_zone(order)))


def remind_unpaid(at: dt.datetime) -> int:
    """Send who has not paid for some minutes a link to the order's page, once per order; return how many orders wait.

    Who pays at once gets no such mail. Whoever lost the page (a closed tab, a dead phone) finds the order again by it.
    """
    waiting = orders.unpaid_orders(placed_before=at - REMIND_AFTER, placed_after=at - REMIND_UNTIL, held_after=at)
    for order_id in waiting:
        with db.transaction():
            order = orders.order(order_id=order_id)
            if order.state == "placed" and order.hold_until and order.hold_until - order.placed_at <= PAYS_LATER:
                _queue(order, "pay_now", order.id, pay_by=order.hold_until.astimezone(_zone(order)))
    return len(waiting)


def tell_confirmed(event: OrderConfirmed) -> None:
    """Tell that the money is there, or is to come at the door, with the cascade and the days of arrival."""
    cash = {"ddp": False, "not_ddp": False, "cash": True} if event.unpaid else {}
    _queue(orders.order(order_id=event.order_id), "order_confirmed", event.order_id, **cash)


def tell_shipped(event: ShipmentDispatched) -> None:
    """Tell that a parcel has left, with its tracking number and days of arrival."""
    order = orders.order(order_id=event.order_id)
    parcel = next((c for c in order.quote.consignments if c.ref == event.consignment_ref), None)
    if parcel is None:
        return
    locale = cldr(language_of(order.locale), order.address.country_code)
    at_the_door = _at_the_door(order, parcel)
    _queue(
        order,
        "shipped",
        event.shipment_id,
        consignments=[parcel],
        tracking=event.tracking_number,
        carrier=parcel.service_name,
        city=parcel.warehouse_city,
        arrives=days(parcel.promise, locale),
        at_the_door_minor=at_the_door,
        **({"ddp": False} if at_the_door else {}),
    )


def _at_the_door(order: OrderView, parcel: QuotedConsignment) -> int:
    promise = payments.promise(order_id=order.id)
    if promise is None:
        return 0
    refs = [consignment.ref for consignment in order.quote.consignments]
    return shares(promise.amount_minor, [c.total_minor for c in order.quote.consignments])[refs.index(parcel.ref)]


def tell_refused(event: ShipmentRefused) -> None:
    """Tell that a parcel was refused at the door, and what becomes of its money."""
    came = _money_came(event.order_id) and payments.promise(order_id=event.order_id) is None
    order = orders.order(order_id=event.order_id)
    _queue(order, "refused", event.shipment_id, unpaid=not came, money_came=came)


def tell_credit(event: StoreCreditIssued) -> None:
    """Send a buyer the code of a store credit: the only place where it is told."""
    order = orders.order(order_id=event.order_id)
    credit = payments.credit(credit_id=event.credit_id)
    until = credit.expires_at.astimezone(_zone(order)).date() if credit.expires_at else ""
    code = payments.credit_code(credit_id=event.credit_id)
    _queue(order, "store_credit", event.credit_id, amount_minor=event.amount_minor, code=code, until=until)


def tell_delivered(event: OrderDelivered) -> None:
    """Tell that everything has arrived."""
    order = orders.order(order_id=event.order_id)
    at = events.moment().astimezone(_zone(order))
    _queue(order, "delivered", order.id, date=at.date())


def tell_cancelled(event: OrderCancelled) -> None:
    """Tell that the order is called off and what goes back."""
    order = orders.order(order_id=event.order_id)
    came = not event.refund_minor and _money_came(order.id)
    unpaid = not (event.refund_minor or came)
    _queue(order, "cancelled", order.id, amount_minor=event.refund_minor, unpaid=unpaid, money_came=came)


def tell_expired(event: OrderExpired) -> None:
    """Tell that the order has lapsed, and that nothing was charged unless money did come in (another amount, too late)."""
    came = _money_came(event.order_id)
    _queue(orders.order(order_id=event.order_id), "expired", event.order_id, unpaid=not came, money_came=came)


def _money_came(order_id: str) -> bool:
    return bool(payments.captures(order_id=order_id))


def tell_refunded(event: RefundDone) -> None:
    """Tell that the provider has sent the money, or that a store credit has it back (a new one has its own mail)."""
    if event.tender == "store_credit":
        refund = payments.refund(refund_id=event.refund_id)
        credit = payments.credit(credit_id=refund.credit_id)
        if credit.order_id != event.order_id:
            order = orders.order(order_id=event.order_id)
            _queue(order, "credit_back", event.refund_id, amount_minor=event.amount_minor, hint=credit.hint)
        return
    _queue(orders.order(order_id=event.order_id), "refunded", event.refund_id, amount_minor=event.amount_minor)


def tell_late_money(event: LateMoneyReturned) -> None:
    """Tell why money that came too late, twice or in another amount goes back in full."""
    order = orders.order(order_id=event.order_id)
    about = f"{order.id}:{event.reason}:{event.amount_minor}"
    _queue(order, "late_money", about, amount_minor=event.amount_minor, **{event.reason: True})


def _queue(order: OrderView, kind: str, about: str, **more: Any) -> None:
    messages.queue_message(
        actor=SYSTEM,
        key=f"{kind}:{about}",
        kind=kind,
        language=language_of(order.locale),
        recipient=order.email,
        name=order.buyer_name or order.address.name,
        context=facts(order, shop=_shop.get("name", _shop_name), link=order_link(order), **more),
        about=f"order:{order.id}",
    )


def order_link(order: OrderView) -> str:
    """Return the address of the buyer's own order page; whoever holds it may open it."""
    locale = order.locale.lower()
    if locale.count("-") == 0:
        locale = f"{locale}-{order.address.country_code.lower()}"
    token = orders.access_token(order_id=order.id)
    return f"{settings.ENTREPOT_BASE_URL}/{locale}/order/{order.id}?t={token}"


def _zone(order: OrderView) -> ZoneInfo:
    try:
        return ZoneInfo(markets.market(code=order.market).time_zone)
    except NotFound:
        return ZoneInfo("UTC")


def _shop_name() -> str:
    try:
        return organisation.store().name
    except NotFound:
        return "Entrepôt"
