"""Reads of identity."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from typing import Any

from entrepot.domains.identity.engine import api_keys as keys
from entrepot.domains.identity.engine import permissions
from entrepot.domains.identity.models import (
    ApiKey,
    AuditEntry,
    CodeApp,
    LoginSession,
    OneTimeKey,
    Passkey,
    RecoveryCode,
    User,
)
from entrepot.domains.identity.types import (
    AccountInfo,
    ApiKeyView,
    AuditView,
    FactorInfo,
    GrantInfo,
    OpenedKey,
    PasskeyInfo,
    RoleInfo,
    SessionInfo,
    StaffInfo,
    ViewInfo,
)
from entrepot.infra import crypto, db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

_STAFF = """
SELECT u.public_id::text, u.email, u.name, u.language, u.is_active, u.password,
       coalesce(json_agg(json_build_array(r.code, r.name, g.scope, r.permissions) ORDER BY r.id, g.scope)
                FILTER (WHERE r.id IS NOT NULL), '[]'),
       coalesce(bool_or(r.second_factor), false),
       EXISTS (SELECT FROM identity_codeapp c WHERE c.user_id = u.id AND c.confirmed_at IS NOT NULL)
       OR EXISTS (SELECT FROM identity_passkey k WHERE k.user_id = u.id),
       coalesce(s.public_id::text, ''), s.proved_at, s.seen_at, u.theme
