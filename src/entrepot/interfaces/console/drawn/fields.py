"""From a signature to fields, from what was typed to values. Pure: no request, no table.

A service says what it takes: `str`, `int`, `bool`, `Decimal`, `date`, `Literal`, an Enum, a sequence of words, each of them
perhaps None. A `Note` adds what a type cannot say: the label, the help, where the choices come from, that an int is a rate in
ppm or an amount in minor units. What cannot be drawn refuses when the list of pages is read, not when a person opens it.
"""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import types
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Union

import msgspec

from entrepot.kernel.errors import N_
from entrepot.kernel.money import exponent

Choices = Callable[[], Sequence[tuple[str, str]]]
Kind = Literal["text", "long", "whole", "number", "percent", "money", "date", "switch", "choice", "many", "words"]

NEEDED = N_("Fill this in.")
NO_NUMBER = N_("This is no number. Write digits, with a point before decimals.")
NO_WHOLE = N_("This is no whole number.")
NO_DATE = N_("This is no date. Write year-month-day, e.g. 2026-12-24.")
NO_CHOICE = N_("Choose one of the list.")
TOO_LONG = N_("This is too long.")
TOO_SMALL = N_("This is too small.")
TOO_LARGE = N_("This is too large.")
TOO_FINE = N_("The currency has fewer decimals.")
_PPM = 10_000
_PLAIN: dict[type, Kind] = {str: "text", int: "whole", bool: "switch", Decimal: "number", dt.date: "date"}


class Note(msgspec.Struct, frozen=True):
    """What a person needs to know of an argument and its type does not say. Texts are message ids.

    `kind` overrides the type's own: `percent` (an int in ppm, typed in per cent), `money` (an int in minor units of the
    currency typed in the field `currency`), `long` (text of several lines). `choices` asks a query.
    """

    label: str
    help: str = ""
    kind: Kind | None = None
    choices: Choices | None = None
    currency: str = "currency"
    least: int | None = None
    most: int | None = None
    length: int = 200
    ltr: bool = False


class Field(msgspec.Struct, frozen=True):
    """A field of a form. `default` is None where the argument has none: then something must be typed."""

    name: str
    note: Note
    kind: Kind
    required: bool
    optional: bool
    default: Any
    options: tuple[tuple[str, str], ...] = ()

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return what can be chosen, (value, words)."""
        return tuple(self.note.choices()) if self.note.choices else self.options

    def initial(self) -> str | list[str]:
        """Return what stands in the field before anybody has typed."""
        if self.kind in ("many", "words"):
            return [str(value) for value in self.default or ()]
        return written(self.kind, self.default)


class Undrawable(TypeError):
    """A write whose arguments no form can be drawn from; said when the program starts."""


def written(kind: Kind, value: Any, currency: str = "") -> str:
    """Return a value as it is typed: the other way round of `read`."""
    if value is None or value is inspect.Parameter.empty:
        return ""
    if kind == "switch":
        return "1" if value else ""
    if kind == "percent":
        return format((Decimal(value) / _PPM).normalize(), "f")
    if kind == "money" and currency:
        return str(Decimal(value).scaleb(-exponent(currency)))
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def fields_of(write: Callable[..., Any], notes: Mapping[str, Note], given: Collection[str] = ()) -> tuple[Field, ...]:
    """Return a field for each argument that has a note, in the order of the signature.

    `actor` and what is `given` by the page are never asked.

    Raises Undrawable: a note names no argument, an argument without default has no note, or a type has no field.
    """
    plain = inspect.unwrap(write)
    hints = typing.get_type_hints(plain)
    parameters = {name: p for name, p in inspect.signature(plain).parameters.items() if name not in ("actor", *given)}
    for name in notes.keys() - parameters.keys():
        raise Undrawable(f"{plain.__name__} has no argument {name}")
    for name, parameter in parameters.items():
        if name not in notes and parameter.default is inspect.Parameter.empty:
            raise Undrawable(f"{plain.__name__}: {name} must be asked, and has no note")
    return tuple(_field(name, hints[name], p.default, notes[name]) for name, p in parameters.items() if name in notes)


def _field(name: str, hint: Any, default: Any, note: Note) -> Field:
    optional = False
    if typing.get_origin(hint) in (Union, types.UnionType):
        inner = [part for part in typing.get_args(hint) if part is not type(None)]
        optional, hint = len(inner) < len(typing.get_args(hint)), inner[0]
    options: tuple[tuple[str, str], ...] = ()
    if typing.get_origin(hint) is Literal:
        kind: Kind = "choice"
        options = tuple((str(value), str(value)) for value in typing.get_args(hint))
    elif isinstance(hint, type) and issubclass(hint, enum.Enum):
        kind, options = "choice", tuple((str(one.value), one.name) for one in hint)
    elif typing.get_args(hint)[:1] == (str,):
        kind = "many" if note.choices else "words"
    elif hint in _PLAIN:
        kind = "choice" if note.choices else _PLAIN[hint]
    else:
        raise Undrawable(f"no field is known for {name}: {hint}")
    empty = default is inspect.Parameter.empty
    required = empty and not optional and kind != "switch"
    return Field(name, note, note.kind or kind, required, optional, None if empty else default, options)


def read(fields: Sequence[Field], typed: Mapping[str, str | list[str]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (values for the write, faults by field name); a fault is a message id. With a fault nothing may be written."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in fields:
        raw = typed.get(field.name, "")
        try:
            values[field.name] = _many(field, raw) if field.kind in ("many", "words") else _one(field, str(raw), typed)
        except ValueError as fault:
            faults[field.name] = str(fault)
    return values, faults


def _many(field: Field, raw: str | list[str]) -> list[str]:
    found = [part.strip() for part in (raw if isinstance(raw, list) else raw.splitlines()) if part.strip()]
    if field.required and not found:
        raise ValueError(NEEDED)
    if field.kind == "many" and not {value for value, _ in field.choices()}.issuperset(found):
        raise ValueError(NO_CHOICE)
    return found


def _one(field: Field, raw: str, typed: Mapping[str, str | list[str]]) -> Any:
    text = raw.strip()
    if field.kind == "switch":
        return bool(text)
    if not text:
        if field.required:
            raise ValueError(NEEDED)
        return None if field.optional else field.default
    if field.kind == "choice":
        if text not in {value for value, _ in field.choices()}:
            raise ValueError(NO_CHOICE)
        return text
    if field.kind == "date":
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(NO_DATE) from None
    if field.kind in ("text", "long"):
        if len(text) > field.note.length:
            raise ValueError(TOO_LONG)
        return text
    return _number(field, text, str(typed.get(field.note.currency, "")))


def _number(field: Field, text: str, currency: str) -> Decimal | int:
    try:
        value = Decimal(text.replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation:
        raise ValueError(NO_NUMBER) from None
    if not value.is_finite():
        raise ValueError(NO_NUMBER)
    if field.note.least is not None and value < field.note.least:
        raise ValueError(TOO_SMALL)
    if abs(value) >= 10**12 or (field.note.most is not None and value > field.note.most):
        raise ValueError(TOO_LARGE)
    if field.kind == "number":
        return value
    places = {"percent": 4, "money": exponent(currency) if len(currency) == 3 else 2}.get(field.kind, 0)
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise ValueError(TOO_FINE if field.kind == "money" else NO_WHOLE)
    return int(scaled)
