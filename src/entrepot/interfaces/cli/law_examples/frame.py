"""The frame: reads a file of examples, gives each to the topic that knows it, compares, tells.

A topic declares the input keys it understands and returns what it computed by expected key. What an example says that
the topic does not know is a reason to skip it, by name, never to guess.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from entrepot.kernel.errors import EntrepotError, InvalidInput, NotFound
from entrepot.kernel.money import exponent


class Skip(Exception):
    """An example cannot be judged; the text says why."""


class Example(msgspec.Struct, frozen=True):
    """One example as read. `on` is the demo's day moved into the example's validity, or the day it names itself."""

    id: str
    jurisdiction: str
    topic: str
    input: Mapping[str, Any]
    expected: Mapping[str, Any]
    note: str
    on: dt.date


class Outcome(msgspec.Struct, frozen=True):
    """What became of an example; `words` says expected and computed, or why it was skipped.

    `figures` are (what, expected, computed) of each key compared; `jurisdiction` and `source` are as the file says.
    """

    id: str
    topic: str
    result: Literal["passed", "failed", "skipped"]
    words: str = ""
    jurisdiction: str = ""
    source: str = ""
    figures: tuple[tuple[str, str, str], ...] = ()


class Topic(msgspec.Struct, frozen=True):
    """A kind of example: where it applies, the input keys it understands, and the sum itself."""

    name: str
    covers: Callable[[str], bool]
    keys: frozenset[str]
    compute: Callable[[Example], Mapping[str, Any]]


_topics: dict[tuple[str, str], Topic] = {}
_told_only = frozenset({"note", "reason"})  # words for people, not compared


def topic(
    name: str, *, region: str, covers: Callable[[str], bool], keys: str
) -> Callable[[Callable[[Example], Mapping[str, Any]]], Callable[[Example], Mapping[str, Any]]]:
    """Register a topic for the jurisdictions of a region (a name for the register) that `covers` accepts."""

    def register(compute: Callable[[Example], Mapping[str, Any]]) -> Callable[[Example], Mapping[str, Any]]:
        _topics[name, region] = Topic(name, covers, frozenset(keys.split()), compute)
        return compute

    return register


class OneOf(msgspec.Struct, frozen=True):
    """Several readings of what an example asks for; it passes when one of them is meant (`total` with or without the goods)."""

    values: tuple[Any, ...]

    def __str__(self) -> str:
        return " or ".join(str(value) for value in self.values)


class Due(msgspec.Struct, frozen=True):
    """Whether something is due, which an example may say as true or false or in words (“import duty and sales tax”, “nothing”)."""

    something: bool

    def meant_by(self, expected: Any) -> bool:
        """Say whether an example's word means the same."""
        if isinstance(expected, bool):
            return expected is self.something
        words = str(expected).casefold().strip()
        return self.something is not (not words or words.startswith(("nothing", "none", "no ", "not ", "0")))

    def __str__(self) -> str:
        return "something due" if self.something else "nothing due"


def minor(value: Any, currency: str = "EUR") -> int:
    """Return an amount in major units (as text) as minor units of a currency, half up; Skip when it is none."""
    try:
        exact = Decimal(str(value)).scaleb(exponent(currency))
        return int(exact.to_integral_value(ROUND_HALF_UP))
    except InvalidOperation as fault:
        raise Skip(f"“{value}” is no amount") from fault


def major(amount_minor: int, currency: str = "EUR") -> str:
    """Return minor units of a currency as text in major units, with its decimals."""
    places = exponent(currency)
    return f"{Decimal(amount_minor).scaleb(-places):.{places}f}"


def percent_ppm(value: Any) -> int:
    """Return a percentage given as text in parts per million."""
    return int(Decimal(str(value)) * 10_000)


