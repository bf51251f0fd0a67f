"""Start an attempt at its provider: call outside any transaction, then record the answer in one."""

from __future__ import annotations

import datetime as dt

import structlog

from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.errors import ProviderRefuses, ProviderSilent
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import AttemptView, ProviderState, StartRequest
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import NotFound

log = structlog.get_logger(__name__)


def start_attempt(
    attempt_id: str, at: dt.datetime, *, actor: Actor = SYSTEM, opened: AttemptView | None = None, number: str = ""
) -> AttemptView:
    """Ask the provider to collect an attempt, record its answer, and return the attempt with its next action.

    Call it outside any transaction, once the attempt is committed. Harmless when repeated: the attempt's id is the
    provider's idempotency key, and an attempt that is past `started` is returned as it is.
    When the provider does not answer, the attempt stays started; `settle_started_attempts` asks for it later.

    Args:
        opened: the attempt as it was opened a moment ago, so that it need not be read again; its state is held against the
            stored one when the answer is recorded.
        number: that of its order, if it is known.
    """
    attempt = opened or payments.attempt(attempt_id=attempt_id)
    if attempt.state != "started":
        return attempt
    crash_point("pay.attempt_started")
    try:
        answer = PROVIDERS.get(attempt.provider).start(_request(attempt, number))
    except ProviderSilent as silent:
        log.warning("provider_silent", attempt=attempt_id, provider=attempt.provider, cause=repr(silent.__cause__))
        return attempt
    except ProviderRefuses as refused:
        log.error("provider_refuses", attempt=attempt_id, words=refused.message())
        answer = ProviderState(attempt.reference, "failed", attempt.amount_minor, attempt.currency, refusal="refused")
    crash_point("pay.provider_answered")
    with db.transaction():
        return apply_answer(attempt_id, answer, at, known=attempt).attempt


def _request(attempt: AttemptView, number: str) -> StartRequest:
    return StartRequest(
        attempt_id=attempt.id,
        method=attempt.method,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        return_url=attempt.return_url.replace("{token}", orders.access_token(order_id=attempt.order_id)),
        description=number or _number(attempt.order_id),
        expires_at=attempt.expires_at,
    )


def _number(order_id: str) -> str:
    try:
        return orders.brief(order_id=order_id).number
    except NotFound:
        return order_id
