"""Unit prices become amounts once, on the line."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import exponent

_ONE = Decimal(1)


def line_amount(unit_price: Decimal, currency: str, quantity: int, rate: Decimal = _ONE, *, target: str = "") -> int:
    """Return quantity × unit price (× exchange rate) in minor units, rounded once, half up.

    Args:
        unit_price: net, in major units of `currency`, up to six decimals.
        rate: units of `target` per unit of `currency`, when the amount is wanted in another currency.
    Raises:
        InvalidInput: a negative price or quantity.
    """
    if quantity < 0 or unit_price < 0:
        raise InvalidInput(field="quantity", value=quantity, rule="Neither a quantity nor a price is negative.")
    amount = (unit_price * rate * quantity).scaleb(exponent(target or currency))
    return int(amount.quantize(_ONE, rounding=ROUND_HALF_UP))


def check_price(sku: str, value: Decimal) -> Decimal:
    """Return a unit price with at most six decimals; raise InvalidInput when it is negative, not finite or too large."""
    if not value.is_finite() or value < 0 or value >= Decimal(10) ** 14:
        raise InvalidInput(
            field=f"price of {sku}", value=value, rule="A price is a number from 0 to 99,999,999,999,999."
        )
    if value != value.quantize(Decimal("0.000001")):
        raise InvalidInput(field=f"price of {sku}", value=value, rule="A price has at most six decimals.")
    return value
