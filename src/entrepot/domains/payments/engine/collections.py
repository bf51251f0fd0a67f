"""Cash at the door, parcel by parcel: what a carrier's word changes, and when an attempt is settled. Pure.

(nothing) ──▶ collected ──▶ remitted
    └───────▶ refused          ▲
    └──────────────────────────┘  (a carrier that tells only of the paying out)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from entrepot.domains.payments.types import Collection, CollectionView
from entrepot.kernel.money import split

FORWARD: dict[str, frozenset[str]] = {
    "": frozenset({"collected", "refused", "remitted"}),
    "collected": frozenset({"remitted"}),
    "refused": frozenset(),
    "remitted": frozenset(),
}


def shares(amount_minor: int, totals: Sequence[int]) -> tuple[int, ...]:
    """Return what is to be collected with each parcel, by what each costs; sums exactly to the amount promised."""
    return split(amount_minor, totals)


def verdict(
    amount_minor: int, currency: str, known: Iterable[CollectionView], said: Collection
) -> Literal["applied", "stale", "mismatch"]:
    """Return what a carrier's word means for a promise of this amount, of which these parcels are known.

    stale: it moves nothing forward. mismatch: another currency, or more cash than was promised in all.
    """
    parts = {view.part: view for view in known}
    now = parts[said.part].state if said.part in parts else ""
    if said.status not in FORWARD[now]:
        return "stale"
    others = sum(view.amount_minor for view in parts.values() if view.part != said.part)
    if said.currency != currency or said.amount_minor <= 0 or others + said.amount_minor > amount_minor:
        return "mismatch"
    return "applied"


def settled(amount_minor: int, known: Iterable[CollectionView]) -> Literal["", "captured", "cancelled"]:
    """Return the final state of a promise once all of its amount was paid out or refused, "" before."""
    views = tuple(known)
    over = sum(view.amount_minor for view in views if view.state in ("remitted", "refused"))
    if over < amount_minor:
        return ""
    return "captured" if any(view.state == "remitted" for view in views) else "cancelled"
