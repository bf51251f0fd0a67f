"""The rule of quantities in a cart."""

from __future__ import annotations

from typing import Any

from entrepot.domains.checkout.errors import QuantityRule
from entrepot.domains.checkout.types import MAX_QUANTITY


def quantity(value: Any, *, sku: str, least: int = 0) -> int:
    """Return a quantity as an int from `least` to MAX_QUANTITY; raise QuantityRule for anything else (1.5, "x", −1)."""
    fault = QuantityRule(field="quantity", sku=sku[:60], value=str(value)[:20], least=least, most=MAX_QUANTITY)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise fault
    text = str(value).strip()
    if len(text) > 6 or not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
        raise fault
    number = int(text)
    if not least <= number <= MAX_QUANTITY:
        raise fault
    return number
