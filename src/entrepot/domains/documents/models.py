"""Tables of documents."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models


class StoredFile(models.Model):
    """A file by the SHA-256 of its bytes. Its row never changes; the bytes lie under MEDIA_ROOT/<first two>/<hash>."""

    sha256 = models.CharField(max_length=64, unique=True)
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    retention = models.CharField(max_length=40, help_text="why and how long it is kept: public, tax_10_years, …")
    stored_at = models.DateTimeField(db_default=TransactionNow())
