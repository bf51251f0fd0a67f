"""Tables of logistics: rate cards, parcels, what carriers said of them."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q

from entrepot.infra.fields import CurrencyField, PublicIdField


class Lane(models.Model):
    """A service from a country to a country with its price steps, in force from `start` until before `end`."""

    service = models.CharField(max_length=40)
    carrier = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    grade = models.CharField(max_length=20)
    incoterm = models.CharField(max_length=3, default="DDP")
    origin_country = models.CharField(max_length=2)
    destination_country = models.CharField(max_length=2)
    currency = CurrencyField()
    steps = models.JSONField(help_text="[[up to and including g, amount in minor units], …] ascending")
    volumetric_divisor = models.IntegerField(default=5000, help_text="cm³ that count as one kg")
    handling_days = models.IntegerField(default=1)
    transit_min_days = models.IntegerField()
    transit_max_days = models.IntegerField()
    customs_days = models.IntegerField(default=0)
    max_mass_g = models.IntegerField()
    start = models.DateField()
    end = models.DateField(null=True)
    source = models.CharField(max_length=200)
    mode = models.CharField(max_length=10, default="courier", db_default="courier")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=("courier", "post", "air", "sea", "road")), name="lane_mode_known"
            ),
            models.UniqueConstraint(
                fields=["destination_country", "origin_country", "service", "start"], name="lane_once"
            ),
            models.CheckConstraint(condition=Q(transit_max_days__gte=models.F("transit_min_days")), name="lane_days"),
        ]


class Parcel(models.Model):
    """A booked parcel: `package` of a shipment (1 unless it was packed in several). A voided one makes room for another."""

    public_id = PublicIdField()
    shipment_id = models.UUIDField(db_index=True)
    package = models.IntegerField(default=1, db_default=1)
    order_id = models.UUIDField(db_index=True)
    carrier = models.CharField(max_length=40)
    service = models.CharField(max_length=40)
    tracking_number = models.CharField(max_length=60)
    state = models.CharField(max_length=20, default="booked")
    label_document = models.CharField(max_length=64, blank=True, default="")
    proof_document = models.CharField(max_length=64, blank=True, default="")
    booked_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier", "tracking_number"], name="parcel_tracking_once"),
            models.UniqueConstraint(
                fields=["shipment_id", "package"], condition=~Q(state="voided"), name="parcel_package_once"
            ),
        ]


class TrackingEvent(models.Model):
    """What a carrier said of a parcel, as it came; an event id counts once per carrier."""

    append_only = True

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=40)
    event_id = models.CharField(max_length=100)
    code = models.CharField(max_length=20)
    at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True, default="")
    words = models.CharField(max_length=300, blank=True, default="")
    received_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "event_id"], name="tracking_event_once")]
        indexes = [models.Index(fields=["parcel", "at"], name="tracking_parcel")]


class NumberRange(models.Model):
    """Item numbers a postal operator has given us: UPU S10 serials of a service indicator, drawn from `next` on."""

    carrier = models.CharField(max_length=40)
    origin_country = models.CharField(max_length=2)
    indicator = models.CharField(max_length=2)
    up_to_g = models.IntegerField(help_text="the heaviest item that takes a number of this range")
    first = models.IntegerField()
    last = models.IntegerField()
    next = models.IntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier", "origin_country", "indicator"], name="number_range_once"),
            models.CheckConstraint(
                condition=Q(first__gte=0, last__lte=99_999_999, next__gte=models.F("first")), name="number_range_eight"
            ),
            models.CheckConstraint(condition=Q(next__lte=models.F("last") + 1), name="number_range_end"),
        ]


class DrawnNumber(models.Model):
    """An item number drawn for a booking; a key draws once."""

    append_only = True

    carrier = models.CharField(max_length=40)
    key = models.CharField(max_length=60, unique=True)
    number = models.CharField(max_length=13, unique=True)
    drawn_at = models.DateTimeField(db_default=TransactionNow())
