"""Tables of pricing."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from entrepot.infra.fields import CurrencyField


class PriceList(models.Model):
    """Prices of a store in one currency; its base list is what other currencies are converted from."""

    code = models.SlugField(max_length=40, unique=True)
    store = models.ForeignKey("organisation.Store", on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()
    base = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "currency"], name="price_list_per_currency"),
            models.UniqueConstraint(fields=["store"], condition=models.Q(base=True), name="price_list_one_base"),
        ]


class Price(models.Model):
    """The net price of a SKU from a day on, until the next row of the same list and SKU.

    A period has no stored end, so two can never overlap; `unit_price` null ends a price without a follower.
    """

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80)
    from_date = models.DateField()
    unit_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "sku", "from_date"], name="price_no_overlap"),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="price_not_negative"),
        ]


class PriceLog(models.Model):
    """Every price ever set, when and by whom; only grows (a trigger refuses anything else)."""

    append_only = True

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80)
    from_date = models.DateField()
    unit_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    actor = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        indexes = [models.Index(fields=["sku", "price_list", "recorded_at"], name="price_log_sku")]


class Cost(models.Model):
    """What one unit of a SKU costs the shop itself (purchase and the way to the warehouse), from a day on."""

    store = models.ForeignKey("organisation.Store", on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80)
    from_date = models.DateField()
    currency = CurrencyField()
    unit_cost = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "sku", "from_date"], name="cost_once_a_day"),
            models.CheckConstraint(condition=models.Q(unit_cost__gte=0), name="cost_not_negative"),
        ]
