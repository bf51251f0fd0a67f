"""Tables of declarations. Datasets, invoices and papers are never rewritten: a change is a new version."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from entrepot.infra.fields import EncryptedTextField, PublicIdField


class Dataset(models.Model):
    """What customs are told of a parcel of a consignment; `digest` is a hash of goods and parties."""

    append_only = True

    public_id = PublicIdField()
    order_id = models.UUIDField()
    consignment_ref = models.CharField(max_length=40)
    package = models.IntegerField(default=1, db_default=1)
    entity = models.ForeignKey("organisation.LegalEntity", on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()
    goods = models.JSONField()
    parties = EncryptedTextField(personal="name and address of the consignee", retention="customs: 10 years")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id", "consignment_ref", "package", "version"], name="dataset_version_once"
            )
        ]


class CommercialInvoice(models.Model):
    """An issued invoice for customs: gapless per (entity, year); one per dataset."""

    append_only = True

    public_id = PublicIdField()
    entity = models.ForeignKey("organisation.LegalEntity", on_delete=models.PROTECT, related_name="+")
    year = models.IntegerField()
    number = models.IntegerField()
    dataset = models.OneToOneField(Dataset, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField(db_index=True)
    consignment_ref = models.CharField(max_length=40)
    document_id = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "number"], name="commercial_invoice_number_once")
        ]


class Paper(models.Model):
    """A drawn paper of a dataset that bears no number of ours: packing list, CN 22, CN 23."""

    append_only = True

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    document_id = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "kind"], name="paper_once")]


class RecordExport(models.Model):
    """An electronic declaration that was handed out: of which dataset, by which form, and the hash of what was given."""

    append_only = True

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    form_version = models.CharField(max_length=20)
    file_format = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    handed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dataset", "kind"], name="record_export_dataset")]


class ReceiverId(models.Model):
    """The number by which customs of the destination know the receiver of an order, where they ask for one."""

    public_id = PublicIdField()
    order_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)
    number = EncryptedTextField(personal="tax number of the receiver", retention="customs: 10 years")
    recorded_at = models.DateTimeField()