FROM identity_user u
LEFT JOIN identity_grant g ON g.user_id = u.id
LEFT JOIN identity_role r ON r.id = g.role_id
LEFT JOIN identity_loginsession s ON s.user_id = u.id AND s.public_id = %s::uuid AND s.door = 'console'
WHERE u.is_staff {where} GROUP BY u.id, s.id ORDER BY u.email
"""


def staff(*, user_id: str, session_id: str = "") -> StaffInfo:
    """Return a member of staff with the roles held, in one statement; raise NotFound for anybody else.

    With a session's id, `session_id` and `proved_at` are filled while that session lives, and empty when it was ended.
    """
    rows = db.fetch(_STAFF.format(where="AND u.public_id = %s"), [session_id or None, user_id])
    if not rows:
        raise NotFound(kind="member of staff", key=user_id)
    return _staff(rows[0])


def all_staff() -> tuple[StaffInfo, ...]:
    """Return everybody who works here, by e-mail."""
    return tuple(_staff(row) for row in db.fetch(_STAFF.format(where=""), [None]))


def actor_for(*, user_id: str, scopes: Collection[str] = ()) -> Actor:
    """Return the actor of a member of staff: kind staff, the permissions held everywhere and in the given scopes.

    Raises:
        NotFound: no such member of staff, or no longer active.
    """
    return actor_of(staff(user_id=user_id), scopes=scopes)


def actor_of(member: StaffInfo, *, scopes: Collection[str] = ()) -> Actor:
    """Return the actor of a member of staff that was read before; raise NotFound when no longer active.

    What is held in one place alone counts in the given scopes; a write that belongs to a place asks for that place.
    """
    if not member.is_active:
        raise NotFound(kind="member of staff", key=member.id)
    everywhere = permissions.held(member.grants) | permissions.OWN
    return Actor("staff", member.id, everywhere, permissions.by_scope(member.grants), tuple(scopes))


def roles_with(*, permission: str) -> tuple[str, ...]:
    """Return the names of the roles that allow a permission, so that a page can say who may do what it hides."""
    rows = db.fetch("SELECT name, permissions FROM identity_role ORDER BY id")
    return tuple(name for name, allowed in rows if permissions.allows(db.as_json(allowed), permission))


def names(*, user_ids: Collection[str]) -> dict[str, str]:
    """Return the names of users by public id; unknown ids (a system's, a provider's) are left out."""
    uuids = [u for u in set(user_ids) if len(u) == 36]
    if not uuids:
        return {}
    return {str(u): n for u, n in User.objects.filter(public_id__in=uuids).values_list("public_id", "name")}


def audit_entries(
    *, actor_id: str = "", action: str = "", subject: str = "", before: int = 0, limit: int = 50
) -> tuple[AuditView, ...]:
    """Return entries of the audit log, newest first; `before` is the id of the last one already seen."""
    rows = AuditEntry.objects.order_by("-id")
    if actor_id:
        rows = rows.filter(actor_id=actor_id)
    if action:
        rows = rows.filter(action__startswith=action)
    if subject:
        rows = rows.filter(subject=subject)
    if before:
        rows = rows.filter(id__lt=before)
    return tuple(
        AuditView(
            id=r.id,
            at=r.at,
            actor_kind=r.actor_kind,
            actor_id=r.actor_id,
            action=r.action,
            subject=r.subject,
            details=r.details,
            request_id=r.request_id,
        )
        for r in rows[:limit]
    )


def _staff(row: tuple[Any, ...]) -> StaffInfo:
    user_id, email, name, language, active, password, grants, required, has_factor, session, proved, seen, theme = row
    return StaffInfo(
        id=user_id,
        email=email,
        name=name,
        language=language,
        is_active=active,
        grants=tuple(
            GrantInfo(code, title, scope, tuple(allowed)) for code, title, scope, allowed in db.as_json(grants)
        ),
        session_mark=hashlib.sha256(password.encode()).hexdigest()[:32],
        second_factor_required=required,
        has_second_factor=has_factor,
        session_id=session,
        proved_at=proved,
        seen_at=seen,
        has_password=not password.startswith("!"),
        theme=theme,
    )


def saved_views(*, user_id: str, page: str) -> tuple[ViewInfo, ...]:
    """Return the views of a list that a person sees: the own ones, then those that others share, by name; one statement."""
    rows = db.fetch(
        "SELECT v.public_id::text, v.page, v.name, v.query, v.shared, v.is_default AND u.public_id = %s,"
        " u.public_id = %s AS own, u.name FROM identity_savedview v JOIN identity_user u ON u.id = v.user_id"
        " WHERE v.page = %s AND (v.shared OR u.public_id = %s) ORDER BY own DESC, lower(v.name), v.id",
        [user_id, user_id, page, user_id],
    )
    return tuple(ViewInfo(*row) for row in rows)


def roles() -> tuple[RoleInfo, ...]:
    """Return all roles with their permissions and how many people hold each, in one statement."""
    rows = db.fetch(
        "SELECT r.code, r.name, r.permissions, r.own, r.second_factor, count(DISTINCT g.user_id)"
        " FROM identity_role r LEFT JOIN identity_grant g ON g.role_id = r.id GROUP BY r.id ORDER BY r.id"
    )
    return tuple(
        RoleInfo(code, name, tuple(db.as_json(allowed)), own, second, holders)
        for code, name, allowed, own, second, holders in rows
    )


_ACCOUNT = """
SELECT u.public_id::text, u.email, u.name, u.language, u.password, u.created_at, s.public_id::text, s.proved_at, s.seen_at
FROM identity_loginsession s JOIN identity_user u ON u.id = s.user_id
WHERE s.key_hash = %s AND s.door = 'shop' AND s.expires_at > %s AND u.is_active AND NOT u.is_staff
"""


def account_in_session(*, key: str, at: dt.datetime) -> AccountInfo | None:
    """Return the buyer whose browser holds a session's key, None when there is no such session (any more)."""
    rows = db.fetch(_ACCOUNT, [hashlib.sha256(key.encode()).hexdigest(), at])
    if not rows:
        return None
    user_id, email, name, language, password, created_at, session, proved_at, seen_at = rows[0]
    return AccountInfo(
        user_id, email, name, language, not password.startswith("!"), created_at, session, proved_at, seen_at
    )


def account(*, user_id: str) -> AccountInfo:
    """Return a buyer's account by its public id; raise NotFound for staff, for closed accounts and for nobody."""
    row = User.objects.filter(public_id=user_id, is_staff=False, is_active=True).first()
    if row is None:
        raise NotFound(kind="account", key=user_id)
    return _account(row)


def account_of(*, email: str) -> AccountInfo | None:
    """Return the buyer's account of an e-mail, None when there is none."""
    row = User.objects.filter(email=email.strip().lower(), is_staff=False, is_active=True).first()
    return _account(row) if row else None


