"""What becomes of each personal field when its person asks for a copy or for deletion.

Every field says `personal=` and `retention=`. A retention of years is one that law demands (books, customs, proof), one of days
ends by itself before anybody could erase it: the field is kept until then, and its own words are the reason. All others are overwritten by the domain that owns them (`ERASED` there).
A test walks all models and refuses a field that is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.apps import apps

from entrepot.domains.identity.services.people import ERASED as IDENTITY
from entrepot.domains.parties.services.privacy import ERASED as PARTIES

ERASED = frozenset({*IDENTITY, *PARTIES})
_STATED = re.compile(r"\b\d+ (?:day|year)s?\b")


def walk(models: Iterable[Any] | None = None) -> list[tuple[str, str, str]]:
    """Return (domain.Model.field, kind of datum, retention) of every personal field of the house."""
    found = []
    for model in apps.get_models() if models is None else models:
        for field in model._meta.local_fields:
            personal = getattr(field, "personal", "")
            if personal and not personal.startswith("none:"):  # sealed, but of no person: a machine's secret
                found.append(
                    (
                        f"{model._meta.app_label}.{model.__name__}.{field.name}",
                        personal,
                        getattr(field, "retention", ""),
                    )
                )
    return sorted(found)


def kept(models: Iterable[Any] | None = None) -> dict[str, str]:
    """Return field → reason for each field that outlives its person's wish, for law wants it kept."""
    return {name: why for name, _personal, why in walk(models) if name not in ERASED and _STATED.search(why)}


def unsettled(models: Iterable[Any] | None = None) -> list[str]:
    """Return fields that nobody erases and no law keeps: a fault of ours."""
    held = kept(models)
    return [name for name, _personal, _why in walk(models) if name not in ERASED and name not in held]
