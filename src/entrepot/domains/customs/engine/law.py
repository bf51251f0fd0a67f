"""From tables of law (plain dicts as read from YAML) to the frozen customs rules of a destination on a day.

A table file has `territory`, `countries` and dated rows with `from`/`until` (half-open civil dates), `source` and
`confidence`. Refuses: a gap or overlap between rows of one key, a row without source or confidence, an unknown field, a
list of treatments or entries whose last is not open to everything; each refusal names file and row. No country is named here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.customs.errors import BadLaw
from entrepot.domains.customs.types import AddedDuty, CustomsRules, DutyRate, EntryKind, Fee, Treatment
from entrepot.kernel.money import Money
from entrepot.kernel.period import Period, next_boundary, refuse_gap_or_overlap
from entrepot.kernel.trade import RuleRef

_DATED = "from until source confidence note doubt in_use"
_FIELDS = {
    "treatments": f"key kind valuation limit basis currency amount digits schemes not_origins consumers_only {_DATED}",
    "entries": f"key limit basis currency digits importer_of_record procedure_code {_DATED}",
    "fees": f"key kind entries amount rate min max currency limit basis limit_currency countries consumers_only {_DATED}",
    "added_duties": f"key rate net_of_base origins not_origins chapters {_DATED}",
    "merchant_duty": f"rate {_DATED}",
    "postal_specific": f"band_below inclusive amount {_DATED}",
    "tariff": f"code origin rate {_DATED}",
}


class LawRow(msgspec.Struct, frozen=True):
    """A dated row of a table, with where it stands."""

    file: str
    number: int
    period: Period
    fields: Mapping[str, Any]


class Law(msgspec.Struct, frozen=True):
    """A customs territory's tables, by name."""

    territory: str
    file: str
    currency: str
    time_zone: str
    countries: frozenset[str]
    free_movement: RuleRef
    tables: dict[str, tuple[LawRow, ...]]

    def rows(self, table: str, on: dt.date) -> list[LawRow]:
        """Return the rows of a table that are in force and in use on a day."""
        return [row for row in self.tables.get(table, ()) if on in row.period and row.fields.get("in_use", True)]


class TariffRow(msgspec.Struct, frozen=True):
    """A tariff rate as stored: `origin` "" is any; `added` comes on top of the base rate."""

    code: str
    origin: str
    rate_ppm: int
    added: bool
    name: str
    from_date: dt.date | None
    until: dt.date | None
    source: str
    confidence: str


def ppm(percent: Any) -> int:
    """Return a rate given in percent (text or int, never float) as parts per million; ValueError otherwise."""
    if isinstance(percent, float):
        raise ValueError("a rate is written as text, never as a float")
    value = Decimal(str(percent)) * 10_000
    if value != int(value) or value < 0:
        raise ValueError(f"{percent} % is no rate of at most four decimals")
    return int(value)


def _rows(table: str, listed: Sequence[Mapping[str, Any]], file: str) -> tuple[LawRow, ...]:
    allowed = set(_FIELDS[table].split())
    wrapped = []
    for number, fields in enumerate(listed, 1):
        where = f"{table} {number}"
        unknown = {str(name) for name in fields} - allowed
        if unknown:
            raise BadLaw(file=file, row=where, what=f"unknown field {', '.join(sorted(unknown))}")
        for needed in ("source", "confidence"):
            if not fields.get(needed):
                raise BadLaw(file=file, row=where, what=f"no {needed}")
        start, end = fields.get("from"), fields.get("until")
        for edge in (start, end):
            if edge is not None and (not isinstance(edge, dt.date) or isinstance(edge, dt.datetime)):
                raise BadLaw(file=file, row=where, what=f"{edge} is no civil date")
        if start and end and end <= start:
            raise BadLaw(file=file, row=where, what="it ends before it begins")
        try:
            if "rate" in fields:
                ppm(fields["rate"])
        except (ValueError, ArithmeticError) as fault:
            raise BadLaw(file=file, row=where, what=str(fault)) from fault
        wrapped.append(LawRow(file, number, Period(start, end), fields))
    return tuple(wrapped)


def _key(table: str, row: LawRow) -> str:
    f = row.fields
    if table == "tariff":
        return f"{f['code']} {f.get('origin', '')}"
    if table == "postal_specific":
        return str(f.get("band_below"))
    return str(f.get("key", table))


def _refuse_open_questions(table: str, rows: Sequence[LawRow], file: str) -> None:
    if not rows:
        raise BadLaw(file=file, row=table, what="there are none")
    last = rows[-1]
    open_to_all = not any(last.fields.get(n) for n in ("limit", "schemes", "not_origins", "consumers_only"))
    if not open_to_all or last.period != Period(None, None):
        raise BadLaw(file=file, row=f"{table} {last.number}", what="the last row must fit every consignment on every day")


