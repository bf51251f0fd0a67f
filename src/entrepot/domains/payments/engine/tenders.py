"""How money goes back: of which captures, and by which way. Pure.

The method's own money goes back before a store credit's; what a store credit paid goes back onto that credit, whatever way
was chosen for the rest. Cash cannot go back the way it came: a person chooses store credit or a bank transfer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from entrepot.domains.payments.errors import RefundExceedsCapture, TenderNotPossible
from entrepot.domains.payments.types import CaptureView, RefundShare, Tender
from entrepot.kernel.errors import N_

CASH = N_("cash does not go back by itself. Choose store credit or a bank transfer.")


def plan(
    captures: Iterable[CaptureView], amount_minor: int, tender: Tender, takes_back: Mapping[str, bool]
) -> tuple[RefundShare, ...]:
    """Return what goes back of each capture, in the order in which it is taken, summing exactly to the amount.

    Args:
        captures: the order's own money, oldest first.
        takes_back: method → whether its money can go back the way it came.
    Raises:
        RefundExceedsCapture: there is not so much left.
        TenderNotPossible: the money came in cash and was to go back as it came.
    """
    rest, shares = amount_minor, []
    all_of_it = tuple(captures)
    for capture in sorted(all_of_it, key=lambda c: bool(c.credit_id)):
        take = min(rest, capture.amount_minor - capture.refunded_minor)
        if take <= 0:
            continue
        way: Tender = "store_credit" if capture.credit_id else tender
        if way == "original" and not takes_back.get(capture.method, True):
            raise TenderNotPossible(tender=tender, reason=CASH)
        shares.append(RefundShare(capture.attempt_id, capture.part, take, way))
        rest -= take
    if rest or not shares:
        currency = all_of_it[0].currency if all_of_it else ""
        raise RefundExceedsCapture(amount=amount_minor, left=amount_minor - rest, currency=currency)
    return tuple(shares)
