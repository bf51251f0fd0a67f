"""What changed between two quotes, part by part, so that a page can say it and ask."""

from __future__ import annotations

from entrepot.domains.checkout.types import QuoteDifference
from entrepot.kernel.quote import FrozenQuote

_PARTS = ("goods", "freight", "duty", "fee", "tax", "total")


def differences(before: FrozenQuote, after: FrozenQuote) -> tuple[QuoteDifference, ...]:
    """Return the changed parts of the whole, then the changed lines by SKU; () when both cost the same in every part.

    A line's amount is its gross (goods, duty, fee and their tax), summed over consignments. Quotes of two currencies
    differ in every part: the amounts are each in their own currency.
    """
    found = [
        QuoteDifference(part, "", "", getattr(before, f"{part}_minor"), getattr(after, f"{part}_minor"))
        for part in _PARTS
        if getattr(before, f"{part}_minor") != getattr(after, f"{part}_minor") or before.currency != after.currency
    ]
    old, new = _by_sku(before), _by_sku(after)
    for sku in sorted(old | new):
        title = (new.get(sku) or old[sku])[1]
        if sku not in new:
            found.append(QuoteDifference("gone", sku, title, old[sku][0], 0))
        elif sku not in old:
            found.append(QuoteDifference("new", sku, title, 0, new[sku][0]))
        elif old[sku][0] != new[sku][0]:
            found.append(QuoteDifference("line", sku, title, old[sku][0], new[sku][0]))
    return tuple(found)


def _by_sku(quote: FrozenQuote) -> dict[str, tuple[int, str]]:
    sums: dict[str, tuple[int, str]] = {}
    for consignment in quote.consignments:
        for line in consignment.lines:
            sums[line.sku] = (sums.get(line.sku, (0, ""))[0] + line.gross_minor, line.title)
    return sums
