"""Tables of payments. Triggers (migration 0002) keep refunds within captures and both from being rewritten."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q

from entrepot.infra.fields import CurrencyField, EncryptedTextField, MinorField, PublicIdField

STATES = ["started", "pending", "action_needed", "accepted", "captured", "failed", "cancelled", "expired"]
OPEN_STATES = ["started", "pending", "action_needed"]


class Attempt(models.Model):
    """One try to pay an order. Its state only moves forward (`engine.states`)."""

    public_id = PublicIdField()
    order_id = models.UUIDField(db_index=True)
    store = models.ForeignKey("organisation.Store", to_field="public_id", on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    method = models.CharField(max_length=20)
    provider = models.CharField(max_length=20)
    amount_minor = MinorField()
    currency = CurrencyField()
    state = models.CharField(max_length=13, default="started")
    reference = models.CharField(max_length=120, blank=True, default="")
    next_action = models.JSONField(default=dict)
    refusal = models.CharField(max_length=40, blank=True, default="")
    mismatch = models.BooleanField(default=False)
    return_url = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    credit = models.ForeignKey("StoreCredit", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="attempt_state"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="attempt_amount"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state__in=OPEN_STATES), name="attempt_open"),
            models.Index(fields=["reference"], name="attempt_reference"),
            models.Index(fields=["order_id"], condition=Q(state="accepted"), name="attempt_accepted"),
        ]


class Capture(models.Model):
    """Money that came in: at most once per attempt and parcel. `refunded_minor` is kept by a trigger on refunds."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=40, blank=True, default="", db_default="")
    amount_minor = MinorField()
    currency = CurrencyField()
    refunded_minor = MinorField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="capture_amount"),
            models.UniqueConstraint(fields=["attempt", "part"], name="capture_once"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="refunds_within_capture",
            ),
        ]


class Refund(models.Model):
    """Money going back of a capture. `key` makes the request once-only when the caller gives one."""

    public_id = PublicIdField()
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="+")
    amount_minor = MinorField()
    state = models.CharField(max_length=10, default="requested")
    reason = models.CharField(max_length=200, blank=True, default="")
    tender = models.CharField(max_length=16, default="original", db_default="original")
    credit = models.ForeignKey("StoreCredit", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 null keeps many keyless rows apart
    actor = models.CharField(max_length=60)
    tries = models.IntegerField(default=0)
    requested_at = models.DateTimeField(db_default=TransactionNow())
    due_at = models.DateTimeField(null=True)  # null: at once; else the house's time, which may be a demo's
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount"),
            models.CheckConstraint(condition=Q(state__in=["requested", "done", "failed"]), name="refund_state"),
            models.CheckConstraint(
                condition=Q(tender__in=["original", "store_credit", "bank_transfer"]), name="refund_tender"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="requested"), name="refund_due")]


class Collection(models.Model):
    """What became of the cash of a parcel at the door. Its state moves collected → remitted, or refused."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=40)
    amount_minor = MinorField()
    state = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "part"], name="collection_once"),
            models.CheckConstraint(
                condition=Q(state__in=["collected", "refused", "remitted"]), name="collection_state"
            ),
        ]


class StoreCredit(models.Model):
    """What the shop owes a buyer in goods: a tender, never a discount. Whoever holds the code may spend it.

    The code is sealed, and found by a keyed hash. `balance_minor` is locked by whoever moves it and is the sum of the moves.
    """

    public_id = PublicIdField()
    store = models.ForeignKey("organisation.Store", to_field="public_id", on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    code = EncryptedTextField(personal="payment", retention="10 years: evidence of a payment")
    code_index = models.CharField(max_length=64, unique=True)
    currency = CurrencyField()
    issued_minor = MinorField()
    balance_minor = MinorField()
    order_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(balance_minor__gte=0, balance_minor__lte=F("issued_minor")), name="credit_within_issue"
            )
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(balance_minor__gt=0), name="credit_expiry"),
            models.Index(fields=["order_id"], name="credit_order"),
        ]


class StoreCreditMove(models.Model):
    """A movement of a store credit, for ever; `key` makes it once-only."""

    append_only = True

    credit = models.ForeignKey(StoreCredit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    amount_minor = MinorField()
    order_id = models.UUIDField(null=True)
    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["issue", "hold", "back", "expire"]), name="credit_move_kind")
        ]


class ProviderMessage(models.Model):
    """What a provider sent, as it came, once per (provider, event id); `outcome` says what was made of it."""

    public_id = PublicIdField()
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    reference = models.CharField(max_length=120, blank=True, default="")
    attempt_id = models.CharField(max_length=40, blank=True, default="")
    outcome = models.CharField(max_length=10, default="stored")
    body = EncryptedTextField(personal="payment", retention="10 years: evidence of a payment")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="message_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["stored", "applied", "stale", "mismatch", "unmatched"]), name="message_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at"], condition=Q(outcome="unmatched"), name="message_unmatched"),
            models.Index(fields=["attempt_id"], name="message_attempt"),
        ]
