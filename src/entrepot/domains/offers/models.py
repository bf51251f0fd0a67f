"""Tables of offers: all of them can be rebuilt from the facts at any time."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from entrepot.infra.fields import CurrencyField, MinorField

BANDS = ("in_stock", "few", "sold_out")


class OfferRow(models.Model):
    """A product in a market: its cheapest variant, for grids. `hidden_because` is a reason code where it cannot be sold.

    `shelf_path` is the way to its shelf, `kitchen/tea/`; bytewise order makes "this shelf and below" a range.
    """

    market = models.CharField(max_length=12)
    product_id = models.UUIDField()
    handle = models.CharField(max_length=120)
    shelf_path = models.CharField(max_length=200, db_collation="C")
    brand = models.CharField(max_length=120, blank=True, default="")
    picture = models.CharField(max_length=120, blank=True, default="")
    tile = models.CharField(max_length=10)
    sku = models.CharField(max_length=80)
    price_minor = MinorField()
    from_price = models.BooleanField(default=False)
    currency = CurrencyField()
    band = models.CharField(max_length=10)
    units_left = models.SmallIntegerField(default=0)
    ships_from = models.CharField(max_length=2)
    arrives_first = models.DateField()
    arrives_last = models.DateField()
    hidden_because = models.CharField(max_length=40, blank=True, default="")
    sold_out = models.GeneratedField(
        expression=models.Case(models.When(band="sold_out", then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "product_id"], name="offer_once"),
            models.CheckConstraint(condition=models.Q(band__in=BANDS), name="offer_band_known"),
            models.CheckConstraint(condition=models.Q(price_minor__gte=0), name="offer_price_not_negative"),
        ]
        indexes = [
            # Facets are counted from this index alone.
            models.Index(
                fields=["market", "shelf_path"],
                include=[
                    "product_id",
                    "arrives_last",
                    "ships_from",
                    "price_minor",
                    "brand",
                    "sold_out",
                    "hidden_because",
                ],
                name="offer_shelf",
            ),
            models.Index(fields=["market", "sold_out", "arrives_last", "id"], name="offer_arrival"),
            models.Index(fields=["market", "sold_out", "price_minor", "id"], name="offer_price"),
            models.Index(fields=["market", "handle"], name="offer_handle"),
        ]


class VariantOffer(models.Model):
    """A SKU in a market: the price of one unit, its parts with their rules, and where and when it comes."""

    market = models.CharField(max_length=12)
    sku = models.CharField(max_length=80)
    product_id = models.UUIDField()
    price_minor = MinorField()
    goods_minor = MinorField()
    duty_minor = MinorField()
    fee_minor = MinorField()
    tax_minor = MinorField()
    currency = CurrencyField()
    band = models.CharField(max_length=10)
    units_left = models.SmallIntegerField(default=0)
    ships_from = models.CharField(max_length=2)
    warehouse = models.CharField(max_length=20)
    service = models.CharField(max_length=60)
    arrives_first = models.DateField()
    arrives_last = models.DateField()
    delivery_minor = MinorField()
    computed_on = models.DateField()
    good_until = models.DateTimeField(help_text="the next cut-off of the warehouse: then the days move")
    parts = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "sku"], name="variant_offer_once"),
            models.CheckConstraint(condition=models.Q(band__in=BANDS), name="variant_offer_band_known"),
        ]
        indexes = [
            models.Index(fields=["market", "product_id"], name="variant_offer_product"),
            models.Index(fields=["sku"], name="variant_offer_sku"),
            models.Index(fields=["good_until"], name="variant_offer_stale"),
            models.Index(fields=["sku"], name="variant_offer_scarce", condition=~models.Q(band="in_stock")),
        ]


class OfferWords(models.Model):
    """What a card says of a product in a language. `facets` are `name\\x1fvalue` as that language has them."""

    product_id = models.UUIDField()
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    place = models.CharField(max_length=120, blank=True, default="")
    facets = ArrayField(models.CharField(max_length=250), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product_id", "language"], name="offer_words_once")]


class SearchRow(models.Model):
    """The tokens of a product from all its languages, made by our own analyser: one vector, so that any language finds it."""

    product_id = models.UUIDField(unique=True)
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="search_words", fastupdate=False)]
