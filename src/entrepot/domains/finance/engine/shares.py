"""On which accounts a tax lies, and how it is shared over them: one answer for entries, records, invoices and bills. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.domains.finance.engine import accounts
from entrepot.domains.orders.types import ChangedLines, LineShares
from entrepot.kernel.money import split
from entrepot.kernel.quote import FrozenQuote
from entrepot.kernel.trade import Charge

LineKey = tuple[str, str, str]
_PAYABLE = {
    "duty": accounts.DUTY_PAYABLE,
    "fee": accounts.CUSTOMS_FEES_PAYABLE,
}


def payable_account(charge: Charge) -> str:
    """Return the account on which a charge is owed to the state, "" for what is the shop's own."""
    if charge.kind == "tax":
        return accounts.TAX_PAYABLE if charge.collector == "seller" else accounts.IMPORT_TAX_PAYABLE
    return _PAYABLE.get(charge.kind, "")


def tax_shares(
    quote: FrozenQuote, consignment_ref: str, amount_minor: int, *, line: LineShares | None = None, past_minor: int = 0
) -> list[tuple[str, int]]:
    """Return a tax shared over the accounts of its consignment, by what the sale put on each.

    With `line` by what the sale put there for this line, or for the freight, where lines of a consignment go different ways.
    `past_minor` was shared before: the shares are those of both together less those of the past, so that they end at the whole.
    """
    taxes = [c for q in quote.consignments if q.ref == consignment_ref for c in q.charges if c.kind == "tax"]
    if line is not None:
        ref = line.ref if line.kind == "goods" else ""
        taxes = [c for c in taxes if c.line == ref and c.amount_minor] or taxes
    found: dict[str, int] = {}
    for charge in taxes:
        account = payable_account(charge)
        found[account] = found.get(account, 0) + charge.amount_minor
    names = sorted(found) or [accounts.TAX_PAYABLE]
    weights = [found.get(name, 1) for name in names]
    now, then = split(past_minor + amount_minor, weights), split(past_minor, weights)
    return [(name, one - other) for name, one, other in zip(names, now, then, strict=True)]


def key_of(line: LineShares) -> LineKey:
    """Return by what a line of an order is known among its changes."""
    return line.kind, line.ref, line.consignment_ref


def taken_by(changes: Iterable[ChangedLines]) -> dict[LineKey, tuple[int, int]]:
    """Return what changes took of each line together, as (goods or freight, tax), zero or below."""
    found: dict[LineKey, tuple[int, int]] = {}
    for line in (line for one in changes for line in one.lines):
        goods, tax = found.get(key_of(line), (0, 0))
        found[key_of(line)] = (goods + line.goods_minor, tax + line.tax_minor)
    return found
