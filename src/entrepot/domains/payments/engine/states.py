"""The states of an attempt, as data. A state moves forward only; what would move it back is stale and harmless.

started → pending → action_needed → captured | failed | cancelled | expired

Money is the truth: a capture that arrives after an attempt failed, was cancelled or expired moves it to captured
(late money). Nothing leaves captured.
"""

from __future__ import annotations

from typing import Literal

from entrepot.domains.payments.types import AttemptState, ProviderState

FORWARD: dict[AttemptState, frozenset[AttemptState]] = {
    "started": frozenset({"pending", "action_needed", "captured", "failed", "cancelled", "expired"}),
    "pending": frozenset({"action_needed", "captured", "failed", "cancelled", "expired"}),
    "action_needed": frozenset({"captured", "failed", "cancelled", "expired"}),
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
}


def may_move(now: AttemptState, to: AttemptState) -> bool:
    """Say whether an attempt may go from one state to another."""
    return to in FORWARD[now]


def verdict(
    now: AttemptState, amount_minor: int, currency: str, said: ProviderState
) -> Literal["applied", "stale", "mismatch"]:
    """Return what a provider's statement means for an attempt of this state and amount.

    stale: it moves nothing forward. mismatch: money came in, but another amount or currency than was asked for.
    """
    if not may_move(now, said.status):
        return "stale"
    if said.status == "captured" and (said.amount_minor, said.currency) != (amount_minor, currency):
        return "mismatch"
    return "applied"
