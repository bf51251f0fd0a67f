"""Tables of the catalogue. Staging tables of an import are temporary and stand in `staging`."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.db import models

from entrepot.domains.catalogue.types import LABEL_KINDS
from entrepot.infra.fields import PublicIdField


class Category(models.Model):
    """A shelf. `names` and `descriptions` are language tag → text; `kind` names the picture drawn for goods without one."""

    slug = models.SlugField(max_length=80, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField(default=0)
    names = models.JSONField(default=dict)
    descriptions = models.JSONField(default=dict)
    tile = models.CharField(max_length=10, default="stone")
    kind = models.CharField(max_length=40, blank=True, default="")


class Product(models.Model):
    """What is sold, without its texts. `pictures` are URL paths, the first is the one in grids."""

    public_id = PublicIdField()
    handle = models.CharField(max_length=120, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    brand = models.CharField(max_length=120, blank=True, default="")
    tile = models.CharField(max_length=10, blank=True, default="")
    tax_category = models.CharField(max_length=40, default="standard")
    pictures = ArrayField(models.CharField(max_length=120), default=list)
    source = models.CharField(max_length=40, blank=True, default="", help_text="the form of file it came from")
    created_at = models.DateTimeField(db_default=TransactionNow())
    changed_at = models.DateTimeField(db_default=TransactionNow())


class ProductText(models.Model):
    """The words of a product in one language, with where they come from and whether a person has read them.

    `attributes` is a list of [name, value]: an object in jsonb would lose the order its writer gave it.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    maker_place = models.CharField(max_length=120, blank=True, default="")
    option_name = models.CharField(max_length=80, blank=True, default="")
    attributes = models.JSONField(default=dict)
    provenance = models.CharField(max_length=20, default="written", help_text="written, imported or machine")
    written_by = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="kind:id of an actor; empty for an import"
    )
    reviewed = models.BooleanField(default=True)
    reviewed_by = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="kind:id of an actor"
    )
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "language"], name="product_text_once"),
            models.CheckConstraint(condition=~models.Q(title=""), name="product_text_has_title"),
        ]


class Variant(models.Model):
    """A SKU with what customs and carriers ask. `options` is language tag → text; `assumed` names unconfirmed customs data."""

    public_id = PublicIdField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80, unique=True)
    position = models.IntegerField(default=0)
    options = models.JSONField(default=dict)
    barcode = models.CharField(max_length=14, blank=True, default="")
    picture = models.CharField(max_length=120, blank=True, default="")
    hs_code = models.CharField(max_length=10)
    origin = models.CharField(max_length=2)
    mass_g = models.IntegerField()
    length_mm = models.IntegerField()
    width_mm = models.IntegerField()
    height_mm = models.IntegerField()
    customs_description = models.CharField(max_length=200)
    assumed = ArrayField(models.CharField(max_length=24), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hs_code__regex=r"^\d{6}(\d{2}){0,2}$"), name="variant_hs_digits"),
            models.CheckConstraint(condition=models.Q(origin__regex=r"^[A-Z]{2}$"), name="variant_origin_iso"),
            models.CheckConstraint(
                condition=models.Q(mass_g__gt=0, length_mm__gt=0, width_mm__gt=0, height_mm__gt=0),
                name="variant_measured",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "position"], name="variant_order"),
            models.Index(fields=["sku"], name="variant_to_confirm", condition=~models.Q(assumed=[])),
        ]


class LabelLine(models.Model):
    """A line of a product's label in a language, for one market (by its code) or, with "", for every one.

    Lines of a kind that a market has of its own stand in place of the general ones.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    position = models.IntegerField(default=0)
    words = models.CharField(max_length=500)
    source = models.CharField(max_length=200, blank=True, default="", help_text="the rule that asks for the line")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "market", "language", "kind", "position"], name="label_line_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=LABEL_KINDS), name="label_line_kind"),
            models.CheckConstraint(condition=~models.Q(words=""), name="label_line_has_words"),
        ]


class Publication(models.Model):
    """A product that may be offered in a market (by the market's code)."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=12)
    since = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["market", "product"], name="publication_once")]


class FileImport(models.Model):
    """A catalogue file that a person sent: previewed by the worker, confirmed by the person, then brought in by the worker."""

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    document = models.CharField(max_length=64)
    settings = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="sent")
    report = models.JSONField(default=dict)
    errors = models.CharField(max_length=64, blank=True, default="", help_text="the file of refused rows")
    fault = models.CharField(max_length=500, blank=True, default="")
    sent_by = models.CharField(max_length=60)
    sent_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["sent", "previewed", "confirmed", "done", "failed"]),
                name="file_import_state",
            )
        ]
        indexes = [models.Index(fields=["state", "id"], name="file_import_state_ix")]
