"""Tariff files of the world become tariff rows. Knows three forms by their header:

* side-by-side file of two tariffs (`commodity`, `cet_duty_rate`, `ukgt_duty_rate`): one column is chosen;
* United States schedule, either derived (`hts`, `general_ad_valorem_pct`) or the official export (`HTS Number`,
  `General Rate of Duty`), where a statistical line inherits the rate of the heading above it;
* our own (`code`, `rate` in percent, optional `origin`; with a `programme` it is that programme's preferential rate).

The special column of the United States schedule gives the preferential rates of its programmes.

Only ad valorem rates are taken. A specific or compound rate (per kilogram, per item) is counted and left out, so that the
merchant's flat duty applies and says so. A code of six digits gets the one rate of all lines under it, or the highest,
and then says that too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

import msgspec

from entrepot.domains.customs.engine.preferences import special_rates
from entrepot.domains.customs.engine.tables import TariffRow
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.lawfile import ppm

_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*(?:<u></u>)?\s*")
_CODE = re.compile(r"\d{8}(\d{2})?|\d{6}|\d{4}")


class TariffLine(msgspec.Struct, frozen=True):
    """A line as read: the rate in ppm, or None when it is specific or compound. `number` counts data rows from 1.

    `special` are preferential rates with their programmes; with `programme` the rate itself is one.
    """

    number: int
    code: str
    origin: str
    rate_ppm: int | None
    special: tuple[tuple[int, tuple[str, ...]], ...] = ()
    programme: str = ""


class BadLine(msgspec.Struct, frozen=True):
    """A line that cannot be used, and why."""

    number: int
    field: str
    value: str
    rule: str


def _rate(text: str) -> int | None:
    """Ad valorem rate of a tariff's own words in ppm, None when it is anything else."""
    if text.strip().casefold() == "free":
        return 0
    found = _PERCENT.fullmatch(text)
    return ppm(found[1]) if found else None


def _line(
    number: int, code: str, rate: int | None, origin: str = "", special: str = "", programme: str = ""
) -> TariffLine | BadLine:
    digits = re.sub(r"[.\s]", "", code)
    if not _CODE.fullmatch(digits):
        return BadLine(number, "code", code, "A tariff code has 4, 6, 8 or 10 digits.")
    return TariffLine(number, digits, origin, rate, tuple(special_rates(special)) if special else (), programme)


def _schedule(rows: Iterable[Mapping[str, str]]) -> Iterator[TariffLine | BadLine]:
    above: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        indent = int(row["Indent"] or 0)
        text, special = row["General Rate of Duty"].strip(), (row.get("Special Rate of Duty") or "").strip()
        for deeper in [level for level in above if level >= indent]:
            del above[deeper]
        if not text and above:
            text = above[max(above)]
        code = row["HTS Number"].strip()
        if text:
            above[indent] = text
        if text and len(code.replace(".", "")) >= 8:
            yield _line(number, code, _rate(text), special=special)


def read_lines(header: Iterable[str], rows: Iterable[Mapping[str, str]], column: str) -> Iterator[TariffLine | BadLine]:
    """Return the lines of a file, whatever its form; raise InvalidInput when the header is of none we know.

    Args:
        column: where a side-by-side file has the territory's rates (`tariff_column` of its tables), "" when it has none.
    """
    columns = list(header)
    names = set(columns)
    if {"commodity", "cet_duty_rate"} <= names:
        if column not in names:
            raise InvalidInput(
                field="territory", value=column or "-", rule="This file has no column for that territory."
            )
        return (_line(n, row["commodity"], _rate(row[column])) for n, row in enumerate(rows, 1))
    if {"hts", "general_ad_valorem_pct"} <= names:
        return (
            _line(
                n,
                row["hts"],
                ppm(row["general_ad_valorem_pct"]) if row["general_ad_valorem_pct"] else None,
                special=row.get("special_rate") or "",
            )
            for n, row in enumerate(rows, 1)
        )
    if {"HTS Number", "General Rate of Duty"} <= names:
        return _schedule(rows)
    if {"code", "rate"} <= names:
        return (_own(n, row) for n, row in enumerate(rows, 1))
    raise InvalidInput(
        field="file", value=", ".join(columns)[:80], rule="The header is of no tariff form we know (see the how-to)."
    )


