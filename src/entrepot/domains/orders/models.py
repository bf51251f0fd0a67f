"""Tables of orders: the base, its lines, its changes, its timeline. All but the base's state only grow."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from entrepot.infra.fields import CurrencyField, EncryptedTextField, MinorField, PublicIdField

_KEPT = "10 years after the order (tax and customs records)"


class Order(models.Model):
    """What was sold, as quoted. `state` moves along engine.states; everything else stays as placed."""

    public_id = PublicIdField()
    number = models.CharField(
        max_length=20,
        unique=True,
        db_default=Func(Value("E-"), Func(Value("orders_number"), function="nextval"), function="concat"),
    )
    quote_id = models.UUIDField(unique=True)
    cart_id = models.UUIDField(null=True)
    store = models.ForeignKey("organisation.Store", to_field="public_id", on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    buyer = models.ForeignKey("parties.Buyer", to_field="public_id", on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(
        "parties.Address", to_field="public_id", on_delete=models.PROTECT, related_name="+", db_column="address_id"
    )
    market = models.CharField(max_length=20)
    locale = models.CharField(max_length=20)
    currency = CurrencyField()
    state = models.CharField(max_length=12, default="placed")
    placed_total_minor = MinorField()
    consignments = models.IntegerField()
    email = EncryptedTextField(personal="e-mail", retention=_KEPT)
    email_index = models.CharField(max_length=64)
    # A keyed hash of where an unpaid order came from, to cap what one caller holds; emptied once nothing is held for it.
    network_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    buyer_name = EncryptedTextField(personal="name", retention=_KEPT)
    # Keyed hashes of the parts of the name, to find an order by; null: not made yet (an order from before there were any).
    name_index = ArrayField(models.CharField(max_length=24), null=True)
    address_data = EncryptedTextField(personal="address", retention=_KEPT)
    quote = models.TextField()  # JSON as it was frozen: read whole or not at all, so nobody need take it apart
    hold_until = models.DateTimeField()
    placed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["email_index"], name="order_email"),
            models.Index(fields=["cart_id"], condition=Q(state="placed"), name="order_open_cart"),
            models.Index(fields=["network_index"], condition=Q(state="placed"), name="order_open_network"),
            models.Index(fields=["hold_until"], condition=Q(state="placed"), name="order_due"),
            models.Index(fields=["state", "-id"], name="order_by_state"),
            GinIndex(fields=["name_index"], name="order_by_name"),
            models.Index(fields=["id"], condition=Q(name_index=None), name="order_name_to_index"),
            # Rows lie in the order of time: a summary of blocks finds the days and costs an insert next to nothing.
            BrinIndex(fields=["placed_at"], name="order_by_day", autosummarize=True),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["placed", "confirmed", "shipped", "delivered", "refused", "cancelled", "expired"]
                ),
                name="order_state",
            ),
            models.CheckConstraint(condition=Q(hold_until__gt=F("placed_at")), name="order_hold"),
        ]


class OrderLine(models.Model):
    """A line as sold (kind goods), or the freight of a consignment (kind freight). Never updated."""

    append_only = True

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    ref = models.CharField(max_length=40)
    consignment_ref = models.CharField(max_length=40)
    warehouse = models.CharField(max_length=40)
    sku = models.CharField(max_length=100, blank=True, default="")
    quantity = models.IntegerField()
    goods_minor = MinorField()
    duty_minor = MinorField()
    fee_minor = MinorField()
    tax_minor = MinorField()
    gross_minor = MinorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind", "ref"], name="order_line_once")]


class OrderChange(models.Model):
    """A typed change of an order. `amount_minor` is signed: what the buyer owes less is negative.

    kind: cancel, release (goods that have not left), return (goods are expected back), goodwill (nothing comes back), refused
    (a parcel was refused at the door).
    """

    append_only = True

    public_id = PublicIdField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    reason = models.CharField(max_length=200)
    amount_minor = MinorField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60)
    at = models.DateTimeField()


class OrderChangeLine(models.Model):
    """What a change does to a line: signed quantity and amounts by share. A trigger refuses what takes a line below zero.

    `stage`: whether its consignment had left (earned) or not (deferred), for the books.
    """

    append_only = True

    change = models.ForeignKey(OrderChange, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    amount_minor = MinorField()
    goods_minor = MinorField(default=0, db_default=0)
    duty_minor = MinorField(default=0, db_default=0)
    fee_minor = MinorField(default=0, db_default=0)
    tax_minor = MinorField(default=0, db_default=0)
    stage = models.CharField(max_length=8, default="deferred", db_default="deferred")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "line"], name="change_line_once")]


class TimelineEntry(models.Model):
    """What happened to an order, and who did it."""

    append_only = True

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    for_buyer = models.BooleanField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="timeline_order")]
