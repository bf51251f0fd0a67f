"""The states of a shipment as data: which step leads where, and why a step is refused.

    to_pick ──pick──▶ picked ──pack──▶ packed ──ship──▶ shipped ──deliver──▶ delivered
       └──────────cancel─┴──────cancel────┴─▶ cancelled
    shipped ──refuse──▶ refused ──take_back──▶ returned

Who takes each step: pick, pack and ship a person in the warehouse (or a robot with that role); deliver, refuse
(at the door) and take_back (the parcel is in the warehouse again) the carrier's message; cancel the order's cancellation. A packed shipment whose booking was begun is finished by the schedule.
"""

from __future__ import annotations

from entrepot.kernel.errors import N_

STEPS: dict[tuple[str, str], str] = {
    ("to_pick", "pick"): "picked",
    ("picked", "pack"): "packed",
    ("packed", "ship"): "shipped",
    ("shipped", "deliver"): "delivered",
    ("shipped", "refuse"): "refused",
    ("refused", "take_back"): "returned",
    ("to_pick", "cancel"): "cancelled",
    ("picked", "cancel"): "cancelled",
    ("packed", "cancel"): "cancelled",
}

TAKEN_BY: dict[str, str] = {
    "pick": "role:warehouse",
    "pack": "role:warehouse",
    "ship": "role:warehouse; timer:fulfil.finish_bookings once begun",
    "deliver": "carrier's message",
    "refuse": "carrier's message",
    "take_back": "carrier's message",
    "cancel": "flow:sell.cancel_order",
}

FINAL = frozenset({"delivered", "returned", "cancelled"})

BOOKING = N_("the carrier is being asked for a label at this moment. Wait a minute, then try again.")

ORDER_GONE = N_("its order is not one that may leave (cancelled, or not paid). Put the goods back.")

_DONE = N_("this step was taken before.")
_CANCELLED = N_("it was cancelled with its order; nothing of it may leave.")
_LEFT = N_("the goods have left the warehouse. Offer the buyer a return instead.")

REASONS: dict[tuple[str, str], str] = {
    ("to_pick", "pack"): N_("pick its goods first."),
    ("to_pick", "ship"): N_("pick and pack its goods first."),
    ("to_pick", "deliver"): N_("it has not left the warehouse."),
    ("picked", "pick"): _DONE,
    ("picked", "ship"): N_("pack its goods first."),
    ("picked", "deliver"): N_("it has not left the warehouse."),
    ("packed", "pick"): _DONE,
    ("packed", "pack"): _DONE,
    ("packed", "deliver"): N_("it has not left the warehouse."),
    ("shipped", "cancel"): _LEFT,
    ("delivered", "cancel"): _LEFT,
    ("shipped", "take_back"): N_("the buyer has not refused it."),
    ("delivered", "refuse"): N_("the buyer has taken it."),
    ("delivered", "take_back"): N_("the buyer has taken it; take it back as a return."),
    ("refused", "deliver"): N_("the buyer has refused it at the door."),
    ("refused", "cancel"): _LEFT,
    ("returned", "deliver"): N_("it came back to the warehouse."),
    ("returned", "cancel"): N_("it came back to the warehouse; nothing is left to cancel."),
    **{
        (state, step): N_("it has not left the warehouse.")
        for state in ("to_pick", "picked", "packed")
        for step in ("refuse", "take_back")
    },
    **{("refused", step): _DONE for step in ("pick", "pack", "ship", "refuse")},
    **{("returned", step): _DONE for step in ("pick", "pack", "ship", "refuse", "take_back")},
    **{("shipped", step): _DONE for step in ("pick", "pack", "ship")},
    **{("delivered", step): _DONE for step in ("pick", "pack", "ship", "deliver")},
    **{
        ("cancelled", step): _CANCELLED for step in ("pick", "pack", "ship", "deliver", "refuse", "take_back", "cancel")
    },
}


def allowed(state: str) -> tuple[str, ...]:
    """Return the steps that may be taken from a state, in their usual order."""
    return tuple(step for (before, step) in STEPS if before == state)