def is_known(*, email: str) -> bool:
    """Say whether anybody, staff or buyer, logs in with an e-mail."""
    return User.objects.filter(email=email.strip().lower()).exists()


def _account(row: User) -> AccountInfo:
    return AccountInfo(str(row.public_id), row.email, row.name, row.language, row.has_usable_password(), row.created_at)


def sessions(*, user_id: str, at: dt.datetime) -> tuple[SessionInfo, ...]:
    """Return where somebody is logged in, the latest first."""
    rows = LoginSession.objects.filter(user__public_id=user_id, expires_at__gt=at).order_by("-seen_at")
    return tuple(SessionInfo(str(r.public_id), r.device, r.created_at, r.seen_at) for r in rows[:100])


def factors(*, user_id: str) -> FactorInfo:
    """Return what a person can prove themselves with besides the password."""
    keys_ = Passkey.objects.filter(user__public_id=user_id).order_by("id")
    return FactorInfo(
        code_app=CodeApp.objects.filter(user__public_id=user_id).exclude(confirmed_at=None).exists(),
        passkeys=tuple(PasskeyInfo(str(k.public_id), k.name, k.created_at, k.used_at) for k in keys_),
        recovery_codes_left=RecoveryCode.objects.filter(user__public_id=user_id, used_at=None).count(),
    )


def waiting_code_app(*, user_id: str) -> str:
    """Return the secret (base32) of the app with codes that somebody is setting up, "" when nobody is."""
    row = CodeApp.objects.filter(user__public_id=user_id).first()
    return row.waiting_secret if row else ""


def opened_key(*, kind: str, key: str, at: dt.datetime) -> OpenedKey | None:
    """Return what a long one-time key opens, without using it up; None when it opens nothing."""
    row = (
        OneTimeKey.objects.select_related("user")
        .filter(key_hash=key_hash(kind, "", key), kind=kind, used_at=None, expires_at__gt=at)
        .first()
    )
    if row is None:
        return None
    user = row.user
    return OpenedKey(
        kind, str(user.public_id) if user else "", row.email or (user.email if user else ""),
        row.name or (user.name if user else ""), bool(user and user.is_staff),
    )  # fmt: skip


def key_subject(email: str) -> str:
    """Return the blind index under which the one-time keys of an e-mail are found, "" for none."""
    return crypto.blind_index(email, "identity.one_time_key") if email.strip() else ""


def key_hash(kind: str, subject: str, text: str) -> str:
    """Return the keyed hash of a one-time key; a short code is bound to its subject."""
    plain = hashlib.sha256(text.encode()).hexdigest()
    return crypto.blind_index(f"{kind}:{subject}:{plain}", "identity.one_time_key.text")


def api_keys(*, with_revoked: bool = True) -> tuple[ApiKeyView, ...]:
    """Return the API keys without their secrets, newest first."""
    rows = ApiKey.objects.select_related("store").order_by("-id")
    if not with_revoked:
        rows = rows.filter(revoked_at=None)
    return tuple(_key(row) for row in rows[:500])


def api_key(*, text: str) -> ApiKeyView | None:
    """Return the key somebody shows, whatever its state (see `ApiKeyView.usable`); None when there is no such key."""
    parsed = keys.parse(text)
    if parsed is None:
        return None
    kind, prefix, secret = parsed
    row = ApiKey.objects.select_related("store").filter(prefix=prefix, kind=kind).first()
    return _key(row) if row is not None and keys.matches(secret, row.secret_hash) else None


def api_origins(*, at: dt.datetime) -> frozenset[str]:
    """Return the web origins that some usable public key answers, for a browser that asks before it shows its key."""
    rows = ApiKey.objects.filter(kind="public", revoked_at=None).exclude(expires_at__lte=at)
    return frozenset(o for origins in rows.values_list("origins", flat=True) for o in origins)


def _key(row: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        id=str(row.public_id),
        kind=row.kind,
        name=row.label,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        store_id=str(row.store_id),
        store_code=row.store.code,
        origins=tuple(row.origins),
        per_minute=row.per_minute,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_on=row.last_used_on,
        revoked_at=row.revoked_at,
    )
