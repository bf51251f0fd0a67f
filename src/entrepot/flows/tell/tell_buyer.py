"""Queue the mail that follows from an event, in the transaction in which the event is handled.

Each mail has a key made of its kind and of what it is about, so that an event delivered twice queues it once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from entrepot.domains.fulfilment.events import ShipmentDispatched
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
from entrepot.domains.payments.events import RefundDone
from entrepot.flows.tell.write_facts import cldr, days, facts, language_of
from entrepot.infra import events
from entrepot.infra.memo import Memo
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound

# Whoever pays within the hour sees on the page what to do; a longer hold means that he pays later, from the mail.
PAYS_LATER = dt.timedelta(hours=1)
_shop = Memo(ttl_s=60)


def tell_placed(event: OrderPlaced) -> None:
    """Tell a buyer who pays later how long the things are put aside; a buyer who pays at once gets the next mail."""
    if 0 < event.hold_s <= PAYS_LATER.total_seconds():
        return
    order = orders.order(order_id=event.order_id)
    if order.hold_until and order.hold_until - order.placed_at > PAYS_LATER:
        _queue(order, "order_placed", order.id, pay_by=order.hold_until.astimezone(_zone(order)))


def tell_confirmed(event: OrderConfirmed) -> None:
    """Tell that the money is there, with the cascade and the days of arrival."""
    _queue(orders.order(order_id=event.order_id), "order_confirmed", event.order_id)


def tell_shipped(event: ShipmentDispatched) -> None:
    """Tell that a parcel has left, with its tracking number and days of arrival."""
    order = orders.order(order_id=event.order_id)
    parcel = next((c for c in order.quote.consignments if c.ref == event.consignment_ref), None)
    if parcel is None:
        return
    locale = cldr(language_of(order.locale), order.address.country_code)
    _queue(
        order,
        "shipped",
        event.shipment_id,
        consignments=[parcel],
        tracking=event.tracking_number,
        carrier=parcel.service_name,
        city=parcel.warehouse_city,
        arrives=days(parcel.promise, locale),
    )


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
    """Tell that the provider has sent the money."""
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