def law_of(raw: Mapping[str, Any], file: str) -> Law:
    """Return the checked tables of one territory.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    tables: dict[str, tuple[LawRow, ...]] = {}
    for table in _FIELDS:
        rows = _rows(table, raw.get(table) or (), file)
        tables[table] = rows
        by_key: dict[str, list[LawRow]] = {}
        for row in rows:
            by_key.setdefault(_key(table, row), []).append(row)
        for key, group in by_key.items():
            numbers = ", ".join(str(row.number) for row in group)
            refuse_gap_or_overlap(group, table=file, key=f"{table} {key} (rows {numbers})")
    _refuse_open_questions("treatments", tables["treatments"], file)
    _refuse_open_questions("entries", tables["entries"], file)
    free = raw["free_movement"]
    return Law(
        territory=raw["territory"],
        file=file,
        currency=raw["currency"],
        time_zone=raw["time_zone"],
        countries=frozenset(raw["countries"]),
        free_movement=RuleRef(f"customs.{raw['territory']}", "free_movement", "", free["source"], free["confidence"]),
        tables=tables,
    )


def _reference(row: LawRow, law: Law, key: str, value: str) -> RuleRef:
    f = row.fields
    source = f"{f['source']}; doubt: {f['doubt']}" if f.get("doubt") else str(f["source"])
    since = row.period.start.isoformat() if row.period.start else ""
    until = row.period.end.isoformat() if row.period.end else ""
    return RuleRef(f"customs.{law.territory}", key, value, " ".join(source.split()), str(f["confidence"]), since, until)


def _minor(value: Any, currency: str) -> int:
    return Money.parse(str(value), currency).minor


def _limit(f: Mapping[str, Any], currency: str) -> int | None:
    return _minor(f["limit"], currency) if f.get("limit") else None


def _treatment(row: LawRow, law: Law) -> Treatment:
    f = row.fields
    currency = f.get("currency", law.currency)
    parts = [f"{f['amount']} {currency} per tariff item" if f.get("amount") else f["kind"]]
    parts += [f"up to {f['limit']} {currency} ({f.get('basis', 'intrinsic')})"] if f.get("limit") else []
    return Treatment(
        key=f["key"],
        kind=f["kind"],
        rule=_reference(row, law, f["key"], ", ".join(parts)),
        valuation=f.get("valuation", "cif"),
        limit_minor=_limit(f, currency),
        basis=f.get("basis", "intrinsic"),
        currency=currency,
        amount_minor=_minor(f.get("amount", "0"), currency),
        digits=f.get("digits", 6),
        schemes=tuple(f.get("schemes") or ()),
        not_origins=tuple(f.get("not_origins") or ()),
        consumers_only=f.get("consumers_only", False),
    )


def _entry(row: LawRow, law: Law) -> EntryKind:
    f = row.fields
    currency = f.get("currency", law.currency)
    return EntryKind(
        key=f["key"],
        rule=_reference(row, law, f["key"], f"up to {f['limit']} {currency}" if f.get("limit") else "no limit"),
        importer_of_record=f["importer_of_record"],
        limit_minor=_limit(f, currency),
        basis=f.get("basis", "intrinsic"),
        currency=currency,
        digits=f.get("digits", 6),
        procedure_code=f.get("procedure_code", ""),
    )


def _fee(row: LawRow, law: Law) -> Fee:
    f = row.fields
    currency = f.get("currency", law.currency)
    per = "per entry" if f["kind"] == "per_entry" else "per tariff item"
    if f.get("rate"):
        words = f"{f['rate']} %, from {f.get('min', '0')} to {f.get('max', '-')} {currency} {per}"
    else:
        words = f"{f['amount']} {currency} {per}"
    return Fee(
        key=f["key"],
        kind=f["kind"],
        rule=_reference(row, law, f["key"], words),
        currency=currency,
        entries=tuple(f.get("entries") or ()),
        amount_minor=_minor(f.get("amount", "0"), currency),
        rate_ppm=ppm(f.get("rate", "0")),
        min_minor=_minor(f.get("min", "0"), currency),
        max_minor=_minor(f["max"], currency) if f.get("max") else None,
        limit_minor=_limit(f, law.currency),
        basis=f.get("basis", "intrinsic"),
        limit_currency=law.currency,
        consumers_only=f.get("consumers_only", False),
    )


def _added(rows: Iterable[LawRow], law: Law, origin: str, code: str) -> list[AddedDuty]:
    found = []
    for row in rows:
        f = row.fields
        if f.get("origins") and origin not in f["origins"]:
            continue
        if origin in (f.get("not_origins") or ()) or (f.get("chapters") and code[:2] not in f["chapters"]):
            continue
        net = bool(f.get("net_of_base", False))
        words = f"{'up to ' if net else ''}{f['rate']} %"
        found.append(AddedDuty(ppm(f["rate"]), _reference(row, law, f["key"], words), net))
    return found


def percent(rate_ppm: int) -> str:
    """Return a rate in words, e.g. 45_000 ppm as "4.5 %"."""
    return f"{(Decimal(rate_ppm) / 10_000).normalize():f} %"


def _stored_reference(row: TariffRow, law: Law) -> RuleRef:
    key = f"{row.code}{' ' + row.origin if row.origin else ''}{' ' + row.name if row.name else ''}"
    since = row.from_date.isoformat() if row.from_date else ""
    until = row.until.isoformat() if row.until else ""
    return RuleRef(
        f"customs.{law.territory}.tariff", key, percent(row.rate_ppm), row.source, row.confidence, since, until
    )


def tariff_rows(law: Law, on: dt.date) -> list[TariffRow]:
    """Return the tariff rows that come with the law's own file, in force on a day."""
    return [
        TariffRow(
            str(row.fields["code"]), row.fields.get("origin", ""), ppm(row.fields["rate"]), False, "",
            row.period.start, row.period.end, row.fields["source"], row.fields["confidence"],
        )
        for row in law.rows("tariff", on)
    ]  # fmt: skip


