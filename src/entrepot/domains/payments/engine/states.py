"""The states of an attempt, as data. A state moves forward only; what would move it back is stale and harmless.

started → pending → action_needed → captured | failed | cancelled | expired
        └→ accepted → captured | cancelled

accepted: nobody has paid, and the order goes out all the same: the carrier collects at the door (cash on delivery), or a
store credit was set aside. It ends when the last parcel's cash was paid out (captured) or nothing came of any (cancelled).

Money is the truth: a capture that arrives after an attempt failed, was cancelled or expired moves it to captured
(late money). Nothing leaves captured.
"""

from __future__ import annotations

from typing import Literal

from entrepot.domains.payments.types import AttemptState, ProviderState

FORWARD: dict[AttemptState, frozenset[AttemptState]] = {
    "started": frozenset({"pending", "action_needed", "accepted", "captured", "failed", "cancelled", "expired"}),
    "pending": frozenset({"action_needed", "accepted", "captured", "failed", "cancelled", "expired"}),
    "action_needed": frozenset({"captured", "failed", "cancelled", "expired"}),
    "accepted": frozenset({"captured", "cancelled"}),
    "failed": frozenset({"captured"}),
    "cancelled": frozenset({"captured"}),
    "expired": frozenset({"captured"}),
    "captured": frozenset(),
}

OPEN: tuple[AttemptState, ...] = ("started", "pending", "action_needed")
LOST: tuple[AttemptState, ...] = ("failed", "cancelled", "expired")

# Who or what takes an open attempt to a final state, for the test that no state is a trap.
LEFT_BY: dict[AttemptState, str] = {
    "started": "pay.settle_started_attempts",
    "pending": "the provider's message, or pay.expire_attempts",
    "action_needed": "the provider's message, or pay.expire_attempts",
    "accepted": "the carrier's cash or its refusal, sell.cancel_order, or sell.expire_orders",
}


def may_move(now: AttemptState, to: AttemptState) -> bool:
    """Say whether an attempt may go from one state to another."""
    return to in FORWARD[now]


def verdict(
    now: AttemptState, amount_minor: int, currency: str, said: ProviderState
) -> Literal["applied", "stale", "mismatch"]:
    """Return what a provider's statement means for an attempt of this state and amount.

    stale: it moves nothing forward. mismatch: money came in, but another amount or currency than was asked for.
    What was accepted is settled parcel by parcel (`engine.collections`), never by a statement about the whole.
    """
    if now == "accepted" or not may_move(now, said.status):
        return "stale"
    if said.status in ("captured", "accepted") and (said.amount_minor, said.currency) != (amount_minor, currency):
        return "mismatch"
    return "applied"
