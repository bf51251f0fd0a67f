"""Walks over the living house (models, services, errors): pure functions of what they are given, offences out."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

import entrepot
from entrepot.infra import wiring
from entrepot.infra.fields import EncryptedTextField, PersonalCharField
from entrepot.kernel.errors import EntrepotError

# Top to bottom, as docs/architecture.md draws it; `|` there is one row here.
STRATA = [
    ["growth", "support", "insights", "research"],
    ["fulfilment", "returns", "sellers", "channels", "finance", "declarations"],
    ["offers", "checkout", "payments", "risk", "orders", "trade", "procurement"],
    ["pricing", "promotions", "tax", "customs", "compliance", "inventory", "logistics"],
    ["markets", "parties", "catalogue", "ledger"],
    ["identity", "documents", "messages"],
    ["organisation"],
    ["infra"],
]
RANK = {domain: row for row, names in enumerate(STRATA) for domain in names}

# Names of columns that hold personal data unless said otherwise here, with the reason.
PERSONAL_NAMES = re.compile(
    r"^(e?mail|email_address|phone|first_name|last_name|full_name|buyer_name|recipient\w*|street\w*|address|birth\w*|ip|"
    r"name|city|postal_code|postcode|consignee\w*|password)$"
)
NOT_PERSONAL_MODELS = {
    "organisation": "names and addresses of companies",
    "catalogue": "names of goods",
    "markets": "names of places and sources",
    "infra": "no person in it",
    "pricing": "names of lists",
    "tax": "names of rules",
    "customs": "names of rules",
    "inventory": "names and addresses of warehouses",
    "logistics": "names of services",
    "ledger": "names of accounts",
    "finance": "names of accounts",
    "documents": "names of files",
    "offers": "names of goods",
}

NOT_PERSONAL_FIELDS = {"identity.User.password": "an argon2 hash", "identity.Role.name": "a name of a role"}


def foreign_key_offences(found: Iterable[type[models.Model]]) -> list[str]:
    """Return relations that do not point down, are not hidden, or do not protect; and generic keys."""
    bad = []
    for model in found:
        if not model.__module__.startswith("entrepot."):
            continue
        mine = model._meta.app_label
        for field in [*model._meta.get_fields(), *model._meta.private_fields]:
            place = f"{mine}.{model.__name__}.{getattr(field, 'name', '?')}"
            if isinstance(field, GenericForeignKey):
                bad.append(f"{place}: a generic key")
            elif (
                isinstance(field, models.Field) and field.is_relation and field.related_model and not field.auto_created
            ):
                bad += [f"{place}: {what}" for what in _relation_faults(mine, field)]
    return bad


def _relation_faults(mine: str, field: Any) -> list[str]:
    other = field.related_model._meta.app_label
    faults = []
    if other != mine and RANK.get(other, -1) <= RANK.get(mine, 99):
        faults.append(f"points to {other}, which is not below {mine}")
    if other == "identity" and mine != "identity":
        faults.append("points to identity; an actor is (kind, public id)")
    if not field.remote_field.hidden:
        faults.append("related_name must be '+'")
    on_delete = getattr(field.remote_field, "on_delete", None)
    if on_delete is not None and on_delete.__name__ not in ("PROTECT", "DO_NOTHING"):
        faults.append(f"on_delete is {on_delete.__name__}, not PROTECT")
    return faults


def personal_data_offences(found: Iterable[type[models.Model]]) -> list[str]:
    """Return text columns that look personal but do not declare what they are and how long they are kept."""
    bad = []
    for model in found:
        if not model.__module__.startswith("entrepot.") or model._meta.app_label in NOT_PERSONAL_MODELS:
            continue
        for field in model._meta.concrete_fields:
            declared = bool(getattr(field, "personal", "")) and bool(getattr(field, "retention", ""))
            sealed = isinstance(field, EncryptedTextField | PersonalCharField)
            texty = isinstance(field, models.CharField | models.TextField | models.JSONField)
            if field_name(field) in NOT_PERSONAL_FIELDS:
                continue
            if texty and PERSONAL_NAMES.match(field.name) and not declared:
                bad.append(f"{model._meta.label}.{field.name}: personal data without personal= and retention=")
            elif sealed and not declared:
                bad.append(f"{model._meta.label}.{field.name}: personal= and retention= must say something")
    return bad


def field_name(field: Any) -> str:
    """Return `<app>.<Model>.<field>`."""
    return f"{field.model._meta.label}.{field.name}"


def unguarded_services(module: ModuleType) -> list[str]:
    """Return public functions of a services room that do not pass the service door."""
    bad = []
    for name, thing in vars(module).items():
        if name.startswith("_") or not inspect.isfunction(thing) or thing.__module__ != module.__name__:
            continue
        if not getattr(thing, "permission", ""):
            bad.append(f"{module.__name__}.{name}: lacks @service(permission)")
    return bad


def rooms(room: str) -> list[ModuleType]:
    """Import and return a room of every domain, with the modules inside it when it is a package."""
    found = []
    base = importlib.import_module("entrepot.domains")
    for domain in pkgutil.iter_modules(base.__path__):
        name = f"entrepot.domains.{domain.name}.{room}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise
            continue
        found.append(module)
        for inner in pkgutil.walk_packages(getattr(module, "__path__", []), name + "."):
            found.append(importlib.import_module(inner.name))
    return found


def _import_all() -> None:
    """Import every module of the program, so that what is found does not depend on what happened to be loaded before."""
    for module in pkgutil.walk_packages(entrepot.__path__, "entrepot."):
        if (
            ".migrations" not in module.name and module.name != "entrepot.config.wsgi"
        ):  # that one starts the server's logging
            importlib.import_module(module.name)
    wiring.load()


def error_classes() -> list[type[EntrepotError]]:
    """Return every error that a person may see, by code."""
    _import_all()
    found: list[type[EntrepotError]] = []
    queue: list[type[EntrepotError]] = [EntrepotError]
    while queue:
        error = queue.pop()
        if error.__module__.startswith("entrepot."):
            found.append(error)
        queue += error.__subclasses__()
    return sorted(set(found), key=lambda e: (e.code, e.__module__))


def error_offences(found: Iterable[type[EntrepotError]]) -> list[str]:
    """Return errors without a code, a status or a sentence of their own, and codes used twice."""
    bad, seen = [], {}
    for error in found:
        place = f"{error.__module__}.{error.__name__}"
        if error is EntrepotError:
            continue
        if "code" not in vars(error) or not re.fullmatch(r"[A-Z][A-Z0-9_]+", error.code):
            bad.append(f"{place}: no code of its own")
        elif error.code in seen:
            bad.append(f"{place}: its code {error.code} belongs to {seen[error.code]}")
        seen.setdefault(error.code, place)
        if error.status not in (400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 502, 503):
            bad.append(f"{place}: status {error.status}")
        if "sentence" not in vars(error) or not error.sentence.strip().endswith(
            (".", "?", "%(reason)s", "%(rule)s", "%(what)s")
        ):
            bad.append(f"{place}: no sentence of its own")
        if not (error.__doc__ or "").strip():
            bad.append(f"{place}: no docstring")
    return bad
