"""The entry of each step of a sale. Pure: facts in, a balanced draft out; amounts are minor units of one currency.

| step | debit | credit |
|---|---|---|
| money comes in | provider clearing | customer deposits [order] |
| order confirmed (the sale) | customer deposits [order] | deferred revenue [order], taxes, duty, customs fees |
| consignment dispatched | deferred revenue [order] | revenue from goods, revenue from delivery |
| order cancelled before dispatch | the reversal of the sale | |
| money goes back | customer deposits [order] | provider clearing |
| … as store credit | customer deposits [order] | store credit [credit] |
| … by bank transfer | customer deposits [order] | bank |
| store credit spent | store credit [credit] | customer deposits [order] |
| cash promised at the door | cash to come [order] | customer deposits [order] |
| cash paid out by the carrier | carrier clearing | cash to come [order] |
| something taken from an order | deferred revenue or revenue, taxes, duty, fees | customer deposits [order] |
| a parcel refused at the door | the same, of an order that pays in cash: | cash to come [order] |

So the deposits of an order are what the shop holds of the buyer's money without having earned it: never below zero, and
zero once the order is confirmed or its money is back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.engine.shares import key_of, payable_account, taken_by, tax_shares
from entrepot.domains.ledger.types import EntryDraft, PostingDraft
from entrepot.domains.orders.types import ChangedLines, LineShares
from entrepot.kernel.errors import DataFault
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment

BOOK = "main"


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


def promise_key(attempt_id: str) -> str:
    """Return the key under which the entry of a promise at the door is posted."""
    return f"promise:{attempt_id}"


def promise(
    *, attempt_id: str, order_id: str, entity_id: str, amount_minor: int, currency: str, on: dt.date, provider: str = ""
) -> EntryDraft:
    """Return the entry of money that a carrier will collect at the door: it is to come, and counts as the buyer's deposit."""
    postings = [
        (accounts.CASH_RECEIVABLE, amount_minor, order_id),
        (accounts.CUSTOMER_DEPOSITS, -amount_minor, order_id),
    ]
    return _draft(promise_key(attempt_id), entity_id, on, currency, "promise", order_id, postings, provider)


def remittance(
    *, attempt_id: str, part: str, order_id: str, entity_id: str, amount_minor: int, currency: str, on: dt.date
) -> EntryDraft:
    """Return the entry of a parcel's cash that the carrier paid out."""
    postings = [
        (accounts.CARRIER_CLEARING, amount_minor, ""),
        (accounts.CASH_RECEIVABLE, -amount_minor, order_id),
    ]
    return _draft(f"capture:{attempt_id}:{part}", entity_id, on, currency, "remittance", order_id, postings, part)


def credit_spent(
    *, attempt_id: str, credit_id: str, order_id: str, entity_id: str, amount_minor: int, currency: str, on: dt.date
) -> EntryDraft:
    """Return the entry of store credit that pays an order: a tender like money, so the tax base stays as it is."""
    postings = [
        (accounts.STORE_CREDIT, amount_minor, credit_id),
        (accounts.CUSTOMER_DEPOSITS, -amount_minor, order_id),
    ]
    return _draft(f"capture:{attempt_id}", entity_id, on, currency, "credit_spent", order_id, postings)


def refund_as_credit(
    *, refund_id: str, credit_id: str, order_id: str, entity_id: str, amount_minor: int, currency: str, on: dt.date
) -> EntryDraft:
    """Return the entry of money that goes back as store credit: it is owed to the buyer still, in goods."""
    postings = [
        (accounts.CUSTOMER_DEPOSITS, amount_minor, order_id),
        (accounts.STORE_CREDIT, -amount_minor, credit_id),
    ]
    return _draft(refund_key(refund_id), entity_id, on, currency, "refund", order_id, postings)


def refund_by_bank(
    *, refund_id: str, order_id: str, entity_id: str, amount_minor: int, currency: str, on: dt.date, note: str = ""
) -> EntryDraft:
    """Return the entry of money that a person sent back by bank transfer."""
    postings = [
        (accounts.CUSTOMER_DEPOSITS, amount_minor, order_id),
        (accounts.BANK, -amount_minor, ""),
    ]
    return _draft(refund_key(refund_id), entity_id, on, currency, "refund", order_id, postings, note)


