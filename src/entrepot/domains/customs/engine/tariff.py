"""Rows of a tariff: how goods find theirs, and how a row is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from entrepot.domains.customs.engine.tables import Law, TariffRow
from entrepot.kernel.lawfile import ppm, with_doubt
from entrepot.kernel.trade import RuleRef


def percent(rate_ppm: int) -> str:
    """Return a rate in words, e.g. 45_000 ppm as "4.5 %"."""
    return f"{(Decimal(rate_ppm) / 10_000).normalize():f} %"


def stored_reference(row: TariffRow, law: Law) -> RuleRef:
    """Return the RuleRef of a tariff row, wherever it is stored."""
    key = f"{row.code or 'all goods'}{' ' + row.origin if row.origin else ''}{' ' + row.name if row.name else ''}"
    since = row.from_date.isoformat() if row.from_date else ""
    until = row.until.isoformat() if row.until else ""
    return RuleRef(
        f"customs.{law.territory}.tariff", key, percent(row.rate_ppm), row.source, row.confidence, since, until
    )


def tariff_rows(law: Law, on: dt.date) -> list[TariffRow]:
    """Return the tariff rows that come with the law's own file, in force on a day; the code `*` stands for all goods."""
    return [
        TariffRow(
            "" if row.fields["code"] == "*" else str(row.fields["code"]), row.fields.get("origin", ""),
            ppm(row.fields["rate"]), False, "", row.period.start, row.period.end,
            with_doubt(row.fields["source"], row.fields.get("doubt")), row.fields["confidence"],
        )
        for row in law.rows("tariff", on)
    ]  # fmt: skip


def prefixes(code: str) -> list[str]:
    """Return an HS code and what it may be looked up by, longest first: itself, then 8, 6 and 4 digits."""
    return [code, *(code[:n] for n in (8, 6, 4) if n < len(code))]


def base_rate(code: str, origin: str, rows: Mapping[tuple[str, str], TariffRow]) -> TariffRow | None:
    """Return the row of goods by the longest prefix, one for the origin before one for any; None when there is none."""
    for prefix in (*prefixes(code), code[:2], ""):
        for wanted in (origin, ""):
            row = rows.get((prefix, wanted))
            if row is not None:
                return row
    return None
