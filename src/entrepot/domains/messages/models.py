"""Tables of messages."""

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
