"""Tables of tax: what a seller is registered for. The law itself is reference data (files), not rows."""

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
