"""The state machine of an order, as data: who or what takes each step, and why another step is refused."""

from __future__ import annotations

from typing import Literal

import msgspec

from entrepot.kernel.errors import N_

State = Literal["placed", "confirmed", "shipped", "delivered", "refused", "cancelled", "expired"]

FINAL: frozenset[str] = frozenset({"delivered", "refused", "cancelled", "expired"})


class Step(msgspec.Struct, frozen=True):
    """A step from one state to another. `taken_by` names the event, timer or role that takes it."""

    name: str
    source: str
    target: str
    taken_by: str


STEPS: tuple[Step, ...] = (
    Step("confirm", "placed", "confirmed", "event payments.payment_captured.v1 or payments.payment_accepted.v1"),
    Step("expire", "placed", "expired", "timer sell.expire_orders (hold of the payment method)"),
    Step("cancel", "placed", "cancelled", "buyer or role with orders.cancel"),
    Step("confirm_late", "expired", "confirmed", "event payments.payment_captured.v1, while stock allows"),
    Step("cancel", "confirmed", "cancelled", "buyer before picking, or role with orders.cancel before shipping"),
    Step("ship", "confirmed", "shipped", "event fulfilment.shipment_dispatched.v1 of the last shipment"),
    Step("deliver", "shipped", "delivered", "event fulfilment.shipment_delivered.v1 of the last shipment"),
    Step(
        "refuse", "shipped", "refused", "event fulfilment.shipment_refused.v1 of the last shipment, when none was taken"
    ),
)

# Why a step is refused in a state; a message id. Every (step, state) that is not in STEPS has its sentence here.
REASONS: dict[tuple[str, str], str] = {
    ("confirm", "confirmed"): N_("it is confirmed already."),
    ("confirm", "shipped"): N_("it is confirmed already, and on its way."),
    ("confirm", "delivered"): N_("it is confirmed already, and has arrived."),
    ("confirm", "cancelled"): N_("it was cancelled; money that comes now goes back."),
    ("confirm", "expired"): N_("its hold has ended; it is confirmed only if stock can be held again."),
    ("confirm_late", "placed"): N_("its hold has not ended; an ordinary confirmation does."),
    ("confirm_late", "confirmed"): N_("it is confirmed already."),
    ("confirm_late", "shipped"): N_("it is confirmed already, and on its way."),
    ("confirm_late", "delivered"): N_("it is confirmed already, and has arrived."),
    ("confirm_late", "cancelled"): N_("it was cancelled; money that comes now goes back."),
    ("expire", "confirmed"): N_("it is paid and does not expire."),
    ("expire", "shipped"): N_("it is paid and does not expire."),
    ("expire", "delivered"): N_("it is paid and does not expire."),
    ("expire", "cancelled"): N_("it was cancelled before it could expire."),
    ("expire", "expired"): N_("it has expired already."),
    ("cancel", "shipped"): N_("it is on its way and cannot be cancelled; it can be returned once it has arrived."),
    ("cancel", "delivered"): N_("it has arrived and cannot be cancelled; it can be returned."),
    ("cancel", "cancelled"): N_("it was cancelled already."),
    ("cancel", "expired"): N_("it has expired; there is nothing to cancel."),
    ("ship", "placed"): N_("it is not paid yet and cannot leave."),
    ("ship", "shipped"): N_("it is on its way already."),
    ("ship", "delivered"): N_("it has arrived already."),
    ("ship", "cancelled"): N_("it was cancelled and must not leave."),
    ("ship", "expired"): N_("it has expired and must not leave."),
    ("confirm", "refused"): N_("it is confirmed already, and was refused at the door."),
    ("confirm_late", "refused"): N_("it is confirmed already, and was refused at the door."),
    ("expire", "refused"): N_("it was confirmed and does not expire."),
    ("cancel", "refused"): N_("it was refused at the door; there is nothing to cancel."),
    ("ship", "refused"): N_("it has left already, and was refused at the door."),
    ("deliver", "refused"): N_("it was refused at the door."),
    ("refuse", "placed"): N_("it is not paid yet; nothing of it can have been refused."),
    ("refuse", "confirmed"): N_("it has not left completely, so it cannot have been refused completely."),
    ("refuse", "delivered"): N_("it has arrived; it can be returned."),
    ("refuse", "refused"): N_("it was refused already."),
    ("refuse", "cancelled"): N_("it was cancelled and has not left."),
    ("refuse", "expired"): N_("it has expired and has not left."),
    ("deliver", "placed"): N_("it is not paid yet; nothing of it can have arrived."),
    ("deliver", "confirmed"): N_("it has not left completely, so it cannot have arrived completely."),
    ("deliver", "delivered"): N_("it has arrived already."),
    ("deliver", "cancelled"): N_("it was cancelled and has not left."),
    ("deliver", "expired"): N_("it has expired and has not left."),
}


# Whether something of an order may be given back in a state: "" or why not, as a message id.
REFUND_REASONS: dict[str, str] = {
    "confirmed": "",
    "shipped": "",
    "delivered": "",
    "refused": "",
    "placed": N_("it is not paid yet; there is nothing to give back."),
    "cancelled": N_("it was cancelled; its money goes back already."),
    "expired": N_("it has expired; there is nothing to give back."),
}


def sources(step: str) -> tuple[str, ...]:
    """Return the states from which a step may be taken; KeyError for an unknown step."""
    found = tuple(s.source for s in STEPS if s.name == step)
    if not found:
        raise KeyError(step)
    return found


def target(step: str) -> str:
    """Return the state a step leads to."""
    return next(s.target for s in STEPS if s.name == step)


def next_steps(state: str) -> tuple[Step, ...]:
    """Return the steps that may be taken in a state, with who takes them."""
    return tuple(s for s in STEPS if s.source == state)


def reason(step: str, state: str) -> str:
    """Return why a step is refused in a state, as a message id; "" when it is allowed."""
    return "" if state in sources(step) else REASONS[(step, state)]