def _own(number: int, row: Mapping[str, str]) -> TariffLine | BadLine:
    try:
        rate = ppm(Decimal(row["rate"].rstrip("% ")))
    except (InvalidOperation, ValueError, AttributeError):
        return BadLine(number, "rate", str(row["rate"]), "A rate is a percentage such as 4.5.")
    origin = (row.get("origin") or "").strip().upper()
    if origin and not re.fullmatch(r"[A-Z]{2}", origin):
        return BadLine(number, "origin", origin, "An origin is two letters, or empty for any.")
    return _line(number, row["code"], rate, origin, programme=(row.get("programme") or "").strip()[:20])


def tariff_rows(lines: Iterable[TariffLine], *, name: str = "", added: bool = False) -> list[TariffRow]:
    """Return the rows to store: every ad valorem line once, and per six digits one row for goods known only so far.

    Lines of chapters 98 and 99 (special provisions) are left out unless `added`. The six-digit row carries the single
    rate under it (confidence dataset), or the highest (confidence says of how many), or is left out when no line under
    it is ad valorem.
    """
    kept: dict[tuple[str, str], int] = {}
    under: dict[tuple[str, str], set[int]] = {}
    compound: set[tuple[str, str]] = set()
    for line in lines:
        if line.programme or (not added and line.code[:2] in ("98", "99")):
            continue
        heading = (line.code[:6], line.origin)
        if line.rate_ppm is None:
            compound.add(heading)
            continue
        kept.setdefault((line.code, line.origin), line.rate_ppm)
        if len(line.code) >= 6:
            under.setdefault(heading, set()).add(line.rate_ppm)
    stored = [
        TariffRow(code, origin, rate, added, name, None, None, "", "dataset") for (code, origin), rate in kept.items()
    ]
    for (code, origin), rates in under.items():
        if (code, origin) in kept:
            continue
        words = "dataset" if len(rates) == 1 else f"assumed: highest of {len(rates)} rates under these six digits"
        if (code, origin) in compound:
            words = "assumed: highest ad valorem rate; others under these digits are by weight or piece"
        stored.append(TariffRow(code, origin, max(rates), added, name, None, None, "", words))
    return stored


def preference_rates(lines: Iterable[TariffLine], known: Collection[str]) -> dict[tuple[str, int], set[str]]:
    """Return the preferential rates to store, as (code, rate in ppm) → programmes, of those that are `known`.

    A six-digit code gets a programme's rate only where every line under it that bears duty has the same one. Chapters 98 and 99 are left out.
    """
    found: dict[tuple[str, int], set[str]] = {}
    under: dict[tuple[str, str], set[int]] = {}
    headings: dict[str, int] = {}
    bearing: dict[tuple[str, str], int] = {}
    for line in lines:
        if line.code[:2] in ("98", "99"):
            continue
        rates = line.special
        if line.programme and line.rate_ppm is not None:
            rates = ((line.rate_ppm, (line.programme,)),)
        heading = line.code[:6]
        if not line.programme and line.rate_ppm != 0:
            headings[heading] = headings.get(heading, 0) + 1
        for rate, programmes in rates:
            for programme in programmes:
                if programme in known:
                    found.setdefault((line.code, rate), set()).add(programme)
                    under.setdefault((heading, programme), set()).add(rate)
                    bearing[heading, programme] = bearing.get((heading, programme), 0) + 1
    for (heading, programme), rates_found in under.items():
        if len(rates_found) == 1 and bearing[heading, programme] >= headings.get(heading, 0):
            found.setdefault((heading, next(iter(rates_found))), set()).add(programme)
    return found
