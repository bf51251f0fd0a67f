"""The entry of each step of a sale. Pure: facts in, a balanced draft out; amounts are minor units of one currency.

| step | debit | credit |
|---|---|---|
| money comes in | provider clearing | customer deposits [order] |
| order confirmed (the sale) | customer deposits [order] | deferred revenue [order], taxes, duty, customs fees |
| consignment dispatched | deferred revenue [order] | revenue from goods, revenue from delivery |
| order cancelled before dispatch | the reversal of the sale | |
| money goes back | customer deposits [order] | provider clearing |

So the deposits of an order are what the shop holds of the buyer's money without having earned it: never below zero, and
zero once the order is confirmed or its money is back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from entrepot.domains.finance.engine import accounts
from entrepot.domains.ledger.types import EntryDraft, PostingDraft
from entrepot.kernel.errors import DataFault
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment
from entrepot.kernel.trade import Charge

BOOK = "main"
_PAYABLE = {
    "duty": accounts.DUTY_PAYABLE,
    "fee": accounts.CUSTOMS_FEES_PAYABLE,
}


def _draft(
    key: str,
    entity_id: str,
    on: dt.date,
    currency: str,
    kind: str,
    order_id: str,
    postings: Iterable[tuple[str, int, str]],
    note: str = "",
) -> EntryDraft:
    """Return a draft with its zero sides left out."""
    return EntryDraft(
        key=key,
        entity_id=entity_id,
        book=BOOK,
        date=on,
        currency=currency,
        kind=kind,
        document=f"order:{order_id}",
        postings=tuple(PostingDraft(account, amount, party) for account, amount, party in postings if amount),
        note=note,
    )


def capture(
    *, attempt_id: str, order_id: str, entity_id: str, amount_minor: int, currency: str, on: dt.date, provider: str = ""
) -> EntryDraft:
    """Return the entry of money that came in: it is with the provider, and owed to the buyer until the sale."""
    postings = [
        (accounts.PROVIDER_CLEARING, amount_minor, ""),
        (accounts.CUSTOMER_DEPOSITS, -amount_minor, order_id),
    ]
    return _draft(f"capture:{attempt_id}", entity_id, on, currency, "capture", order_id, postings, provider)


def refund_key(refund_id: str) -> str:
    """Return the key under which the entry of a refund is posted."""
    return f"refund:{refund_id}"


def refund(
    *, refund_id: str, order_id: str, entity_id: str, amount_minor: int, currency: str, on: dt.date, provider: str = ""
) -> EntryDraft:
    """Return the entry of money that went back to the buyer."""
    postings = [
        (accounts.CUSTOMER_DEPOSITS, amount_minor, order_id),
        (accounts.PROVIDER_CLEARING, -amount_minor, ""),
    ]
    return _draft(refund_key(refund_id), entity_id, on, currency, "refund", order_id, postings, provider)


def sale(*, order_id: str, quote: FrozenQuote, on: dt.date) -> EntryDraft:
    """Return the entry of a confirmed order: what was deposited is owed as goods and delivery, tax, duty and fees.

    Per consignment: its net goods and freight are deferred until it is dispatched; each charge of tax, duty or fee is
    owed to the state (sales tax when the seller files it, import tax when carrier or customs collect it).

    Raises:
        DataFault: the charges of a consignment do not add up to its total.
    """
    postings: list[tuple[str, int, str]] = [(accounts.CUSTOMER_DEPOSITS, quote.total_minor, order_id)]
    for consignment in quote.consignments:
        deferred, payable = _parts(consignment)
        postings.append((accounts.DEFERRED_REVENUE, -deferred, order_id))
        postings += [(account, -amount, "") for account, amount in sorted(payable.items())]
    return _draft(f"sale:{order_id}", quote.entity_id, on, quote.currency, "sale", order_id, postings)


def _parts(consignment: QuotedConsignment) -> tuple[int, dict[str, int]]:
    """Return what of a consignment is the shop's own (goods, freight, insurance), and what is owed by account."""
    deferred, payable = 0, {}  # type: int, dict[str, int]
    for charge in consignment.charges:
        account = _payable_account(charge)
        if account:
            payable[account] = payable.get(account, 0) + charge.amount_minor
        else:
            deferred += charge.amount_minor
    if deferred + sum(payable.values()) != consignment.total_minor:
        raise DataFault(what=f"the charges of consignment {consignment.ref} do not add up to its total")
    return deferred, payable


def _payable_account(charge: Charge) -> str:
    if charge.kind == "tax":
        return accounts.TAX_PAYABLE if charge.collector == "seller" else accounts.IMPORT_TAX_PAYABLE
    return _PAYABLE.get(charge.kind, "")


def dispatch(*, order_id: str, quote: FrozenQuote, consignment_ref: str, on: dt.date) -> EntryDraft:
    """Return the entry of a consignment that has left: its goods and its delivery are earned.

    Raises:
        DataFault: the quote holds no such consignment.
    """
    for consignment in quote.consignments:
        if consignment.ref == consignment_ref:
            deferred, _ = _parts(consignment)
            goods = sum(c.amount_minor for c in consignment.charges if c.kind == "goods")
            postings = [
                (accounts.DEFERRED_REVENUE, deferred, order_id),
                (accounts.GOODS_REVENUE, -goods, ""),
                (accounts.FREIGHT_REVENUE, goods - deferred, ""),
            ]
            key = f"dispatch:{order_id}:{consignment_ref}"
            return _draft(key, quote.entity_id, on, quote.currency, "dispatch", order_id, postings, consignment_ref)
    raise DataFault(what=f"the quote of order {order_id} holds no consignment {consignment_ref}")
