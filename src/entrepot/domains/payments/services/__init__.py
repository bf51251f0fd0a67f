"""Writes of payments. What a provider says is stored first, then applied; an attempt only moves forward."""

from entrepot.domains.payments.services.attempts import apply_state, expire_attempts, open_attempt
from entrepot.domains.payments.services.collections import apply_collection, withdraw_promise
from entrepot.domains.payments.services.credit import (
    capture_credit,
    hold_credit,
    issue_credit,
    return_credit,
    top_up_credit,
)
from entrepot.domains.payments.services.messages import mark_message, store_message
from entrepot.domains.payments.services.refunds import (
    LONGEST_PAUSE_S,
    name_credit,
    postpone_refund,
    record_refund,
    request_refund,
    request_refunds,
    retry_refund,
    send_back,
    take_paid,
)

__all__ = [
    "LONGEST_PAUSE_S",
    "apply_collection",
    "apply_state",
    "capture_credit",
    "expire_attempts",
    "hold_credit",
    "issue_credit",
    "mark_message",
    "name_credit",
    "open_attempt",
    "postpone_refund",
    "record_refund",
    "request_refund",
    "request_refunds",
    "retry_refund",
    "return_credit",
    "send_back",
    "store_message",
    "take_paid",
    "top_up_credit",
    "withdraw_promise",
]
