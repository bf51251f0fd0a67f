"""Tables of credit notes. Which entries are posted is pure (engine); the journal itself is the ledger's."""

from django.db import models
from django.db.models import Q

from entrepot.infra.fields import CurrencyField, EncryptedTextField, MinorField, PublicIdField


class CreditNote(models.Model):
    """What was taken from an invoiced order: gapless per (entity, year), one per change of the order.

    `content` is the frozen document as JSON; a note from before tax invoices has none, but its PDF (`document_id`).
    """

    append_only = True

    public_id = PublicIdField()
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    year = models.IntegerField()
    number = models.IntegerField()
    order_id = models.UUIDField(db_index=True)
    change_id = models.UUIDField(unique=True)
    currency = CurrencyField()
    amount_minor = MinorField()
    tax_minor = MinorField()
    document_id = models.CharField(max_length=64)
    content = EncryptedTextField(personal="name and address of the buyer", retention="10 years (tax records)")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "number"], name="credit_note_number_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0, tax_minor__gte=0), name="credit_note_amount"),
        ]