def change(
    *,
    order_id: str,
    quote: FrozenQuote,
    change: ChangedLines,
    on: dt.date,
    cash_to_come: bool = False,
    before: Iterable[ChangedLines] = (),
) -> EntryDraft:
    """Return the entry of something taken from a confirmed order: each share leaves where the sale or the dispatch put it.

    Of a line whose consignment has not left: deferred revenue, and what was owed of tax, duty and fees. Of one that has left:
    revenue and the tax that the seller files; duty, import tax and fees stay owed, for the goods have crossed the border:
    they become a cost. With `cash_to_come` (a parcel refused at the door) the buyer owes less instead of getting it back, and
    the freight to his door, which nobody pays now, is a cost on a bill to come. `before` are the order's earlier changes: tax is
    shared over all of them together, so that an order given back bit by bit leaves nothing on any account of tax.
    """
    past = taken_by(before)
    taken: dict[str, int] = {}

    def take(account: str, amount: int) -> None:
        taken[account] = taken.get(account, 0) + amount

    for line in change.lines:
        earned = line.stage == "earned"
        _, tax = past.get(key_of(line), (0, 0))
        taxes = tax_shares(quote, line.consignment_ref, -line.tax_minor, line=line, past_minor=-tax)
        if earned:
            take(accounts.FREIGHT_REVENUE if line.kind == "freight" else accounts.GOODS_REVENUE, -line.goods_minor)
            take(accounts.NOT_RECOVERED, -line.duty_minor - line.fee_minor)
        else:
            take(accounts.DEFERRED_REVENUE, -line.goods_minor)
            take(accounts.DUTY_PAYABLE, -line.duty_minor)
            take(accounts.CUSTOMS_FEES_PAYABLE, -line.fee_minor)
        for account, amount in taxes:
            take(accounts.NOT_RECOVERED if earned and account == accounts.IMPORT_TAX_PAYABLE else account, amount)
        if cash_to_come and line.kind == "freight":
            take(accounts.NOT_RECOVERED, -line.goods_minor)
            take(accounts.CARRIER_BILLS_TO_COME, line.goods_minor)
    owed = accounts.CASH_RECEIVABLE if cash_to_come else accounts.CUSTOMER_DEPOSITS
    postings = [
        (account, amount, order_id if account == accounts.DEFERRED_REVENUE else "")
        for account, amount in sorted(taken.items())
    ]
    postings.append((owed, change.amount_minor, order_id))
    key = f"change:{change.id}"
    return _draft(key, quote.entity_id, on, quote.currency, change.kind, order_id, postings, change.reason[:200])


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
        account = payable_account(charge)
        if account:
            payable[account] = payable.get(account, 0) + charge.amount_minor
        else:
            deferred += charge.amount_minor
    if deferred + sum(payable.values()) != consignment.total_minor:
        raise DataFault(what=f"the charges of consignment {consignment.ref} do not add up to its total")
    return deferred, payable


def dispatch(
    *, order_id: str, quote: FrozenQuote, consignment_ref: str, on: dt.date, changes: Iterable[ChangedLines] = ()
) -> EntryDraft:
    """Return the entry of a consignment that has left: its goods and its delivery are earned.

    What `changes` took from it before it left is not.

    Raises:
        DataFault: the quote holds no such consignment.
    """
    for consignment in quote.consignments:
        if consignment.ref == consignment_ref:
            deferred, _ = _parts(consignment)
            goods = sum(c.amount_minor for c in consignment.charges if c.kind == "goods")
            for line in _taken_before(changes, consignment_ref):
                deferred += line.goods_minor
                goods += line.goods_minor if line.kind == "goods" else 0
            postings = [
                (accounts.DEFERRED_REVENUE, deferred, order_id),
                (accounts.GOODS_REVENUE, -goods, ""),
                (accounts.FREIGHT_REVENUE, goods - deferred, ""),
            ]
            key = f"dispatch:{order_id}:{consignment_ref}"
            return _draft(key, quote.entity_id, on, quote.currency, "dispatch", order_id, postings, consignment_ref)
    raise DataFault(what=f"the quote of order {order_id} holds no consignment {consignment_ref}")


def _taken_before(changes: Iterable[ChangedLines], consignment_ref: str) -> list[LineShares]:
    return [
        line
        for change in changes
        for line in change.lines
        if line.consignment_ref == consignment_ref and line.stage == "deferred"
    ]
