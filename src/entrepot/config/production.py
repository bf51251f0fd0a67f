"""What production refuses beyond the settings: demo logins whose password is printed in our README."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from entrepot.domains.identity.models import User

log = structlog.get_logger(__name__)

DEMO_PASSWORD = "harbour-demo-2026"  # noqa: S105 public on purpose; refused in production
LOOKED_AT = 50


def demo_logins() -> list[str]:
    """Return the public ids of active staff who still log in with the demo's password (the first 50 are looked at)."""
    rows = User.objects.filter(is_active=True, is_staff=True).order_by("id")[:LOOKED_AT]
    return [str(user.public_id) for user in rows if check_password(DEMO_PASSWORD, user.password)]


def refuse_demo_logins() -> None:
    """Raise ImproperlyConfigured in production while somebody can log in with the demo's password.

    A database that does not answer is no reason to refuse: `/readyz` says it, and the check is made at the next start.
    """
    if not settings.PRODUCTION:
        return
    try:
        found = demo_logins()
    except DatabaseError as fault:
        log.warning("demo_logins_not_checked", fault=type(fault).__name__)
        return
    if found:
        raise ImproperlyConfigured(
            f"{len(found)} staff still log in with the demo's password. Give them passwords of their own or deactivate"
            " them (console → staff), then start again."
        )
