"""Numbers of the receiver that customs ask for: their form and check digits."""

from __future__ import annotations

import datetime as dt
import re
from importlib import import_module

import msgspec
from stdnum.exceptions import ValidationError

from entrepot.kernel.errors import N_, InvalidInput


class ReceiverRule(msgspec.Struct, frozen=True):
    """Which number a country asks for. `check`: names of python-stdnum modules, any of which may accept, or a pattern."""

    country: str
    kind: str
    name: str
    check: str
    source: str
    confidence: str
    start: dt.date | None = None
    end: dt.date | None = None


def checked(number: str, rule: ReceiverRule) -> str:
    """Return the number in its printed form; raise InvalidInput when it breaks the rule (its value is not repeated)."""
    if re.fullmatch(r"[a-z]{2}\.[a-z]+( [a-z]{2}\.[a-z]+)*", rule.check):
        for name in rule.check.split():
            module = import_module(f"stdnum.{name}")
            try:
                return str(module.format(module.validate(number)))
            except ValidationError:
                continue
    else:
        plain = re.sub(r"[\s.\-]", "", number).upper()
        if re.fullmatch(rule.check, plain):
            return plain
    raise InvalidInput(
        field=rule.name,
        value="…",
        rule=N_("A digit is wrong or missing: copy the number as the receiver's papers show it."),
    )
