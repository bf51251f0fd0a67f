"""Writes of payments. What a provider says is stored first, then applied; an attempt only moves forward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from entrepot.domains.payments import queries
from entrepot.domains.payments.engine.states import LOST, OPEN, verdict
from entrepot.domains.payments.errors import (
    AmountNotPayable,
    MethodNotOffered,
    NothingToSendBack,
    RefundExceedsCapture,
    RefundNotFailed,
)
from entrepot.domains.payments.events import (
    PaymentCaptured,
    PaymentFailed,
    PaymentMismatched,
    ProviderMessageStored,
    RefundDone,
    RefundRequested,
)
from entrepot.domains.payments.models import Attempt, ProviderMessage, Refund
from entrepot.domains.payments.types import (
    AppliedState,
    AttemptView,
    CaptureView,
    ProviderNotice,
    ProviderState,
    RefundView,
)
from entrepot.infra import crypto, db
from entrepot.infra.events import publish
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import NotFound

LONGEST_PAUSE_S = 600


@service("payments.open_attempt")
def open_attempt(
    *,
    actor: Actor,
    order_id: str,
    store_id: str,
    entity_id: str,
    method: str,
    amount_minor: int,
    currency: str,
    at: dt.datetime,
    return_url: str,
    market: str = "",
    pay_by: dt.datetime | None = None,
) -> AttemptView:
    """Write a new attempt in state started; no provider is called. One statement.

    `expires_at` is `at` plus the method's hold, but at most `pay_by`: the goods are held no longer.
    `flows.pay.start_attempt` calls the provider once this is committed.

    Raises:
        AmountNotPayable: the amount is not above zero.
        MethodNotOffered: unknown, or not for this market, currency or amount.
    """
    if amount_minor <= 0:
        raise AmountNotPayable(amount=amount_minor, field="amount", value=amount_minor, rule="")
    chosen = {m.code: m for m in queries.methods(market=market, currency=currency, amount_minor=amount_minor)}.get(
        method
    )
    if chosen is None:
        raise MethodNotOffered(method=method, field="method", value=method, rule="")
    ends = at + dt.timedelta(seconds=chosen.hold_s)
    row = Attempt(
        order_id=order_id,
        store_id=store_id,
        entity_id=entity_id,
        method=method,
        provider=chosen.provider,
        amount_minor=amount_minor,
        currency=currency,
        return_url=return_url,
        created_at=at,
        heard_at=at,
        expires_at=ends if pay_by is None else min(ends, pay_by),
    )
    row.save(force_insert=True)
    return queries.attempt_view(row)


@service("payments.store_message")
def store_message(*, actor: Actor, provider: str, notice: ProviderNotice, body: bytes, at: dt.datetime) -> str | None:
    """Keep a verified message as it came and publish ProviderMessageStored; return its id, None when we have it already.

    Nothing is believed yet. One statement (two when new).
    """
    public_id = new_id()
    sealed = crypto.encrypt(body.decode(errors="replace"), f"payments_providermessage.body.{public_id}")
    fresh = db.execute(
        "INSERT INTO payments_providermessage"
        " (public_id, provider, event_id, reference, attempt_id, outcome, body, received_at)"
        " VALUES (%s, %s, %s, %s, %s, 'stored', %s, %s) ON CONFLICT (provider, event_id) DO NOTHING",
        [public_id, provider, notice.event_id, notice.reference, notice.attempt_id, sealed, at],
    )
    if not fresh:
        return None
    about = notice.attempt_id or f"{provider}:{notice.reference}"
    publish(ProviderMessageStored(message_id=str(public_id)), aggregate=f"payment:{about}")
    return str(public_id)


@service("payments.mark_message")
def mark_message(*, actor: Actor, message_id: str, outcome: str, attempt_id: str = "") -> None:
    """Write down what was made of a message: applied, stale, mismatch or unmatched."""
    fields: dict[str, Any] = {"outcome": outcome, **({"attempt_id": attempt_id} if attempt_id else {})}
    ProviderMessage.objects.filter(public_id=message_id).update(**fields)


# The attempt, the money that came in and the message that told of it, in one statement. It touches nothing when the
# attempt is no longer as it was read.
_MOVE = """
WITH moved AS (
    UPDATE payments_attempt SET state = %(state)s, reference = %(reference)s, next_action = %(action)s,
        refusal = %(refusal)s, mismatch = %(mismatch)s, heard_at = %(at)s
    WHERE public_id = %(id)s AND state = %(was)s RETURNING id
), captured AS (
    INSERT INTO payments_capture (attempt_id, amount_minor, currency, refunded_minor, at)
    SELECT id, %(amount)s, %(currency)s, 0, %(at)s FROM moved WHERE %(came_in)s
), told AS (
    UPDATE payments_providermessage SET outcome = %(outcome)s, attempt_id = %(id)s::text
    WHERE public_id = %(message)s::uuid AND EXISTS (SELECT 1 FROM moved)
)
SELECT count(*) FROM moved
"""


@service("payments.apply_state")
def apply_state(
    *,
    actor: Actor,
    attempt_id: str,
    state: ProviderState,
    at: dt.datetime,
    provider: str = "",
    message_id: str | None = None,
    known: AttemptView | None = None,
) -> AppliedState:
    """Move an attempt forward by what its provider says (a message, an answer or a poll), and publish what came of it.

    A statement that moves nothing forward is stale and changes nothing but when we heard last. Another amount or
    currency than asked for is kept as captured and marked: PaymentMismatched instead of PaymentCaptured. When the answer
    holds a `capture`, the caller posts it in the same transaction. Two statements and one per event.

    Args:
        provider: if given, whose attempt it must be.
        message_id: the message that says it; its outcome is written down with it.
        known: the attempt as it was just read; it then need not be locked first (one statement less).
    Raises:
        NotFound: there is no such attempt (of this provider).
    """
    if known is not None and (done := _try(known, state, at, message_id)) is not None:
        return done
    done = _try(_locked(attempt_id, provider), state, at, message_id)
    assert done is not None, "a locked attempt does not change under us"
    return done


def _locked(attempt_id: str, provider: str) -> AttemptView:
    sql = (  # constants only
        f"SELECT {queries.ATTEMPT_COLUMNS} FROM payments_attempt WHERE public_id = %s AND (%s = '' OR provider = %s)"  # noqa: S608
        " FOR UPDATE"
    )
    rows = db.fetch(sql, [attempt_id, provider, provider]) if queries.is_id(attempt_id) else []
    if not rows:
        raise NotFound(kind="payment attempt", key=attempt_id)
    return queries.view_of(rows[0])


def _try(was: AttemptView, said: ProviderState, at: dt.datetime, message_id: str | None) -> AppliedState | None:
    """Move an attempt from the state it was read in; None when it is no longer in that state."""
    outcome = verdict(was.state, was.amount_minor, was.currency, said)
    now = msgspec.structs.replace(
        was,
        state=said.status,
        reference=said.reference or was.reference,
        next_action=said.next_action,
        refusal=said.refusal or ("refused" if said.status == "failed" else ""),
        mismatch=outcome == "mismatch",
    )
    if outcome == "stale":
        now = msgspec.structs.replace(was, reference=was.reference or said.reference)
    came_in = outcome != "stale" and said.status == "captured"
    params = {
        "id": was.id,
        "was": was.state,
        "state": now.state,
        "reference": now.reference,
        "action": "{}" if now.next_action.kind == "none" else msgspec.json.encode(now.next_action).decode(),
        "refusal": now.refusal,
        "mismatch": now.mismatch,
        "at": at,
        "came_in": came_in,
        "amount": said.amount_minor,
        "currency": said.currency,
        "outcome": outcome,
        "message": message_id,
    }
    if db.fetch(_MOVE, params) != [(1,)]:
        return None
    if outcome == "stale":
        return AppliedState(outcome, now)
    _tell(now, said, outcome)
    return AppliedState(outcome, now, _captured(now, said, at) if came_in else None)


def _captured(attempt: AttemptView, said: ProviderState, at: dt.datetime) -> CaptureView:
    return CaptureView(
        attempt_id=attempt.id,
        order_id=attempt.order_id,
        entity_id=attempt.entity_id,
        provider=attempt.provider,
        amount_minor=said.amount_minor,
        refunded_minor=0,
        currency=said.currency,
        at=at,
    )


def _tell(row: AttemptView, state: ProviderState, outcome: str) -> None:
    attempt_id, order_id = row.id, row.order_id
    if outcome == "mismatch":
        publish(
            PaymentMismatched(
                attempt_id=attempt_id,
                order_id=order_id,
                expected_minor=row.amount_minor,
                expected_currency=row.currency,
                captured_minor=state.amount_minor,
                captured_currency=state.currency,
            ),
            aggregate=f"order:{order_id}",
        )
    elif row.state == "captured":
        event = PaymentCaptured(
            attempt_id=attempt_id, order_id=order_id, amount_minor=row.amount_minor, currency=row.currency
        )
        publish(event, aggregate=f"order:{order_id}")
    elif row.state in LOST:
        publish(
            PaymentFailed(attempt_id=attempt_id, order_id=order_id, refusal=row.refusal or "cancelled"),
            aggregate=f"order:{order_id}",
        )


@service("payments.expire_attempts")
def expire_attempts(*, actor: Actor, attempt_ids: Sequence[str], at: dt.datetime) -> tuple[str, ...]:
    """Expire those of these attempts that are open and whose hold has run out; publish PaymentFailed (lapsed) for each.

    Returns their ids. Money that comes later is late money: it is still captured, and the order decides what becomes of it.
    """
    if not attempt_ids:
        return ()
    rows = db.fetch(
        "UPDATE payments_attempt SET state = 'expired', refusal = 'lapsed' WHERE id IN ("
        " SELECT id FROM payments_attempt WHERE public_id = ANY(%s::uuid[]) AND state = ANY(%s) AND expires_at <= %s"
        " ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING public_id::text, order_id::text",
        [list(attempt_ids), list(OPEN), at],
    )
    for attempt_id, order_id in rows:
        event = PaymentFailed(attempt_id=attempt_id, order_id=order_id, refusal="lapsed")
        publish(event, aggregate=f"order:{order_id}")
    return tuple(row[0] for row in rows)


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
