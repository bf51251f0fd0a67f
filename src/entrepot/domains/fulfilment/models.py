"""Tables of fulfilment."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q

from entrepot.infra.fields import PublicIdField

STATES = ["to_pick", "picked", "packed", "shipped", "delivered", "refused", "returned", "cancelled"]


class Shipment(models.Model):
    """Goods of one consignment of an order, leaving one warehouse together."""

    public_id = PublicIdField()
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=40)
    consignment_ref = models.CharField(max_length=40)
    warehouse = models.CharField(max_length=20)
    carrier = models.CharField(max_length=40)
    service = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="to_pick")
    mass_g = models.IntegerField(default=0)
    dispatch_by = models.DateTimeField(null=True)
    booking_since = models.DateTimeField(null=True)
    booking_problem = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(db_default=TransactionNow())
    changed_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id", "consignment_ref"], name="shipment_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="shipment_state"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "dispatch_by"], name="shipment_work"),
            models.Index(fields=["booking_since"], condition=Q(state="packed"), name="shipment_booking"),
        ]


class ShipmentItem(models.Model):
    """So many of an order line in a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    line_ref = models.CharField(max_length=40)
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line_ref"], name="shipment_item_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_item_quantity"),
        ]


class ShipmentPackage(models.Model):
    """A box of a packed shipment; `contents` is line ref → units. A shipment in one box may have none of these rows."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    mass_g = models.IntegerField(default=0)
    length_mm = models.IntegerField(default=0)
    width_mm = models.IntegerField(default=0)
    height_mm = models.IntegerField(default=0)
    contents = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "number"], name="shipment_package_once"),
            models.CheckConstraint(condition=Q(number__gt=0, mass_g__gte=0), name="shipment_package_measured"),
        ]
