"""Refunds: asked for, recorded, put off, asked for again; never more than came in."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from entrepot.domains.payments import queries
from entrepot.domains.payments.engine.tenders import plan
from entrepot.domains.payments.errors import (
    AmountNotPayable,
    NothingToSendBack,
    RefundExceedsCapture,
    RefundNotFailed,
    RefundNotPayable,
)
from entrepot.domains.payments.events import RefundDone, RefundRequested
from entrepot.domains.payments.models import Refund
from entrepot.domains.payments.ports import METHODS
from entrepot.domains.payments.types import RefundView, Tender
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import NotFound

LONGEST_PAUSE_S = 600


# The order's own money first, which is the oldest; a payment of another amount only when it is named.
_REQUEST = """
WITH chosen AS (
    SELECT c.id, a.order_id, c.currency FROM payments_capture c JOIN payments_attempt a ON a.id = c.attempt_id
    WHERE a.order_id = %(order)s AND (a.public_id = %(attempt)s::uuid OR %(attempt)s::uuid IS NULL AND NOT a.mismatch)
      AND c.amount_minor - c.refunded_minor >= %(amount)s
    ORDER BY c.id LIMIT 1
)
INSERT INTO payments_refund (public_id, capture_id, amount_minor, state, reason, key, actor, tries)
SELECT %(id)s, id, %(amount)s, 'requested', %(reason)s, %(key)s, %(actor)s, 0 FROM chosen
ON CONFLICT (key) DO NOTHING
RETURNING (SELECT currency FROM chosen)
"""


@service("payments.request_refund")
def request_refund(
    *,
    actor: Actor,
    order_id: str,
    amount_minor: int,
    reason: str,
    attempt_id: str | None = None,
    key: str | None = None,
) -> str:
    """Ask for money to go back to the buyer, and publish RefundRequested; return the refund's public id.

    The oldest capture of the order's own amount (or that of `attempt_id`) with enough left pays it; the schedule tells
    the provider outside any transaction. With `key` the same request made again returns the first one's id.

    Raises:
        AmountNotPayable: the amount is not above zero.
        RefundExceedsCapture: no capture of the order has so much left, also when two refunds race.
    """
    if amount_minor <= 0:
        raise AmountNotPayable(amount=amount_minor, field="amount", value=amount_minor, rule="")
    public_id = str(new_id())
    params = {
        "id": public_id,
        "order": order_id,
        "attempt": attempt_id,
        "amount": amount_minor,
        "reason": reason[:200],
        "key": key,
        "actor": f"{actor.kind}:{actor.id}"[:60],
    }
    if key and (known := _known_refund(key)):
        return known
    try:
        with transaction.atomic():
            rows = db.fetch(_REQUEST, params)
    except IntegrityError as refused:
        if "refunds_within_capture" not in str(refused):
            raise
        raise _too_much(order_id, attempt_id, amount_minor) from refused
    if not rows:
        if key and (known := _known_refund(key)):
            return known
        raise _too_much(order_id, attempt_id, amount_minor)
    event = RefundRequested(refund_id=public_id, order_id=order_id, amount_minor=amount_minor, currency=rows[0][0])
    publish(event, aggregate=f"order:{order_id}")
    return public_id


def _known_refund(key: str) -> str | None:
    row = Refund.objects.filter(key=key).only("public_id").first()
    return str(row.public_id) if row else None


def _too_much(order_id: str, attempt_id: str | None, amount_minor: int) -> RefundExceedsCapture:
    found = [c for c in queries.captures(order_id=order_id) if attempt_id in (None, c.attempt_id)]
    left = max((c.amount_minor - c.refunded_minor for c in found), default=0)
    return RefundExceedsCapture(amount=amount_minor, left=left, currency=found[0].currency if found else "")


_INSERT = """
INSERT INTO payments_refund (public_id, capture_id, amount_minor, state, reason, tender, credit_id, key, actor, tries)
SELECT %(id)s, c.id, %(amount)s, 'requested', %(reason)s, %(tender)s, a.credit_id, %(key)s, %(actor)s, 0
FROM payments_capture c JOIN payments_attempt a ON a.id = c.attempt_id
WHERE a.public_id = %(attempt)s AND c.part = %(part)s
ON CONFLICT (key) DO NOTHING
"""


@service("payments.request_refund")
def request_refunds(
    *, actor: Actor, order_id: str, amount_minor: int, reason: str, key: str, tender: Tender = "original"
) -> tuple[str, ...]:
    """Ask for money of an order to go back, of as many of its captures as it takes; publish RefundRequested for each.

    What goes back of which capture and how follows from `engine.tenders`. The same key again returns the same refunds.

    Raises:
        AmountNotPayable: the amount is not above zero.
        RefundExceedsCapture: not so much is left of what came in, also when two refunds race.
        TenderNotPossible: cash was to go back as it came.
    """
    if amount_minor <= 0:
        raise AmountNotPayable(amount=amount_minor, field="amount", value=amount_minor, rule="")
    known = Refund.objects.filter(key__startswith=f"{key}#").order_by("id").values_list("public_id", flat=True)
    if known:
        return tuple(str(one) for one in known)
    wrong = {a.id for a in queries.attempts(order_id=order_id) if a.mismatch}
    came = [c for c in queries.captures(order_id=order_id) if c.attempt_id not in wrong]
    takes_back = {code: METHODS.get(code).takes_back for code in METHODS}
    made: list[str] = []
    for place, share in enumerate(plan(came, amount_minor, tender, takes_back)):
        refund_id = str(new_id())
        params = {
            "id": refund_id,
            "amount": share.amount_minor,
            "reason": reason[:200],
            "tender": share.tender,
            "key": f"{key}#{place}",
            "actor": f"{actor.kind}:{actor.id}"[:60],
            "attempt": share.attempt_id,
            "part": share.part,
        }
        try:
            with transaction.atomic():
                written = db.execute(_INSERT, params)
        except IntegrityError as refused:
            if "refunds_within_capture" not in str(refused):
                raise
            raise _too_much(order_id, None, amount_minor) from refused
        if not written:  # the same request was quicker, and its refunds are the answer
            found = Refund.objects.filter(key__startswith=f"{key}#").order_by("id").values_list("public_id", flat=True)
            return tuple(str(one) for one in found)
        event = RefundRequested(
            refund_id=refund_id, order_id=order_id, amount_minor=share.amount_minor, currency=came[0].currency
        )
        publish(event, aggregate=f"order:{order_id}")
        made.append(refund_id)
    return tuple(made)


@service("payments.mark_paid")
def take_paid(*, actor: Actor, refund_id: str, note: str) -> RefundView:
    """Return a refund that a person has paid by bank transfer, and keep the person's note; its books follow.

    Raises NotFound, RefundNotPayable (it goes another way, or is done).
    """
    refund = queries.refund(refund_id=refund_id)
    locked = Refund.objects.select_for_update().filter(public_id=refund_id, state="requested").first()
    if refund.tender != "bank_transfer" or locked is None:
        raise RefundNotPayable(refund=refund_id)
    Refund.objects.filter(public_id=refund_id).update(note=note[:200])
    return refund


@service("payments.issue_credit")
def name_credit(*, actor: Actor, refund_id: str, credit_id: str) -> None:
    """Write down which store credit a refund became."""
    sql = "UPDATE payments_refund SET credit_id = (SELECT id FROM payments_storecredit WHERE public_id = %s) WHERE public_id = %s"
    db.execute(sql, [credit_id, refund_id])


@service("payments.send_back")
def send_back(*, actor: Actor, attempt_id: str) -> RefundView:
    """Ask for a payment of another amount than was asked for to go back as it came; return the refund.

    This settles the mismatch. The same call again returns the same refund, also when it failed (see `retry_refund`).

    Raises:
        NotFound: there is no such attempt.
        NothingToSendBack: no money came in with it, or the amount was right.
    """
    attempt = queries.attempt(attempt_id=attempt_id)
    came = next((c for c in queries.captures(order_id=attempt.order_id) if c.attempt_id == attempt.id), None)
    if came is None or not attempt.mismatch:
        raise NothingToSendBack(attempt=attempt.reference or attempt.id)
    refund_id = request_refund(
        actor=SYSTEM,
        order_id=attempt.order_id,
        amount_minor=came.amount_minor,
        reason="amount_differs",
        attempt_id=attempt.id,
        key=f"send_back:{attempt.id}",
    )
    return queries.refund(refund_id=refund_id)


@service("payments.retry_refund")
def retry_refund(*, actor: Actor, refund_id: str) -> RefundView:
    """Ask once more for a refund that failed, of the same payment; return the new refund.

    It is a refund of its own, for the provider answers a known id as it did before. The same call again returns it.

    Raises:
        NotFound: there is no such refund.
        RefundNotFailed: it is on its way or done.
        RefundExceedsCapture: the payment has not that much left.
    """
    failed = queries.refund(refund_id=refund_id)
    if failed.state != "failed":
        raise RefundNotFailed(refund=failed.id)
    again = request_refund(
        actor=SYSTEM,
        order_id=failed.order_id,
        amount_minor=failed.amount_minor,
        reason=failed.reason,
        attempt_id=failed.attempt_id,
        key=f"{queries.AGAIN}{failed.id}",
    )
    return queries.refund(refund_id=again)


@service("payments.record_refund")
def record_refund(
    *, actor: Actor, refund_id: str, status: str, at: dt.datetime, bounces: bool = False
) -> RefundView | None:
    """Record what became of a refund (done, failed); publish RefundDone when the money is sent.

    Returns the refund when this call changes the books, so that the caller posts it in the same transaction: now done
    (post it), or failed after it was done, which is a refund that bounced (reverse it; `done_at` says when it was done).
    None when nothing is to be posted. What bounced never becomes done again: that is old news. Raises NotFound.

    Args:
        bounces: whether a done refund may become failed, as the provider's own message says; an answer to our asking
            cannot know of it.
    """
    row = (
        Refund.objects.select_related("capture__attempt")
        .select_for_update(of=("self",))
        .filter(public_id=refund_id)
        .first()
    )
    if row is None:
        raise NotFound(kind="refund", key=refund_id)
    was = row.state
    bounced = was == "failed" and row.done_at is not None
    if status not in ("done", "failed") or was == status or bounced or (was == "done" and not bounces):
        return None
    row.state = status
    row.done_at = at if status == "done" else row.done_at
    row.save(update_fields=["state", "done_at"])
    view = queries.refund_view(row)
    if status == "failed":
        return view if was == "done" else None
    event = RefundDone(
        refund_id=view.id,
        attempt_id=view.attempt_id,
        order_id=view.order_id,
        amount_minor=view.amount_minor,
        currency=view.currency,
        tender=view.tender,
    )
    publish(event, aggregate=f"order:{view.order_id}")
    return view


@service("payments.postpone_refund")
def postpone_refund(*, actor: Actor, refund_id: str, at: dt.datetime) -> None:
    """Try a refund again later, with a growing pause (2 s to 10 min), for as long as it takes.

    Tries never make it failed: a provider that is silent or says "pending" may have sent the money, and a refund that
    counts as failed gives its amount free to be sent a second time. Only the provider's own word does.
    """
    row = Refund.objects.select_for_update().filter(public_id=refund_id, state="requested").first()
    if row is None:
        return
    row.tries += 1
    row.due_at = at + dt.timedelta(seconds=min(LONGEST_PAUSE_S, 2 ** min(row.tries, 16)))
    row.save(update_fields=["tries", "due_at"])