def day(value: Any) -> dt.date:
    """Return a civil date given as text or date."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def _same(expected: Any, computed: Any) -> bool:
    if isinstance(computed, Due):
        return computed.meant_by(expected)
    if isinstance(computed, OneOf):
        return any(_same(expected, value) for value in computed.values)
    if isinstance(expected, bool) and not isinstance(computed, list):
        return expected is computed
    if isinstance(expected, Mapping):
        return isinstance(computed, Mapping) and all(
            str(k) in {str(c) for c in computed} and _same(v, {str(c): w for c, w in computed.items()}[str(k)])
            for k, v in expected.items()
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(computed, list | tuple)
            and len(expected) == len(computed)
            and all(_same(e, c) for e, c in zip(expected, computed, strict=True))
        )
    if isinstance(computed, list) and computed:  # one answer expected for several dates: all must be it
        return all(_same(expected, one) for one in computed)
    try:
        return Decimal(str(expected)) == Decimal(str(computed))
    except InvalidOperation:
        return str(expected) == str(computed)


_YAML_WORDS = {"False": "NO"}  # an unquoted Norway is a "no" to YAML


def _example(raw: Mapping[str, Any], today: dt.date) -> Example:
    on = today
    if raw.get("valid_from") and on < day(raw["valid_from"]):
        on = day(raw["valid_from"])
    if raw.get("valid_to") and on > day(raw["valid_to"]):
        on = day(raw["valid_to"])
    given = raw["input"]
    named = given.get("import_date") or given.get("date")
    return Example(
        id=str(raw["id"]),
        jurisdiction=_YAML_WORDS.get(str(raw["jurisdiction"]), str(raw["jurisdiction"])),
        topic=str(raw["topic"]),
        input=given,
        expected=raw["expected"],
        note=str(raw.get("note") or ""),
        on=day(named) if named else on,
    )


def _judge(example: Example) -> Outcome:
    candidates = [t for (name, _), t in _topics.items() if name == example.topic]
    if not candidates and not any(t.covers(example.jurisdiction) for t in _topics.values()):
        raise Skip(f"jurisdiction {example.jurisdiction} is not covered yet")
    if not candidates:
        raise Skip(f"topic “{example.topic}” is not known yet")
    found = next((t for t in candidates if t.covers(example.jurisdiction)), None)
    if found is None:
        raise Skip(f"jurisdiction {example.jurisdiction} is not covered yet")
    unknown = sorted(set(example.input) - found.keys)
    if unknown:
        raise Skip(f"input key not known: {', '.join(unknown)}")
    computed = found.compute(example)
    wanted = {key: value for key, value in example.expected.items() if key not in _told_only}
    missing = sorted(set(wanted) - set(computed))
    if missing:
        raise Skip(f"expected key not known: {', '.join(missing)}")
    wrong = [
        f"{key}: expected {value}, computed {computed[key]}"
        for key, value in wanted.items()
        if not _same(value, computed[key])
    ]
    result: Literal["passed", "failed"] = "failed" if wrong else "passed"
    figures = tuple((key, str(value), str(computed[key])) for key, value in wanted.items())
    return Outcome(example.id, example.topic, result, "; ".join(wrong), figures=figures)


def run_example(raw: Mapping[str, Any], today: dt.date) -> Outcome:
    """Run one example; a fault in it (a missing key, a number that is none) skips it and says so."""
    name, kind = str(raw.get("id", "?")), str(raw.get("topic", "?"))
    try:
        return _judge(_example(raw, today))
    except Skip as why:
        return Outcome(name, kind, "skipped", str(why))
    except EntrepotError as fault:
        return Outcome(name, kind, "skipped", fault.message())
    except KeyError as fault:
        return Outcome(name, kind, "skipped", f"key missing: {fault.args[0]}")
    except (InvalidOperation, ValueError, TypeError, AttributeError) as fault:
        return Outcome(name, kind, "skipped", f"cannot be read: {fault}")


def run_file(path: Path, today: dt.date) -> Iterable[Outcome]:
    """Run every example of a file, in its order.

    Raises:
        NotFound, InvalidInput: no such file, or none with a list `examples`.
    """
    if not path.is_file():
        raise NotFound(kind="file", key=str(path))
    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise InvalidInput(field="file", value=path.name, rule="It is no YAML.") from fault
    if not isinstance(loaded, dict) or not isinstance(loaded.get("examples"), list):
        raise InvalidInput(field="file", value=path.name, rule="It has no list named “examples”.")
    sources = loaded.get("sources") or {}
    for raw in loaded["examples"]:
        told = raw.get("source") or []
        named = [str(sources.get(key, {}).get("ref", key)) for key in (told if isinstance(told, list) else [told])]
        place = str(raw.get("jurisdiction", ""))
        yield msgspec.structs.replace(run_example(raw, today), jurisdiction=place, source="; ".join(named))
