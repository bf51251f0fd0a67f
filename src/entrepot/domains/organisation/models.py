"""Tables of organisation."""

from django.db import models

from entrepot.infra.fields import PublicIdField


class LegalEntity(models.Model):
    """A company that sells, invoices and files returns."""

    public_id = PublicIdField()
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    local_name = models.CharField(max_length=200, blank=True, default="")
    country = models.CharField(max_length=2)
    address = models.JSONField(default=dict)
    tax_ids = models.JSONField(default=dict, help_text="scheme → number, e.g. {'ioss': 'IM…', 'eori': '…'}")
    book_currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=50, default="UTC")


class Store(models.Model):
    """A shop front of an entity."""

    public_id = PublicIdField()
    code = models.SlugField(max_length=40, unique=True)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    base_currency = models.CharField(max_length=3)
    quote_lifetime_s = models.IntegerField(default=1800)
    contact_email = models.EmailField(blank=True, default="")
    contact_phone = models.CharField(max_length=40, blank=True, default="")


class StoreText(models.Model):
    """What a store tells its buyers in its own words, per language: how to send goods back, its terms, its privacy notice."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    text = models.TextField(max_length=20_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "kind", "language"], name="store_text_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["returns", "terms", "privacy"]), name="store_text_kind"
            ),
        ]


class NumberSeries(models.Model):
    """The next gapless number per (entity, kind, year)."""

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    year = models.IntegerField()
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "kind", "year"], name="series_once")]


class FeatureSwitch(models.Model):
    """Whether a named part is on, per store (store null = everywhere)."""

    name = models.CharField(max_length=80)
    store = models.ForeignKey(Store, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "store"], name="switch_once", nulls_distinct=False)]
