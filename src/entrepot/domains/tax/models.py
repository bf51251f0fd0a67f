"""Tables of tax: what a seller is registered for, and local rates by postal code, which are too many for a file.

The law itself is reference data (files), not rows.
"""

from django.db import models

from entrepot.infra.fields import PublicIdField


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
