"""Tables of identity."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from entrepot.infra.fields import PersonalCharField, PublicIdField


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who logs in. The e-mail is kept in lower case."""

    public_id = PublicIdField()
    email = PersonalCharField(max_length=254, unique=True, personal="e-mail", retention="while employed")
    name = PersonalCharField(max_length=120, personal="name", retention="while employed")
    language = models.CharField(max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]


class Role(models.Model):
    """A named set of permissions (`<domain>.<verb>`, `<domain>.*`, or `*`)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    permissions = models.JSONField(default=list)


class Grant(models.Model):
    """A role held by a user, everywhere or within one scope (`store:<public id>`, `warehouse:<public id>`)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role", "scope"], name="grant_once")]


class LoginFailure(models.Model):
    """A log-in that failed, by a keyed hash of what was tried (an e-mail, a network address); kept for a day."""

    subject = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["subject", "-at"], name="login_failure_recent")]


class AuditEntry(models.Model):
    """What an actor did: appended by the service door, never changed (a trigger refuses it). Holds ids, no personal data."""

    append_only = True

    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=100, blank=True, default="")
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_recent"),
            models.Index(fields=["actor_id", "-at"], name="audit_by_actor"),
            models.Index(fields=["subject", "-at"], name="audit_by_subject"),
        ]