def prefixes(code: str) -> list[str]:
    """Return an HS code and what it may be looked up by, longest first: itself, then 8, 6 and 4 digits."""
    return [code, *(code[:n] for n in (8, 6, 4) if n < len(code))]


def _base_rate(code: str, origin: str, rows: Mapping[tuple[str, str], TariffRow]) -> TariffRow | None:
    for prefix in prefixes(code):
        for wanted in (origin, ""):
            row = rows.get((prefix, wanted))
            if row is not None:
                return row
    return None


def compile_rules(
    law: Law,
    *,
    destination: str,
    pairs: Iterable[tuple[str, str]],
    on: dt.date,
    stored: Sequence[TariffRow] = (),
    merchant: RuleRef | None = None,
    merchant_ppm: int = 0,
) -> CustomsRules:
    """Return the frozen rules of a destination on a day for goods given as (HS code, origin).

    A rate is looked up by the longest prefix, the stored tariff before the file's own rows; where neither knows a code,
    the merchant's flat duty applies (the stored one, else the file's), with confidence `merchant`.

    Args:
        stored: tariff rows in force on the day. merchant, merchant_ppm: the merchant's own duty, when one is stored.
    """
    base = {(row.code, row.origin): row for row in tariff_rows(law, on)}
    base.update({(row.code, row.origin): row for row in stored if not row.added})
    extra = [row for row in stored if row.added]
    added_rows = law.rows("added_duties", on)
    flat = law.rows("merchant_duty", on)
    if merchant is None and flat:
        merchant_ppm = ppm(flat[0].fields["rate"])
        merchant = _reference(flat[0], law, "merchant_duty", percent(merchant_ppm))
    rates: dict[tuple[str, str], DutyRate] = {}
    for code, origin in set(pairs):
        added = _added(added_rows, law, origin, code)
        added += [
            AddedDuty(row.rate_ppm, _stored_reference(row, law))
            for row in extra
            if code.startswith(row.code) and row.origin in ("", origin)
        ]
        row = _base_rate(code, origin, base)
        if row is not None:
            rates[code, origin] = DutyRate(row.rate_ppm, _stored_reference(row, law), tuple(added))
        elif merchant is not None:
            rates[code, origin] = DutyRate(merchant_ppm, merchant, tuple(added))
    dated = [row for rows in law.tables.values() for row in rows if row.fields.get("in_use", True)]
    edges = [edge for row in stored for edge in (row.until,) if edge is not None and edge > on]
    boundary = next_boundary(dated, on)
    return CustomsRules(
        destination=destination,
        territory=law.territory,
        countries=law.countries,
        on=on,
        treatments=tuple(_treatment(row, law) for row in law.rows("treatments", on)),
        entries=tuple(_entry(row, law) for row in law.rows("entries", on)),
        fees=tuple(
            _fee(row, law) for row in law.rows("fees", on) if destination in row.fields.get("countries", (destination,))
        ),
        rates=rates,
        free_movement=law.free_movement,
        next_boundary=min([*edges, *([boundary] if boundary else [])], default=None),
    )


def postal_specific(law: Law, *, rate_ppm: int, on: dt.date) -> tuple[int, RuleRef] | None:
    """Return the specific duty of one postal item by the band of another rate, None when no such rule is in force.

    Minor units of the law's currency. A band reaches up to its limit; the limit itself belongs to it where the row says so.
    """
    for row in law.rows("postal_specific", on):
        f = row.fields
        limit = f.get("band_below")
        if limit is None or rate_ppm < ppm(limit) or (f.get("inclusive") and rate_ppm == ppm(limit)):
            return _minor(f["amount"], law.currency), _reference(row, law, "postal_specific", f"{f['amount']} an item")
    return None
