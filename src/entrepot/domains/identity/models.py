"""Tables of identity."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from entrepot.infra.fields import EncryptedTextField, PersonalCharField, PublicIdField


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


_ACCOUNT = "as long as the account is open"


class User(AbstractBaseUser):
    """A person who logs in: staff to the console, a buyer (never staff) to the shop. The e-mail is kept in lower case.

    A buyer's row is made when the address has been confirmed, never before.
    """

    public_id = PublicIdField()
    email = PersonalCharField(max_length=254, unique=True, personal="e-mail", retention=_ACCOUNT)
    name = PersonalCharField(max_length=120, personal="name", retention=_ACCOUNT)
    language = models.CharField(max_length=12, default="en")
    theme = models.CharField(max_length=5, blank=True, default="", db_default="")  # "" follows the device
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
    own = models.BooleanField(default=False)  # made here, not one of the house's
    second_factor = models.BooleanField(default=False)  # whoever holds it must log in with a second factor


class Grant(models.Model):
    """A role held by a user, everywhere or within one scope (`store:<public id>`, `warehouse:<public id>`)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role", "scope"], name="grant_once")]


class LoginSession(models.Model):
    """A browser in which somebody is logged in. The key is kept as its hash; a row that is gone ends the session."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=10)
    key_hash = models.CharField(max_length=64, unique=True)
    device = PersonalCharField(max_length=120, personal="device", retention="until the session ends")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    proved_at = models.DateTimeField()  # when the person last proved who they are
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="login_session_of_user")]
        constraints = [models.CheckConstraint(condition=models.Q(door__in=["console", "shop"]), name="session_door")]


class Passkey(models.Model):
    """A passkey (WebAuthn): the public half of a key that never leaves its holder's device."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = PersonalCharField(max_length=60, personal="device", retention=_ACCOUNT)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    uses = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class CodeApp(models.Model):
    """An app that shows a new code every 30 seconds (TOTP). `last_step` refuses a code that was used before.

    A secret that is being set up waits beside the one that counts, and takes its place with its first code.
    """

    public_id = PublicIdField()
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    secret = EncryptedTextField(personal="log-in secret", retention=_ACCOUNT)
    waiting_secret = EncryptedTextField(personal="log-in secret", retention=_ACCOUNT)
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code for the day the phone is gone; works once. Kept as a keyed hash."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)


class OneTimeKey(models.Model):
    """What opens a door once: the link or code of a mail, the challenge of a passkey. Kept as a keyed hash."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=64, blank=True, default="")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    key_hash = models.CharField(max_length=64)
    email = EncryptedTextField(personal="e-mail", retention="one day after the key ends")
    name = EncryptedTextField(personal="name", retention="one day after the key ends")
    tries = models.IntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["key_hash"], name="one_time_key_hash"),
            models.Index(fields=["subject", "kind"], name="one_time_key_subject"),
            models.Index(fields=["expires_at"], name="one_time_key_end"),
        ]


class SavedView(models.Model):
    """A list of the console as a person wants to see it: filters and order under a name, own or shown to all."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=20)
    name = PersonalCharField(max_length=40, personal="words of staff", retention="until the view is taken away")
    query = models.CharField(max_length=500, blank=True, default="")
    shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once"),
            models.UniqueConstraint(
                fields=["user", "page"], condition=models.Q(is_default=True), name="saved_view_one_default"
            ),
        ]
        indexes = [models.Index(fields=["page"], condition=models.Q(shared=True), name="saved_view_shared")]


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


class ApiKey(models.Model):
    """A key of the API: found by its prefix, checked by the hash of its secret, good for some permissions in one store."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=10)
    label = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=60), default=list)
    store = models.ForeignKey("organisation.Store", to_field="public_id", on_delete=models.PROTECT, related_name="+")
    origins = ArrayField(models.CharField(max_length=220), default=list, help_text="web origins a public key answers")
    per_minute = models.IntegerField(default=120)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["public", "secret"]), name="api_key_kind"),
            models.CheckConstraint(condition=models.Q(per_minute__gte=1, per_minute__lte=60000), name="api_key_rate"),
        ]
