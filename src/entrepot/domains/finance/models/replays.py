"""Table of replays that a person asked for in the console and the worker does."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from entrepot.infra.fields import PublicIdField


class ReplayRun(models.Model):
    """A replay of a period under other rules: asked for, then done by the worker; its CSV is a stored file."""

    public_id = PublicIdField()
    since = models.DateField()
    until = models.DateField()
    rules_on = models.DateField(null=True)
    market = models.CharField(max_length=20, blank=True, default="")
    of_quotes = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default="asked")
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    report = models.JSONField(default=dict)
    document = models.CharField(max_length=64, blank=True, default="")
    fault = models.CharField(max_length=500, blank=True, default="")
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["asked", "done", "failed"]), name="replay_run_state")
        ]
        indexes = [models.Index(fields=["state", "id"], name="replay_run_state_ix")]
