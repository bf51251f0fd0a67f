"""Tables of messages."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from entrepot.infra.fields import EncryptedTextField, PublicIdField


class Message(models.Model):
    """A mail to one person, rendered when it was queued, so that a repeat says the same.

    `key` makes it once-only; `due_at` null means at once; while a sender holds it, `due_at` is the end of the lease.
    """

    public_id = PublicIdField()
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=100, blank=True, default="")
    language = models.CharField(max_length=12)
    recipient = EncryptedTextField(personal="e-mail", retention="2 years: proof of what was said to the buyer")
    name = EncryptedTextField(personal="name", retention="2 years: proof of what was said to the buyer")
    subject = models.CharField(max_length=200)
    text = EncryptedTextField(personal="order", retention="2 years: proof of what was said to the buyer")
    html = EncryptedTextField(personal="order", retention="2 years: proof of what was said to the buyer")
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, default="queued")
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    queued_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed", "skipped"]), name="message_state_known"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="queued"), name="message_due"),
            models.Index(fields=["about", "id"], name="message_about"),
            models.Index(fields=["id"], condition=models.Q(state="failed"), name="message_failed"),
        ]


class WebhookEndpoint(models.Model):
    """Where another program hears of events. It signs with `secret`, and with `secret_before` until that ends.

    `failing_since` is the moment of the first failure after the last success. A removed one stays for its log.
    """

    public_id = PublicIdField()
    url = models.CharField(max_length=500)
    topics = ArrayField(models.CharField(max_length=100))
    secret = EncryptedTextField(personal="none: a signing secret", retention="while the endpoint is there")
    secret_before = EncryptedTextField(personal="none: a signing secret", retention="a day after it was replaced")
    secret_before_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="active")
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "paused", "removed"]), name="webhook_state_known"
            )
        ]


class WebhookDelivery(models.Model):
    """An event for one endpoint: the text that is sent, and what came of the last try."""

    public_id = PublicIdField()
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="+")
    event_id = models.UUIDField()
    topic = models.CharField(max_length=100)
    body = models.TextField()
    state = models.CharField(max_length=10, default="queued")
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    answer_status = models.IntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_event_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed"]), name="webhook_delivery_state"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="queued"), name="webhook_due"),
            models.Index(fields=["endpoint", "-id"], name="webhook_log"),
        ]
