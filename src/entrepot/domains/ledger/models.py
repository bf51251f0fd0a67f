"""Tables of the ledger. Triggers (migration 0002) refuse what is out of balance and every change of what is posted."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q

from entrepot.infra.fields import CurrencyField, MinorField, PublicIdField

KINDS = ["asset", "liability", "income", "expense"]
SIDES = ["debit", "credit", "any"]


class Account(models.Model):
    """A row of the chart of accounts."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    party = models.BooleanField(default=False)
    side = models.CharField(max_length=6, default="any")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="account_kind"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="account_side"),
        ]


class JournalEntry(models.Model):
    """A movement of money. The entry number is `id`: it grows and may have gaps."""

    append_only = True

    public_id = PublicIdField()
    key = models.CharField(max_length=120, unique=True)
    input_hash = models.CharField(max_length=64)
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    book = models.CharField(max_length=20, default="main")
    date = models.DateField()
    currency = CurrencyField()
    kind = models.CharField(max_length=40)
    document = models.CharField(max_length=80)
    note = models.CharField(max_length=200, blank=True, default="")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=60)
    posted_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        indexes = [
            models.Index(fields=["document"], name="entry_document"),
            models.Index(fields=["entity", "date"], name="entry_day"),
        ]


class Posting(models.Model):
    """One side of an entry: debit positive, credit negative."""

    append_only = True

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=40, blank=True, default="")
    amount_minor = MinorField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="posting_not_zero")]


class PartyBalance(models.Model):
    """The balance of a party account, locked by whoever posts on it; debits less credits.

    A trigger keeps it on its side (a check would also refuse the row that an upsert proposes and never writes).
    """

    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=40)
    currency = CurrencyField()
    side = models.CharField(max_length=6)
    balance_minor = MinorField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "party", "entity", "currency"], name="party_balance_once"),
        ]


class ClosedDay(models.Model):
    """Up to (not including) which day an entity's book is closed; no entry before it is accepted any more."""

    entity = models.OneToOneField(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    before = models.DateField()
    closed_at = models.DateTimeField(db_default=TransactionNow())


class ClosedBalance(models.Model):
    """Sums of an account over the closed days, so that a balance reads the snapshot and the tail."""

    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()
    debit_minor = MinorField()
    credit_minor = MinorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "account", "currency"], name="closed_balance_once")]
