"""Tables of carriers' and brokers' bills, and of the reserves that were decided from them."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q

from entrepot.infra.fields import CurrencyField, MinorField, PublicIdField

KINDS = ["freight", "duty", "import_tax", "customs_fee", "surcharge", "storage", "other"]


class CarrierBillLine(models.Model):
    """A line of a bill. What the bill says never changes; its state and its match do.

    Unmatched, then posted (matched, compared and in the books), then perhaps withdrawn (its entries are reversed).
    """

    public_id = PublicIdField()
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    carrier = models.CharField(max_length=40)
    bill_number = models.CharField(max_length=60)
    line = models.IntegerField()
    bill_date = models.DateField()
    reference = models.CharField(max_length=80, help_text="tracking or shipment number, as billed")
    kind = models.CharField(max_length=12)
    amount_minor = MinorField()
    currency = CurrencyField()
    lane = models.CharField(max_length=80, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    imported_at = models.DateTimeField(db_default=TransactionNow())

    state = models.CharField(max_length=10, default="unmatched")
    problem = models.CharField(max_length=40, blank=True, default="")
    problem_words = models.CharField(max_length=300, blank=True, default="")
    order_id = models.UUIDField(null=True)
    order_number = models.CharField(max_length=20, blank=True, default="")
    consignment_ref = models.CharField(max_length=40, blank=True, default="")
    how = models.CharField(max_length=10, blank=True, default="")
    dispatch_country = models.CharField(max_length=2, blank=True, default="")
    destination_country = models.CharField(max_length=2, blank=True, default="")
    service = models.CharField(max_length=40, blank=True, default="")
    order_currency = CurrencyField(blank=True, default="")
    quoted_minor = MinorField(default=0)
    billed_minor = MinorField(default=0)
    booked_minor = MinorField(default=0)
    accrued_minor = MinorField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "carrier", "bill_number", "line"], name="bill_line_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="bill_line_kind"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="bill_line_amount"),
            models.CheckConstraint(
                condition=Q(state="unmatched", order_id=None)
                | Q(state="posted", order_id__isnull=False)
                | Q(state="withdrawn"),
                name="bill_line_state",
            ),
        ]
        indexes = [
            models.Index(fields=["order_id", "consignment_ref"], name="bill_line_order"),
            models.Index(fields=["state", "-id"], name="bill_line_state_ix"),
            models.Index(fields=["bill_date"], name="bill_line_day"),
        ]


class RiskReserve(models.Model):
    """What a person decided to ask more on a lane, from a day on, and what was proposed to him."""

    append_only = True

    public_id = PublicIdField()
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    dispatch_country = models.CharField(max_length=2)
    destination_country = models.CharField(max_length=2)
    service = models.CharField(max_length=40)
    group = models.CharField(max_length=10)
    ppm = models.IntegerField()
    from_date = models.DateField()
    proposed_ppm = models.IntegerField()
    consignments = models.IntegerField()
    decided_by = models.CharField(max_length=60)
    decided_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ppm__gt=0, ppm__lte=1_000_000), name="risk_reserve_ppm"),
            models.UniqueConstraint(
                fields=["entity", "dispatch_country", "destination_country", "service", "group", "from_date"],
                name="risk_reserve_once",
            ),
        ]
