"""Tables of tax records, period returns and their filing. All are appended to; nothing in them ever changes."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q

from entrepot.infra.fields import CurrencyField, MinorField, PublicIdField


class TaxRecord(models.Model):
    """One tax on one part of a sale, or what a correction took from it (`types.tax_records.TaxRecord` says what each means).

    It is written in the transaction that posts the entry of `entry_key`, and once.
    """

    append_only = True

    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    entry_key = models.CharField(max_length=120)
    place = models.IntegerField()
    kind = models.CharField(max_length=12)
    date = models.DateField()
    origin_date = models.DateField()
    document = models.CharField(max_length=120)
    consignment_ref = models.CharField(max_length=40)
    part = models.CharField(max_length=8)
    ref = models.CharField(max_length=40)
    dispatch_country = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=120)
    locality = models.CharField(max_length=20)
    scheme = models.CharField(max_length=40)
    supply = models.CharField(max_length=40)
    customer = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    category = models.CharField(max_length=40)
    rate_ppm = models.IntegerField()
    reason = models.CharField(max_length=40)
    collector = models.CharField(max_length=12)
    account = models.CharField(max_length=40)
    net_minor = MinorField()
    base_minor = MinorField()
    tax_minor = MinorField()
    currency = CurrencyField()
    rule_table = models.CharField(max_length=60)
    rule_key = models.CharField(max_length=120)
    rule_source = models.TextField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry_key", "place"], name="tax_record_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["sale", "change", "cancellation", "marketplace"]), name="tax_record_kind"
            ),
            models.CheckConstraint(
                condition=Q(collector__in=["seller", "carrier", "customs", "marketplace"]), name="tax_record_collector"
            ),
        ]
        indexes = [
            models.Index(fields=["entity", "date"], name="tax_record_day"),
            models.Index(fields=["document"], name="tax_record_document"),
        ]


class TaxReturn(models.Model):
    """A return of a period as it was computed at a moment; computing it anew makes a new version. `content` is frozen."""

    append_only = True

    public_id = PublicIdField()
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    form = models.CharField(max_length=40)
    jurisdiction = models.CharField(max_length=10)
    period = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField(help_text="last day of the period")
    version = models.IntegerField()
    due_date = models.DateField()
    currency = CurrencyField()
    payable_minor = MinorField()
    content = models.JSONField()
    prepared_by = models.CharField(max_length=60)
    prepared_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "form", "jurisdiction", "period", "version"], name="tax_return_version_once"
            ),
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="tax_return_period"),
        ]


class TaxFiling(models.Model):
    """That a person filed a return with its authority: once for a period."""

    append_only = True

    tax_return = models.OneToOneField(TaxReturn, on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    form = models.CharField(max_length=40)
    jurisdiction = models.CharField(max_length=10)
    period = models.CharField(max_length=8)
    filed_on = models.DateField()
    reference = models.CharField(max_length=80)
    filed_by = models.CharField(max_length=60)
    filed_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "form", "jurisdiction", "period"], name="tax_filing_once")
        ]


class FiledRecord(models.Model):
    """Which tax records a filed return holds. What came after it goes into the next one."""

    append_only = True

    filing = models.ForeignKey(TaxFiling, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(TaxRecord, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "filing"], name="filed_record_once")]


class TaxPayment(models.Model):
    """That a filed return was paid, or its refund came."""

    append_only = True

    filing = models.OneToOneField(TaxFiling, on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField()
    reference = models.CharField(max_length=80)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(db_default=TransactionNow())
