"""Tables of inventory. The checks here are the last line of defence: the database itself refuses to oversell."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q

from entrepot.infra.fields import PublicIdField

WAREHOUSE_KINDS = ["domestic", "bonded", "overseas", "third_party"]
LIVE_STATES = ["held", "allocated"]


class Warehouse(models.Model):
    """A place that holds stock; `entity` owns what lies there unless a stock row says otherwise."""

    public_id = PublicIdField()
    code = models.CharField(max_length=20, unique=True)
    entity = models.ForeignKey("organisation.LegalEntity", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in WAREHOUSE_KINDS])
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=50)
    cutoff = models.CharField(max_length=5, default="15:00")
    address = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=WAREHOUSE_KINDS), name="warehouse_kind"),
            models.CheckConstraint(condition=Q(cutoff__regex=r"^[0-2]\d:[0-5]\d$"), name="warehouse_cutoff"),
        ]


class Stock(models.Model):
    """Units of a SKU in a warehouse that belong to an entity. Only services of this domain change a row."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80)
    entity = models.ForeignKey("organisation.LegalEntity", on_delete=models.PROTECT, related_name="+")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse", "entity"], name="stock_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("reserved")), name="stock_never_oversold"),
        ]


class Reservation(models.Model):
    """Units of a stock row kept for an order: held (with an expiry), then allocated, at last consumed or released."""

    order_id = models.UUIDField()
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    consumed = models.IntegerField(default=0)
    state = models.CharField(max_length=10, default="held")
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id", "stock"], condition=Q(state__in=LIVE_STATES), name="reservation_live_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_quantity"),
            models.CheckConstraint(
                condition=Q(consumed__gte=0, consumed__lte=F("quantity")), name="reservation_consumed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*LIVE_STATES, "released", "consumed"]), name="reservation_state"
            ),
        ]
        indexes = [
            models.Index(fields=["order_id"], name="reservation_order"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="reservation_expiry"),
        ]


class Movement(models.Model):
    """A change of `on_hand`, for ever (a trigger refuses update and delete). A reference is received once per row."""

    append_only = True

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    quantity = models.IntegerField()
    reference = models.CharField(max_length=120)
    actor = models.CharField(max_length=60, default="system:system")
    at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["receive", "consume", "adjust"]), name="movement_kind"),
            models.UniqueConstraint(
                fields=["stock", "reference"], condition=Q(kind="receive"), name="movement_received_once"
            ),
        ]
        indexes = [models.Index(fields=["stock", "-at"], name="movement_stock")]
