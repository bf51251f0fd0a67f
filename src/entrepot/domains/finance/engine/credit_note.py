"""What a credit note says, as plain data for its template. Pure: translation and amounts' words come as arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from entrepot.domains.orders.types import ChangedLines
from entrepot.kernel.errors import N_

WORDS = {
    "title": N_("Credit note"),
    "number": N_("Number"),
    "date": N_("Date"),
    "order": N_("Order"),
    "invoices": N_("To invoice"),
    "seller": N_("Seller"),
    "buyer": N_("Buyer"),
    "line": N_("Line"),
    "units": N_("Units"),
    "goods": N_("Net"),
    "duty": N_("Duty and fees"),
    "tax": N_("Tax"),
    "gross": N_("Gross"),
    "total": N_("Total credited"),
    "delivery": N_("Delivery"),
    "why": N_("This note lowers what was invoiced. It is drawn up by machine and valid without a signature."),
}


def content(
    change: ChangedLines,
    *,
    number: str,
    on: dt.date,
    order_number: str,
    invoices: Sequence[str],
    titles: Mapping[str, str],
    seller: Sequence[str],
    buyer: Sequence[str],
    currency: str,
    say: Callable[[str], str],
    amount: Callable[[int], str],
) -> dict[str, Any]:
    """Return the data of a credit note; amounts are above zero.

    Args:
        titles: line ref → what was sold.
        seller, buyer: the lines of their addresses, the name first.
        amount: minor units → digits as the buyer's language writes them.
    """
    rows = [
        [
            say(WORDS["delivery"]) if line.kind == "freight" else titles.get(line.ref, line.sku),
            str(-line.quantity or ""),
            amount(-line.goods_minor),
            amount(-line.duty_minor - line.fee_minor),
            amount(-line.tax_minor),
            amount(-line.gross_minor),
        ]
        for line in change.lines
    ]
    sums = [
        -sum(line.goods_minor for line in change.lines),
        -sum(line.duty_minor + line.fee_minor for line in change.lines),
        -sum(line.tax_minor for line in change.lines),
        -change.amount_minor,
    ]
    return {
        "words": {key: say(text) for key, text in WORDS.items()},
        "number": number,
        "date": on.isoformat(),
        "order": order_number,
        "invoices": ", ".join(invoices),
        "seller": list(seller),
        "buyer": list(buyer),
        "currency": currency,
        "rows": rows,
        "sums": [amount(one) for one in sums],
    }
