"""Frozen nouns of identity."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec


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


class LoginOutcome(msgspec.Struct, frozen=True):
    """What became of a log-in. `user_id` is "" when refused; `wait_s` > 0 says how long no try will be heard."""

    user_id: str
    wait_s: int = 0
    tries_left: int = 0


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
