"""How a parcel moves on: messages may come twice and in any order, its state only goes forward."""

from __future__ import annotations

RANK = {
    "booked": 0,
    "handed_over": 1,
    "in_transit": 2,
    "at_customs": 3,
    "cleared": 4,
    "out_for_delivery": 5,
    "delivered": 9,
    "refused": 9,
    "returned": 10,
}
"""Our codes by how far they are; `exception` has no rank: it is shown, and the parcel stays where it was."""

CODES = frozenset({*RANK, "exception"})


def advance(state: str, code: str) -> str:
    """Return the parcel's state after a message: the farther one; an exception or a late message changes nothing."""
    return code if RANK.get(code, -1) > RANK.get(state, -1) else state
