"""Tables of tax invoices. What an invoice says is frozen with its number; print and XML are drawn from it when first wanted."""

from django.db import models
from django.db.models import Q

from entrepot.infra.fields import CurrencyField, EncryptedTextField, MinorField, PublicIdField


class Invoice(models.Model):
    """The tax invoice of an order: gapless per (entity, year), one per order. `content` is the frozen document as JSON.

    amount_minor is all that the buyer is charged; tax_minor is what the seller charges as tax and files.
    """

    append_only = True

    public_id = PublicIdField()
    entity = models.ForeignKey(
        "organisation.LegalEntity", to_field="public_id", on_delete=models.PROTECT, related_name="+"
    )
    year = models.IntegerField()
    number = models.IntegerField()
    order_id = models.UUIDField(unique=True)
    currency = CurrencyField()
    amount_minor = MinorField()
    tax_minor = MinorField()
    content = EncryptedTextField(personal="name and address of the buyer", retention="10 years (tax records)")
    issued_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0, tax_minor__gte=0), name="invoice_amount"),
        ]


class InvoicePaper(models.Model):
    """A drawn form (pdf, xml) of an invoice or credit note, whose public id `of_id` is; drawn once."""

    append_only = True

    of_id = models.UUIDField()
    form = models.CharField(max_length=4)
    document_id = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of_id", "form"], name="invoice_paper_once")]
