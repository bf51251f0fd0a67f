"""Tables of the plumbing: the outbox, its deliveries, counts of callers, kept answers, runs of the schedule."""

from django.contrib.postgres.functions import TransactionNow
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from entrepot.infra.fields import EncryptedTextField, PublicIdField


class OutboxEvent(models.Model):
    """A published fact; written in the transaction of what it tells of."""

    topic = models.CharField(max_length=100)
    aggregate = models.CharField(max_length=100)
    payload = models.JSONField()
    request_id = models.CharField(max_length=64, blank=True, default="")
    published_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        indexes = [
            models.Index(fields=["aggregate", "id"]),
            BrinIndex(fields=["published_at"], name="event_age"),  # for forgetting the oldest; next to no cost to keep
        ]


class OutboxDelivery(models.Model):
    """An event that a subscriber has not yet taken. Deleted when done; `held` after its last attempt."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="+")
    subscriber = models.CharField(max_length=100)
    aggregate = models.CharField(max_length=100)
    attempts = models.IntegerField(default=0)
    held = models.BooleanField(default=False)
    due_at = models.DateTimeField(db_default=TransactionNow())
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once")]
        indexes = [
            models.Index(fields=["subscriber", "aggregate", "event"], name="delivery_order"),
            models.Index(fields=["due_at"], condition=models.Q(held=False), name="delivery_due"),
        ]


class Throttle(models.Model):
    """How often a caller knocked at a door since a moment (infra.throttle), by a keyed hash of both."""

    subject = models.CharField(max_length=64, primary_key=True)
    opened_at = models.DateTimeField()
    knocks = models.IntegerField()


class ScheduleRun(models.Model):
    """When a scheduled flow last began and ended; the row is also what two workers contend for."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")


class KeptAnswer(models.Model):
    """The answer to a request that carried an idempotency key (infra.idempotency); `status` null: not answered yet."""

    public_id = PublicIdField()
    caller = models.CharField(max_length=64)
    key_hash = models.CharField(max_length=64)
    input_hash = models.CharField(max_length=64)
    started_at = models.DateTimeField(db_index=True)
    status = models.IntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = EncryptedTextField(personal="order", retention="1 day: the same answer to the same request")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key_hash"], name="answer_once")]
