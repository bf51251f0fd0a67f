"""Writes of messages: mails to people, webhooks to programs."""

from entrepot.domains.messages.services.mails import mark_failed, mark_sent, queue_message, resend, skip, take_due
from entrepot.domains.messages.services.webhooks import (
    change_webhook,
    create_webhook,
    mark_webhooks,
    queue_webhooks,
    remove_webhook,
    resend_webhook,
    rotate_webhook_secret,
    take_due_webhooks,
)

__all__ = [
    "change_webhook",
    "create_webhook",
    "mark_failed",
    "mark_sent",
    "mark_webhooks",
    "queue_message",
    "queue_webhooks",
    "remove_webhook",
    "resend",
    "resend_webhook",
    "rotate_webhook_secret",
    "skip",
    "take_due",
    "take_due_webhooks",
]
