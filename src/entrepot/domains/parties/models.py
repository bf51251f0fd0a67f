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


_ACCOUNT = "as long as the account is open"


class SavedAddress(models.Model):
    """An address a buyer keeps in the account, for the checkout to offer. One of them is the first choice."""

    public_id = PublicIdField()
    account_id = models.UUIDField()
    country = PersonalCharField(max_length=2, personal="country", retention=_ACCOUNT)
    data = EncryptedTextField(personal="address", retention=_ACCOUNT)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account_id", "id"], name="saved_address_of_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=models.Q(is_default=True), name="one_default_address"
            )
        ]


class Consent(models.Model):
    """A yes or no of a buyer to one use of his data; each change is a row, so that it can be shown what held when."""

    account_id = models.UUIDField()
    kind = models.CharField(max_length=30)
    given = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account_id", "kind", "-at"], name="consent_latest")]


class PrivacyRequest(models.Model):
    """What a buyer asks for about his data: a copy (export) or that they are deleted (erasure), with the day it is due."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=10)
    account_id = models.UUIDField()
    state = models.CharField(max_length=10, default="asked")
    locale = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    run_at = models.DateTimeField()  # when the job does it: at once, or after the days of grace
    deadline_at = models.DateTimeField()  # by when the law wants it done
    done_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)  # how long the copy can be fetched
    archive = EncryptedTextField(personal="a copy of everything", retention="7 days after it was made")
    report = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["run_at"], condition=models.Q(state="asked"), name="privacy_due"),
            models.Index(fields=["account_id", "-id"], name="privacy_of_account"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["export", "erasure"]), name="privacy_kind"),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "done", "off", "forgotten"]), name="privacy_state"
            ),
            models.UniqueConstraint(
                fields=["account_id", "kind"], condition=models.Q(state="asked"), name="privacy_one_open"
            ),
        ]
