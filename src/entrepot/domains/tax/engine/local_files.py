"""Files of local rates by postal code become rows. Knows two forms by their header:

* by postal code with the parts as fractions (`state`, `zip`, `combined_rate`, `state_rate`), as published for the United States;
* our own (`region`, `postcode`, `rate` in percent).

One rate per postal code is an estimate where a code lies in several districts. A code that stands in two regions goes in for
each; a sum that no place has (above `most`) is refused, by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

import msgspec

from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import PPM


class LocalLine(msgspec.Struct, frozen=True):
    """A local rate as read; `number` counts data rows from 1."""

    number: int
    region: str
    postcode: str
    rate_ppm: int


class BadLocalLine(msgspec.Struct, frozen=True):
    """A line that cannot be used, and why."""

    number: int
    field: str
    value: str
    rule: str


def read_lines(
    header: Iterable[str], rows: Iterable[Mapping[str, str]], *, most_ppm: int = 150_000
) -> Iterator[LocalLine | BadLocalLine]:
    """Return the lines of a file, whatever its form; raise InvalidInput when the header is of none we know.

    Args:
        most_ppm: a sum of region and local rate above this is a fault of the file (15 %).
    """
    names = set(header)
    if {"state", "zip", "combined_rate", "state_rate"} <= names:
        return (_by_parts(number, row, most_ppm) for number, row in enumerate(rows, 1))
    if {"region", "postcode", "rate"} <= names:
        return (_own(number, row, most_ppm) for number, row in enumerate(rows, 1))
    raise InvalidInput(field="file", value=", ".join(sorted(names))[:80], rule="The header is of no form we know.")


def _line(
    number: int, region: str, postcode: str, rate: Decimal, whole: Decimal, most: int
) -> LocalLine | BadLocalLine:
    plain = re.sub(r"[^0-9A-Z]", "", postcode.upper())
    if not re.fullmatch(r"[A-Z]{2,3}", region):
        return BadLocalLine(number, "region", region, "A region is two or three letters.")
    if not 3 <= len(plain) <= 10:
        return BadLocalLine(number, "postcode", postcode, "A postal code has three to ten letters and digits.")
    if rate < 0 or whole * PPM > most:
        percent = f"{(whole * 100).normalize():f} %"
        return BadLocalLine(
            number, "rate", percent, f"No place takes less than nothing or more than {most // 10_000} %."
        )
    return LocalLine(number, region, plain, int(rate * PPM))


def _by_parts(number: int, row: Mapping[str, str], most: int) -> LocalLine | BadLocalLine:
    try:
        combined, state = (Decimal(row[name] or "0") for name in ("combined_rate", "state_rate"))
    except InvalidOperation:
        return BadLocalLine(number, "combined_rate", row["combined_rate"], "A rate is a fraction such as 0.0725.")
    return _line(number, row["state"].strip(), row["zip"].strip(), combined - state, combined, most)


def _own(number: int, row: Mapping[str, str], most: int) -> LocalLine | BadLocalLine:
    try:
        rate = Decimal(row["rate"].rstrip("% ")) / 100
    except InvalidOperation:
        return BadLocalLine(number, "rate", row["rate"], "A rate is a percentage such as 1.25.")
    return _line(number, row["region"].strip().upper(), row["postcode"].strip(), rate, rate, most)
