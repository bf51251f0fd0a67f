"""Model fields of the house: public ids, money in minor units, personal data encrypted at rest.

A model that uses an encrypted field has a `public_id`; the ciphertext is bound to table, column and that id.
Every field that holds personal data says so with `personal=` (the kind of datum) and `retention=` (how long, and why).
"""

from __future__ import annotations

from typing import Any

from django.db import models

from entrepot.infra import crypto
from entrepot.infra.ids import new_id


class PublicIdField(models.UUIDField):
    """The id that leaves the house: uuid7, unique, made before insert."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", new_id)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)


class MinorField(models.BigIntegerField):
    """An amount in minor units; the currency stands in a CurrencyField of the same row."""


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(**kwargs)


class EncryptedTextField(models.TextField):
    """A text that is ciphertext in the database. Read and write plain text on the instance.

    Value of the attribute is plain; `pre_save` seals it with the row's public_id, `from_db` opens lazily through
    `Sealed` (opening needs the row's public_id, which from_db_value does not see), so use `instance.field` as text.
    """

    def __init__(self, *args: Any, personal: str, retention: str, **kwargs: Any) -> None:
        self.personal, self.retention = personal, retention
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "personal": self.personal, "retention": self.retention}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def context(self, instance: models.Model) -> str:
        """Return what the ciphertext is bound to."""
        return f"{instance._meta.db_table}.{self.column}.{instance.public_id}"  # type: ignore[attr-defined]

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        raw = model_instance.__dict__.get(self.attname, "")
        if isinstance(raw, Sealed):
            return raw.envelope
        return crypto.encrypt(raw, self.context(model_instance)) if raw else ""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | str:
        return Sealed(value) if value else ""


class Sealed:
    """Ciphertext on its way between database and row."""

    __slots__ = ("envelope",)

    def __init__(self, envelope: str) -> None:
        self.envelope = envelope


class _Opened:
    """Descriptor that opens a sealed value at first reading."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            return crypto.decrypt(value.envelope, self.field.context(instance))
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class PersonalCharField(models.CharField):
    """Personal data that must stay searchable or sortable and is therefore not encrypted (a country, a postcode area)."""

    def __init__(self, *args: Any, personal: str, retention: str, **kwargs: Any) -> None:
        self.personal, self.retention = personal, retention
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "personal": self.personal, "retention": self.retention}
