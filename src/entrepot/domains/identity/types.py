"""Frozen nouns of identity."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

KeyKind = Literal["public", "secret"]


class GrantInfo(msgspec.Struct, frozen=True):
    """A role held; `scope` is "" (everywhere) or `store:<id>`, `warehouse:<code>`."""

    role: str
    role_name: str
    scope: str
    permissions: tuple[str, ...]


class StaffInfo(msgspec.Struct, frozen=True):
    """A person who works here. `session_mark` changes when the password does, which ends the sessions of the old one."""

    id: str
    email: str
    name: str
    language: str
    is_active: bool
    grants: tuple[GrantInfo, ...]
    session_mark: str
    second_factor_required: bool = False
    has_second_factor: bool = False
    session_id: str = ""
    proved_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    has_password: bool = True
    theme: str = ""  # light, dark, or "" as the device has it


class LoginOutcome(msgspec.Struct, frozen=True):
    """What became of a log-in. `user_id` is "" when refused; `wait_s` > 0 says how long no try will be heard."""

    user_id: str
    wait_s: int = 0
    tries_left: int = 0
    is_staff: bool = False
    second_factor: bool = False  # the password alone does not open the door


class AuditView(msgspec.Struct, frozen=True):
    """An entry of the audit log."""

    id: int
    at: dt.datetime
    actor_kind: str
    actor_id: str
    action: str
    subject: str
    details: dict[str, Any]
    request_id: str


class RoleInfo(msgspec.Struct, frozen=True):
    """A role and what it allows."""

    code: str
    name: str
    permissions: tuple[str, ...]
    own: bool = False
    second_factor: bool = False
    holders: int = 0


class ApiKeyView(msgspec.Struct, frozen=True):
    """An API key without its secret. `per_minute` calls are heard; `store_id` is the one shop it works for."""

    id: str
    kind: KeyKind
    name: str
    prefix: str
    scopes: tuple[str, ...]
    store_id: str
    store_code: str
    origins: tuple[str, ...]
    per_minute: int
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime | None = None
    last_used_on: dt.date | None = None
    revoked_at: dt.datetime | None = None

    def usable(self, at: dt.datetime) -> bool:
        """Say whether the key opens anything at a moment."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


class MintedKey(msgspec.Struct, frozen=True):
    """A fresh key: its public id, and the text that is shown once and kept nowhere."""

    id: str
    text: str


class AccountInfo(msgspec.Struct, frozen=True):
    """A buyer's account as its owner sees it. `session_id` and `proved_at` are those of the session it was read with."""

    id: str
    email: str
    name: str
    language: str
    has_password: bool
    created_at: dt.datetime
    session_id: str = ""
    proved_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None


class SessionInfo(msgspec.Struct, frozen=True):
    """A browser in which somebody is logged in."""

    id: str
    device: str
    created_at: dt.datetime
    seen_at: dt.datetime


class PasskeyInfo(msgspec.Struct, frozen=True):
    """A passkey as its holder sees it."""

    id: str
    name: str
    created_at: dt.datetime
    used_at: dt.datetime | None


class FactorInfo(msgspec.Struct, frozen=True):
    """What a person can prove themselves with besides the password."""

    code_app: bool
    passkeys: tuple[PasskeyInfo, ...]
    recovery_codes_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all; recovery codes alone are none."""
        return self.code_app or bool(self.passkeys)


class OpenedKey(msgspec.Struct, frozen=True):
    """A one-time key that fits: what it is for and whom it concerns. `user_id` is "" while there is no account."""

    kind: str
    user_id: str
    email: str
    name: str
    is_staff: bool


class ViewInfo(msgspec.Struct, frozen=True):
    """A saved view of a list: `query` as it stands in the address, without the question mark. `own` by who asks."""

    id: str
    page: str
    name: str
    query: str
    shared: bool
    is_default: bool
    own: bool
    owner: str
