"""An order's timeline in a buyer's words."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from entrepot.domains.orders.types import OrderView
from entrepot.domains.payments.engine import refusals
from entrepot.kernel.errors import N_

_WORDS = {
    "placed": N_("Order placed, the goods are held for you"),
    "confirmed": N_("Paid, the order is confirmed"),
    "confirmed_late": N_("The money came late, the goods were still there: the order is confirmed"),
    "expired": N_("The time to pay ran out; the goods are free again"),
    "cancelled": N_("Cancelled"),
    "shipped": N_("Everything has left the warehouse"),
    "delivered": N_("Everything has arrived"),
    "refused": N_("Every parcel was refused at the door"),
    "given_back": N_("Something was given back"),
    "parcel_refused": N_("A parcel was refused at the door"),
    "money_returned": N_("The money goes back in full"),
    "payment_failed": N_("The payment was refused; nothing was charged"),
    "refund_done": N_("The money was sent back"),
    "shipment_packed": N_("A parcel is packed"),
    "parcel_packed": N_("A parcel is packed"),
    "shipment_dispatched": N_("A parcel has left"),
    "shipment_shipped": N_("A parcel has left"),
    "parcel_shipped": N_("A parcel has left"),
    "shipment_delivered": N_("A parcel has arrived"),
    "parcel_delivered": N_("A parcel has arrived"),
}
# The order is confirmed and the courier collects; told instead of "paid".
_UNPAID = N_("The order is confirmed; you pay the courier")


def told(order: OrderView, *, unpaid: bool = False) -> list[tuple[str, dt.datetime]]:
    """Return the steps a buyer may see, newest first; a step without words for buyers is left out.

    `unpaid`: the order was confirmed on the promise to pay at the door, so that it does not read as paid.
    """
    words = {**_WORDS, "confirmed": _UNPAID} if unpaid else _WORDS
    return [
        (_(words[step.kind]), step.at)
        for step in reversed(order.timeline)
        if step.for_buyer and step.kind in _WORDS
    ]  # fmt: skip


def refusal(code: str) -> str:
    """Return why a payment did not go through, and what now."""
    return _(refusals.words(code or "refused"))
