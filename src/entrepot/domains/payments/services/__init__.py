"""Writes of payments. What a provider says is stored first, then applied; an attempt only moves forward."""

from entrepot.domains.payments.services.attempts import apply_state, expire_attempts, open_attempt
from entrepot.domains.payments.services.messages import mark_message, store_message
from entrepot.domains.payments.services.refunds import (
    LONGEST_PAUSE_S,
    postpone_refund,
    record_refund,
    request_refund,
    retry_refund,
    send_back,
)

__all__ = [
    "LONGEST_PAUSE_S",
    "apply_state",
    "expire_attempts",
    "mark_message",
    "open_attempt",
    "postpone_refund",
    "record_refund",
    "request_refund",
    "retry_refund",
    "send_back",
    "store_message",
]
