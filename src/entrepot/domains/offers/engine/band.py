"""What a number of units is called on a page."""

from __future__ import annotations

from entrepot.domains.offers.types import FEW_LEFT


def band(units: int) -> tuple[str, int]:
    """Return the band of a stock figure and, only where few are left, how many."""
    if units <= 0:
        return "sold_out", 0
    if units <= FEW_LEFT:
        return "few", units
    return "in_stock", 0
