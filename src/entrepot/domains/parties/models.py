"""Tables of parties. Contact data are sealed; a blind index finds a buyer by e-mail."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from entrepot.infra.fields import EncryptedTextField, PersonalCharField, PublicIdField


class Buyer(models.Model):
    """A person who buys, one row per e-mail address."""

    public_id = PublicIdField()
    email = EncryptedTextField(personal="e-mail", retention="10 years after the last order (tax records)")
    email_index = models.CharField(max_length=64, unique=True)
    name = EncryptedTextField(personal="name", retention="10 years after the last order (tax records)")
    phone = EncryptedTextField(personal="phone", retention="10 years after the last order (tax records)")
    locale = models.CharField(max_length=20)
    created_at = models.DateTimeField(db_default=TransactionNow())
    seen_at = models.DateTimeField(db_default=TransactionNow())


class Address(models.Model):
    """A postal address as it was given; never changed, a new one is a new row."""

    public_id = PublicIdField()
    buyer = models.ForeignKey(Buyer, to_field="public_id", on_delete=models.PROTECT, related_name="+")
    country = PersonalCharField(max_length=2, personal="country", retention="10 years after the last order")
    data = EncryptedTextField(personal="address", retention="10 years after the last order (customs records)")
    created_at = models.DateTimeField(db_default=TransactionNow())
