"""What a refund takes from which line, and its shares: goods, duty, fee, tax. Pure; docs/algorithms/refunds.md has it in prose.

Every share is taken from what is *left* of it (placed less all changes before). So shares are booked once, several refunds
of one line sum exactly to the line, and whoever takes the last unit takes the last cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from entrepot.domains.orders.errors import NothingToRefund, RefundTooLarge
from entrepot.domains.orders.types import LineShares
from entrepot.kernel.errors import N_
from entrepot.kernel.money import Money, divide, split

SHARES = ("goods_minor", "duty_minor", "fee_minor", "tax_minor")
AMOUNT = N_("Amount")

Key = tuple[str, str]
"""(kind, ref) of a line."""


def key(line: LineShares) -> Key:
    """Return what names a line within its order."""
    return (line.kind, line.ref)


def by_units(left: Sequence[LineShares], units: Mapping[Key, int]) -> tuple[LineShares, ...]:
    """Return what giving back so many units of each line takes from it (all negative); a freight line has one unit.

    The share of q units of n left is q/n of each share, rounded half up; the last units take all that is left.

    Raises:
        NothingToRefund: no unit was chosen.
        RefundTooLarge: more units than are left, or a line the order does not have.
    """
    known = {key(line): line for line in left}
    taken = []
    for name, quantity in units.items():
        line = known.get(name)
        if quantity < 0 or line is None or quantity > line.quantity:
            raise RefundTooLarge(
                what=line.sku or line.ref if line else name[1], wanted=quantity, left=line.quantity if line else 0
            )
        if quantity:
            shares = [divide(getattr(line, share) * quantity, line.quantity) for share in SHARES]
            taken.append(_taken(line, quantity, shares))
    if not taken:
        raise NothingToRefund
    return tuple(taken)


def by_amount(left: Sequence[LineShares], amount_minor: int, currency: str = "") -> tuple[LineShares, ...]:
    """Return what giving back an amount takes from the lines (all negative, no units): by what is left of each, exactly.

    Over the lines by their gross, within a line over goods, duty, fee and tax by what is left of each. `currency` is for
    the words of a refusal alone.

    Raises:
        NothingToRefund: the amount is not above zero.
        RefundTooLarge: the amount is more than what is left.
    """
    if amount_minor <= 0:
        raise NothingToRefund
    whole = sum(line.gross_minor for line in left)
    if amount_minor > whole:
        raise RefundTooLarge(
            what=AMOUNT, field="amount", wanted=_told(amount_minor, currency), left=_told(whole, currency)
        )
    parts = split(amount_minor, [line.gross_minor for line in left])
    return tuple(
        _taken(line, 0, split(part, [getattr(line, share) for share in SHARES]))
        for line, part in zip(left, parts, strict=True)
        if part
    )


def _told(minor: int, currency: str) -> str:
    return str(Money(minor, currency)) if currency else str(minor)


def with_freight(left: Iterable[LineShares], units: Mapping[Key, int]) -> dict[Key, int]:
    """Return the units with the delivery of each consignment of which no goods would be left."""
    lines = tuple(left)
    chosen = dict(units)
    for line in lines:
        if line.kind == "freight" and line.quantity:
            goods = [g for g in lines if g.kind == "goods" and g.consignment_ref == line.consignment_ref]
            if goods and all(chosen.get(key(g), 0) == g.quantity for g in goods) and any(g.quantity for g in goods):
                chosen[key(line)] = line.quantity
    return chosen


def total(lines: Iterable[LineShares]) -> int:
    """Return the sum of the gross amounts."""
    return sum(line.gross_minor for line in lines)


def negated(line: LineShares) -> LineShares:
    """Return what taking all that is left of a line takes."""
    return _taken(line, line.quantity, [getattr(line, share) for share in SHARES])


def staged(lines: Iterable[LineShares], gone: Iterable[str]) -> tuple[LineShares, ...]:
    """Return the lines of a change marked as earned where their consignment has left, else as deferred."""
    left_house = frozenset(gone)
    return tuple(
        msgspec.structs.replace(line, stage="earned" if line.consignment_ref in left_house else "deferred")
        for line in lines
    )


def _taken(line: LineShares, quantity: int, shares: Sequence[int]) -> LineShares:
    goods, duty, fee, tax = (-share for share in shares)
    return msgspec.structs.replace(
        line, quantity=-quantity, goods_minor=goods, duty_minor=duty, fee_minor=fee, tax_minor=tax,
        gross_minor=goods + duty + fee + tax,
    )  # fmt: skip
