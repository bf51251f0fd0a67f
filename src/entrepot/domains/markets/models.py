"""Tables of markets."""

from django.db import models
from django.db.models.functions import Now

from entrepot.infra.fields import CurrencyField, PublicIdField


class Market(models.Model):
    """A place we sell to: country, currency, languages, tax display."""

    public_id = PublicIdField()
    code = models.CharField(max_length=10, unique=True)
    country = models.CharField(max_length=2)
    currency = CurrencyField()
    locales = models.JSONField(default=list)
    tax_display = models.CharField(max_length=4)
    time_zone = models.CharField(max_length=50)
    open = models.BooleanField(default=False)
    display_decimals = models.SmallIntegerField(default=2)
    position = models.SmallIntegerField(default=0)
    price_policy = models.CharField(max_length=10, default="same_net", db_default="same_net")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tax_display__in=["incl", "excl"]), name="market_tax_display"),
            models.CheckConstraint(
                condition=models.Q(price_policy__in=["same_net", "same_gross"]), name="market_price_policy"
            ),
        ]


class FxSource(models.Model):
    """Who says what a currency is worth: base currency, how old a rate may be, which source is asked first (lowest)."""

    code = models.CharField(max_length=20, unique=True)
    base = CurrencyField()
    age_limit_days = models.SmallIntegerField()
    priority = models.SmallIntegerField(default=10)
    note = models.CharField(max_length=200, blank=True, default="")


class FxRate(models.Model):
    """Units of a currency per one unit of the source's base, of a day."""

    source = models.ForeignKey(FxSource, on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()
    date = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "currency", "date"], name="fx_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="fx_rate_positive"),
        ]
        indexes = [models.Index(fields=["currency", "source", "-date"], name="fx_rate_latest")]


class NetworkTable(models.Model):
    """Countries of the networks of one family (4 or 6), packed as `engine.networks` reads them; one row, replaced as a whole."""

    family = models.SmallIntegerField(unique=True)
    runs = models.IntegerField()
    packed = models.BinaryField()
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(family__in=[4, 6]), name="network_family")]
