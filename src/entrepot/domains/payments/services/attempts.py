"""Attempts: opened, moved forward by what the provider says, expired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from entrepot.domains.payments import queries
from entrepot.domains.payments.engine.states import LOST, OPEN, verdict
from entrepot.domains.payments.errors import AmountNotPayable, MethodNotOffered
from entrepot.domains.payments.events import PaymentAccepted, PaymentCaptured, PaymentFailed, PaymentMismatched
from entrepot.domains.payments.models import Attempt
from entrepot.domains.payments.types import AppliedState, AttemptView, CaptureView, ProviderState
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound


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
    with_credit: bool = False,
) -> AttemptView:
    """Write a new attempt in state started; no provider is called. One statement.

    `expires_at` is `at` plus the time one try may take, but at most `pay_by`: the goods are held no longer.
    `flows.pay.start_attempt` calls the provider once this is committed.

    Raises:
        AmountNotPayable: the amount is not above zero.
        MethodNotOffered: unknown, or not for this market, currency or amount, or not beside store credit (`with_credit`).
    """
    if amount_minor <= 0:
        raise AmountNotPayable(amount=amount_minor, field="amount", value=amount_minor, rule="")
    chosen = {
        m.code: m
        for m in queries.methods(
            market=market, currency=currency, amount_minor=amount_minor, on=at.date(), with_credit=with_credit
        )
    }.get(method)
    if chosen is None:
        raise MethodNotOffered(method=method, field="method", value=method, rule="")
    ends = at + dt.timedelta(seconds=chosen.pay_s)
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
    db.insert(row)
    return queries.attempt_view(row)


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
    promised = outcome == "applied" and said.status == "accepted"
    return AppliedState(outcome, now, _captured(now, said, at) if came_in else None, promised)


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
    elif row.state == "accepted":
        promised = PaymentAccepted(
            attempt_id=attempt_id, order_id=order_id, amount_minor=row.amount_minor, currency=row.currency
        )
        publish(promised, aggregate=f"order:{order_id}")
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
