"""Tables of tax: what a seller is registered for, local rates by postal code (too many for a file), what registers said of
buyers' numbers, and what was told of thresholds.

The law itself is reference data (files), not rows.
"""

from django.db import models

from entrepot.infra.fields import EncryptedTextField, PublicIdField


class Registration(models.Model):
    """A seller's registration for a scheme in a jurisdiction, from a day until (not on) another."""

    public_id = PublicIdField()
    entity = models.ForeignKey("organisation.LegalEntity", on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=20)
    jurisdiction = models.CharField(max_length=10)
    number = models.CharField(max_length=40)
    from_date = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "scheme", "jurisdiction", "from_date"], name="registration_once"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("from_date")), name="registration_period"
            ),
        ]


class LocalRate(models.Model):
    """What counties, cities and districts add to a region's rate at a postal code, from a day until (not on) another."""

    jurisdiction = models.CharField(max_length=2)
    region = models.CharField(max_length=6)
    postcode = models.CharField(max_length=10)
    rate_ppm = models.IntegerField()
    from_date = models.DateField()
    until = models.DateField(null=True)
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "postcode", "region", "from_date"], name="local_rate_once"),
            models.CheckConstraint(condition=models.Q(rate_ppm__gte=0), name="local_rate_not_negative"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("from_date")), name="local_rate_period"
            ),
        ]


_PROOF_KEPT = "10 years after the answer (tax records: why no tax was charged)"


class TaxProof(models.Model):
    """What a register said of a business buyer's tax number at a moment, yes or no; never rewritten.

    `number_index` is a keyed hash, to find a fresh answer by. `test`: a sandbox answered.
    """

    append_only = True

    public_id = PublicIdField()
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=12)
    number = EncryptedTextField(personal="tax number of a business", retention=_PROOF_KEPT)
    number_index = models.CharField(max_length=64)
    register = models.CharField(max_length=20, blank=True)
    answer = models.CharField(max_length=10)
    consultation = models.CharField(max_length=60, blank=True)
    name = EncryptedTextField(personal="name in a tax register", retention=_PROOF_KEPT)
    address = EncryptedTextField(personal="address in a tax register", retention=_PROOF_KEPT)
    asked_at = models.DateTimeField()
    holds_until = models.DateTimeField()
    test = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["number_index", "-asked_at"], name="tax_proof_of_number")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__in=["valid", "invalid", "stated"]), name="tax_proof_answer"
            ),
            models.CheckConstraint(condition=models.Q(holds_until__gte=models.F("asked_at")), name="tax_proof_period"),
        ]


class ThresholdNotice(models.Model):
    """That a level of a threshold was reached or came in sight, told once per measuring period; never rewritten."""

    append_only = True

    public_id = PublicIdField()
    entity = models.ForeignKey("organisation.LegalEntity", on_delete=models.PROTECT, related_name="+")
    threshold = models.CharField(max_length=40)
    period_from = models.DateField()
    level = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    crossing = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "threshold", "period_from", "level"], name="threshold_notice_once"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["in_sight", "near", "reached"]), name="threshold_notice_level"
            ),
        ]
