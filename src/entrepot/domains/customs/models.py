"""Tables of customs: tariffs too long for a file in the repository, and what the merchant decides himself.

Limits, fees and fixed duties are reference data (files), not rows.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from entrepot.infra.fields import PublicIdField


class TariffRate(models.Model):
    """An ad valorem duty rate of a code (6 to 10 digits) in a territory, from a day until (not on) another.

    `origin` "" is any (most favoured nation). `added` rows come on top of the base rate (e.g. by origin), under `name`.
    """

    territory = models.CharField(max_length=4)
    code = models.CharField(max_length=10)
    origin = models.CharField(max_length=2, blank=True, default="")
    name = models.CharField(max_length=40, blank=True, default="")
    added = models.BooleanField(default=False)
    rate_ppm = models.IntegerField()
    from_date = models.DateField()
    until = models.DateField(null=True)
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "code", "origin", "name", "added", "from_date"], name="tariff_once"
            ),
            models.CheckConstraint(condition=models.Q(rate_ppm__gte=0), name="tariff_not_negative"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("from_date")), name="tariff_period"
            ),
        ]
        # Which lists of added duties are loaded is asked for every basket; a tariff has thousands of rows that are none.
        indexes = [
            models.Index(fields=["territory", "name"], condition=models.Q(added=True), name="tariff_added_lists")
        ]


class MerchantDuty(models.Model):
    """The merchant's own flat duty for a territory, used where no tariff is known; overrides the reference data's."""

    territory = models.CharField(max_length=4)
    rate_ppm = models.IntegerField()
    from_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "from_date"], name="merchant_duty_once"),
            models.CheckConstraint(condition=models.Q(rate_ppm__gte=0), name="merchant_duty_not_negative"),
        ]


class PreferenceRate(models.Model):
    """A preferential rate of a code in a territory, for goods of the origins of its programmes, from a day until another.

    One row for all programmes of one rate, as a schedule's special column has them.
    """

    territory = models.CharField(max_length=4)
    code = models.CharField(max_length=10)
    rate_ppm = models.IntegerField()
    programmes = ArrayField(models.CharField(max_length=20))
    from_date = models.DateField()
    until = models.DateField(null=True)
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "code", "rate_ppm", "from_date"], name="preference_once"),
            models.CheckConstraint(condition=models.Q(rate_ppm__gte=0), name="preference_not_negative"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("from_date")), name="preference_period"
            ),
        ]


class OriginProof(models.Model):
    """A proof of origin that the merchant says he holds, for goods whose code begins with `code` ("" all), from a day on.

    It is ended, never changed: what was claimed with it must stay told.
    """

    public_id = PublicIdField()
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+", null=True
    )
    territory = models.CharField(max_length=4)
    programme = models.CharField(max_length=20)
    origin = models.CharField(max_length=2)
    code = models.CharField(max_length=10, blank=True, default="")
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    from_date = models.DateField()
    until = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "programme", "origin", "code", "number", "from_date"], name="origin_proof_once"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("from_date")), name="origin_proof_period"
            ),
        ]


class RuleChoice(models.Model):
    """Which of several readings of a rule the merchant follows from a day on; only added to, the newest of a day counts."""

    territory = models.CharField(max_length=4)
    group = models.CharField(max_length=40)
    option = models.CharField(max_length=40)
    from_date = models.DateField()
    chosen_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["territory", "group", "-from_date"], name="rule_choice_newest")]


class NomenclatureCode(models.Model):
    """A code of the Harmonized System or of a tariff's nomenclature, with its texts by language and its notes.

    `parent` is the code above it (a chapter's is its section); it is no foreign key, since files come in any order.
    """

    nomenclature = models.CharField(max_length=4)
    code = models.CharField(max_length=10)
    parent = models.CharField(max_length=10, blank=True, default="")
    texts = models.JSONField(default=dict)
    notes = models.TextField(blank=True, default="")
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nomenclature", "code"], name="nomenclature_once")]
        indexes = [models.Index(fields=["parent"], name="nomenclature_below")]


class ClassificationChoice(models.Model):
    """What the merchant decided for a description of goods; only added to, the newest of a description counts."""

    description = models.CharField(max_length=200)
    tokens = ArrayField(models.CharField(max_length=60))
    hs_code = models.CharField(max_length=10)
    sku = models.CharField(max_length=100, blank=True, default="")
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    chosen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-chosen_at"], name="choice_newest")]
