"""Tables of checkout."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from entrepot.infra.fields import CurrencyField, MinorField, PublicIdField


class Cart(models.Model):
    """What a visitor thinks of buying. `version` grows with every change, so that a stale page can be told."""

    public_id = PublicIdField()
    store = models.ForeignKey("organisation.Store", to_field="public_id", on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=20)
    locale = models.CharField(max_length=20)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=TransactionNow())
    updated_at = models.DateTimeField(db_default=TransactionNow(), db_index=True)


class CartItem(models.Model):
    """So many of a SKU in a cart."""

    cart = models.ForeignKey(Cart, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=100)
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "sku"], name="cart_sku_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1, quantity__lte=99), name="cart_quantity"),
        ]


class Quote(models.Model):
    """A frozen landed cost. `body` is the whole FrozenQuote as JSON and never changes; a trigger refuses it.

    `placed_hash` is of what was said when it was placed, so that the same click twice is told from another one.
    """

    public_id = PublicIdField()
    cart = models.ForeignKey(Cart, to_field="public_id", null=True, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey("organisation.Store", to_field="public_id", on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=20)
    currency = CurrencyField()
    total_minor = MinorField()
    body = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    placed_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="quote_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(placed_at=None) | models.Q(placed_at__lt=models.F("expires_at")),
                name="quote_placed_in_time",
            )
        ]
