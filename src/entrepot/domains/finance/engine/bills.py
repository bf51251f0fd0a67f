"""A carrier's or broker's bill beside what the quote froze, and the entries of the difference. Pure.

docs/algorithms/true-up.md tells it in prose with numbers. All amounts are minor units of one stated currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.engine.entries import BOOK
from entrepot.domains.finance.engine.shares import LineKey, key_of, payable_account, tax_shares
from entrepot.domains.finance.types import BillLineView, BillMatch
from entrepot.domains.ledger.types import EntryDraft, PostingDraft
from entrepot.domains.orders.types import ChangedLines
from entrepot.kernel.errors import DataFault
from entrepot.kernel.quote import FrozenQuote

_ACCOUNT = {
    "freight": accounts.CARRIAGE,
    "duty": accounts.DUTY_PAYABLE,
    "import_tax": accounts.IMPORT_TAX_PAYABLE,
    "customs_fee": accounts.CUSTOMS_FEES_PAYABLE,
}
_KIND = {account: kind for kind, account in _ACCOUNT.items()}


def frozen(quote: FrozenQuote, consignment_ref: str, changes: Iterable[ChangedLines] = ()) -> dict[str, int]:
    """Return what a quote froze for a consignment by kind of charge: freight, duty, import_tax, customs_fee.

    Less what was taken from the order before the consignment left: that is not owed any more. What was given back after it left
    stays owed, for the goods have crossed the border.

    Raises DataFault when the quote holds no such consignment.
    """
    found = dict.fromkeys(_ACCOUNT, 0)
    one = next((c for c in quote.consignments if c.ref == consignment_ref), None)
    if one is None:
        raise DataFault(what=f"quote {quote.id} holds no consignment {consignment_ref}")
    found["freight"] = one.freight_minor
    for charge in one.charges:
        kind = _KIND.get(payable_account(charge))
        if kind:
            found[kind] += charge.amount_minor
    past: dict[LineKey, int] = {}
    for line in (line for change in changes for line in change.lines):
        tax = past.get(key_of(line), 0)
        past[key_of(line)] = tax + line.tax_minor
        if line.consignment_ref != consignment_ref or line.stage != "deferred":
            continue
        if line.kind == "freight":
            found["freight"] += line.goods_minor
        found["duty"] += line.duty_minor
        found["customs_fee"] += line.fee_minor
        for account, amount in tax_shares(quote, consignment_ref, line.tax_minor, line=line, past_minor=tax):
            if account == accounts.IMPORT_TAX_PAYABLE:
                found["import_tax"] += amount
    return found


def accrued_freight(consignment_ref: str, changes: Iterable[ChangedLines]) -> int:
    """Return the freight of a consignment that stands on the account of bills to come: of parcels refused at the door."""
    return -sum(
        line.goods_minor
        for change in changes
        if change.kind == "refused"
        for line in change.lines
        if line.consignment_ref == consignment_ref and line.kind == "freight" and line.stage == "earned"
    )


def left_to_clear(kind: str, frozen_by_kind: Mapping[str, int], cleared_minor: int, amount_minor: int) -> int:
    """Return what a bill's line takes off what was frozen: all that earlier lines of its kind left; a credit takes nothing."""
    if amount_minor < 0:
        return 0
    return max(0, frozen_by_kind.get(kind, 0) - cleared_minor)


def bill_entries(line: BillLineView, match: BillMatch) -> tuple[EntryDraft, ...]:
    """Return the entries of a matched line, each balanced: one in the order's currency, and one in the bill's where it differs.

    What was quoted leaves the account it stands on (freight: carriage as quoted, or bills to come), the variance and the
    exchange difference have accounts of their own, and the carrier is owed the bill. Between two currencies the account of
    currency conversion stands on both sides.
    """
    compared = match.comparison
    quoted, accrued = compared.quoted_minor, min(compared.accrued_minor, compared.quoted_minor)
    same = line.currency == compared.currency
    owed = accounts.CARRIER_BILLS if same else accounts.CURRENCY_CONVERSION
    postings = [
        (_ACCOUNT.get(line.kind, accounts.LANDED_COST_VARIANCE), quoted - accrued),
        (accounts.CARRIER_BILLS_TO_COME, accrued),
        (accounts.LANDED_COST_VARIANCE, compared.variance_minor),
        (accounts.FX_DIFFERENCES, compared.fx_minor),
        (owed, -compared.booked_minor),
    ]
    drafts = [_draft(line, match, line.key, compared.currency, postings)]
    if not same:
        own = [(accounts.CURRENCY_CONVERSION, line.amount_minor), (accounts.CARRIER_BILLS, -line.amount_minor)]
        drafts.append(_draft(line, match, f"{line.key}:owed", line.currency, own))
    return tuple(draft for draft in drafts if draft.postings)


def _draft(
    line: BillLineView, match: BillMatch, key: str, currency: str, postings: Iterable[tuple[str, int]]
) -> EntryDraft:
    return EntryDraft(
        key=key,
        entity_id=line.entity_id,
        book=BOOK,
        date=line.bill_date,
        currency=currency,
        kind="bill",
        document=f"order:{match.order_id}",
        postings=tuple(PostingDraft(account, amount) for account, amount in postings if amount),
        note=f"{line.carrier} {line.bill_number}/{line.line} {line.kind} {match.consignment_ref}"[:200],
    )
