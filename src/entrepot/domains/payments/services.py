"""Writes of payments. What a provider says is stored first, then applied; an attempt only moves forward."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from entrepot.domains.payments import queries
from entrepot.domains.payments.engine.states import LOST, OPEN, verdict
from entrepot.domains.payments.errors import AmountNotPayable, MethodNotOffered, RefundExceedsCapture
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
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

REFUND_TRIES = 12


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
) -> AttemptView:
    """Write a new attempt in state started; no provider is called. One statement.

    `expires_at` is `at` plus the method's hold. `flows.pay.start_attempt` calls the provider once this is committed.

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
        expires_at=at + dt.timedelta(seconds=chosen.hold_s),
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


@service("payments.record_answer")
def record_answer(
    *, actor: Actor, attempt_id: str, state: ProviderState, at: dt.datetime, known: AttemptView | None = None
) -> AppliedState:
    """Record what the provider answered when the attempt was started or asked for; see `apply_state`."""
    return apply_state(actor=actor, attempt_id=attempt_id, state=state, at=at, known=known)


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
def expire_attempts(*, actor: Actor, at: dt.datetime, limit: int = 100) -> tuple[str, ...]:
    """Expire open attempts whose hold has run out, publish PaymentFailed (lapsed) for each; return their ids.

    Money that comes later is late money: it is still captured, and the order decides what becomes of it.
    """
    rows = db.fetch(
        "UPDATE payments_attempt SET state = 'expired', refusal = 'lapsed' WHERE id IN ("
        " SELECT id FROM payments_attempt WHERE state = ANY(%s) AND expires_at <= %s"
        " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING public_id::text, order_id::text",
        [list(OPEN), at, limit],
    )
    for attempt_id, order_id in rows:
        event = PaymentFailed(attempt_id=attempt_id, order_id=order_id, refusal="lapsed")
        publish(event, aggregate=f"order:{order_id}")
    return tuple(row[0] for row in rows)


_REQUEST = """
WITH chosen AS (
    SELECT c.id, a.order_id, c.currency FROM payments_capture c JOIN payments_attempt a ON a.id = c.attempt_id
    WHERE a.order_id = %(order)s AND (%(attempt)s::uuid IS NULL OR a.public_id = %(attempt)s::uuid)
      AND c.amount_minor - c.refunded_minor >= %(amount)s
    ORDER BY c.id DESC LIMIT 1
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

    The newest capture of the order (or that of `attempt_id`) with enough left pays it; the schedule tells the provider
    outside any transaction. With `key` the same request made again returns the first one's id.

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


@service("payments.record_refund")
def record_refund(*, actor: Actor, refund_id: str, status: str, at: dt.datetime) -> RefundView | None:
    """Record what became of a refund (done, failed); publish RefundDone when the money is sent.

    Returns the refund when this call made it done, so that the caller posts it in the same transaction; None when it
    was done before, or failed. Raises NotFound.
    """
    row = (
        Refund.objects.select_related("capture__attempt")
        .select_for_update(of=("self",))
        .filter(public_id=refund_id)
        .first()
    )
    if row is None:
        raise NotFound(kind="refund", key=refund_id)
    if row.state == "done" or status not in ("done", "failed") or row.state == status:
        return None
    row.state = status
    row.done_at = at if status == "done" else None
    row.save(update_fields=["state", "done_at"])
    if status == "failed":
        return None
    view = queries.refund_view(row)
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
def postpone_refund(*, actor: Actor, refund_id: str, at: dt.datetime, counted: bool = True) -> None:
    """Try a refund again later, with a growing pause (2 s to 10 min); after 12 tries it is failed and a person decides.

    With `counted=False` (the provider has sent the money, only our books wait) it is tried for ever.
    """
    row = Refund.objects.select_for_update().filter(public_id=refund_id, state="requested").first()
    if row is None:
        return
    row.tries += counted
    row.due_at = at + dt.timedelta(seconds=min(600, 2 ** max(1, row.tries)))
    row.state = "failed" if row.tries >= REFUND_TRIES else "requested"
    row.save(update_fields=["tries", "due_at", "state"])
