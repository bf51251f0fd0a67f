"""From checked tables of law to the frozen customs rules of a destination on a day. No country is named here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from entrepot.domains.customs.engine.added import added_to, doubts
from entrepot.domains.customs.engine.preferences import claimed
from entrepot.domains.customs.engine.tables import Law, TariffRow, in_use
from entrepot.domains.customs.engine.tariff import base_rate, percent, stored_reference, tariff_rows
from entrepot.domains.customs.types import (
    AddedDuty,
    CodeRate,
    CustomsRules,
    DutyRate,
    EntryKind,
    Fee,
    OriginProofInfo,
    PreferenceRow,
    Treatment,
)
from entrepot.kernel.lawfile import LawRow, ppm, reference, with_doubt
from entrepot.kernel.money import Money
from entrepot.kernel.period import next_boundary
from entrepot.kernel.trade import RuleRef


def _reference(row: LawRow, law: Law, key: str, value: str) -> RuleRef:
    return reference(row, f"customs.{law.territory}", key, value)


def _minor(value: Any, currency: str) -> int:
    return Money.parse(str(value), currency).minor


def _limit(f: Mapping[str, Any], currency: str) -> int | None:
    return _minor(f["limit"], currency) if f.get("limit") else None


def _treatment_words(f: Mapping[str, Any], currency: str) -> str:
    first = str(f["kind"])
    if f.get("amount"):
        first = f"{f['amount']} {currency} per tariff item"
    elif f.get("rate"):
        first = f"{f['rate']} %" + (f" less {f['deduction']} {currency}" if f.get("deduction") else "")
    return first + (f", up to {f['limit']} {currency} ({f.get('basis', 'intrinsic')})" if f.get("limit") else "")


def _treatment(row: LawRow, law: Law) -> Treatment:
    f = row.fields
    currency = f.get("currency", law.currency)
    return Treatment(
        key=f["key"],
        kind=f["kind"],
        rule=_reference(row, law, f["key"], _treatment_words(f, currency)),
        valuation=f.get("valuation", "cif"),
        limit_minor=_limit(f, currency),
        basis=f.get("basis", "intrinsic"),
        currency=currency,
        amount_minor=_minor(f.get("amount", "0"), currency),
        digits=f.get("digits", 6),
        consumers_only=f.get("consumers_only", False),
        rate_ppm=ppm(f.get("rate", "0")),
        code_rates=tuple(
            CodeRate(tuple(more["codes"]), ppm(more["rate"]), _reference(row, law, f["key"], f"{more['rate']} %"))
            for more in f.get("code_rates") or ()
        ),
        deduction_minor=_minor(f.get("deduction", "0"), currency),
        base_step_minor=_minor(f.get("base_step", "0"), law.currency),
        amount_step_minor=_minor(f.get("amount_step", "0"), law.currency),
        step_rounding=f.get("step_rounding", "down"),
        home=law.currency,
        collector=f.get("collector", "customs"),
        narrow=any(f.get(name) for name in ("modes", "dispatch", "origins", "not_codes")),
        **{name: tuple(f.get(name) or ()) for name in _LISTS},
    )


_LISTS = ("schemes", "not_origins", "origins", "not_codes", "dispatch", "modes")


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
        modes=tuple(f.get("modes") or ()),
    )


class Frame(msgspec.Struct, frozen=True):
    """What the law's own tables say of a destination on a day, whatever the goods: compiled once, used for every cart."""

    law: Law
    destination: str
    on: dt.date
    treatments: tuple[Treatment, ...]
    entries: tuple[EntryKind, ...]
    fees: tuple[Fee, ...]
    base: dict[tuple[str, str], TariffRow]
    added: tuple[LawRow, ...]
    not_loaded: tuple[LawRow, ...]
    merchant: DutyRate | None
    next_boundary: dt.date | None
    programmes: tuple[LawRow, ...] = ()


def frame_of(law: Law, *, destination: str, on: dt.date, chosen: Mapping[str, str] | None = None) -> Frame:
    """Return the law's tables compiled for a destination and a day.

    Args:
        chosen: the reading that the merchant follows where there are several, by choice.
    """
    flat = law.rows("merchant_duty", on)
    merchant = None
    if flat:
        rate = ppm(flat[0].fields["rate"])
        merchant = DutyRate(rate, _reference(flat[0], law, "merchant_duty", percent(rate)))
    dated = [row for rows in law.tables.values() for row in rows if in_use(row, chosen or {})]
    return Frame(
        law=law,
        destination=destination,
        on=on,
        treatments=tuple(_treatment(row, law) for row in law.rows("treatments", on, chosen)),
        entries=tuple(_entry(row, law) for row in law.rows("entries", on, chosen)),
        fees=tuple(
            _fee(row, law)
            for row in law.rows("fees", on, chosen)
            if destination in row.fields.get("countries", (destination,))
        ),
        base={(row.code, row.origin): row for row in tariff_rows(law, on)},
        added=tuple(law.rows("added_duties", on, chosen)),
        not_loaded=tuple(law.rows("not_loaded", on)),
        merchant=merchant,
        next_boundary=next_boundary(dated, on),
        programmes=tuple(law.rows("programmes", on, chosen)),
    )


def rates_of(
    frame: Frame,
    pairs: Iterable[tuple[str, str]],
    stored: Sequence[TariffRow] = (),
    merchant: DutyRate | None = None,
    lists: Collection[str] = (),
    proofs: Sequence[OriginProofInfo] = (),
    preferences: Mapping[tuple[str, str], PreferenceRow] | None = None,
) -> dict[tuple[str, str], DutyRate]:
    """Return the duty rates of goods given as (HS code, origin); a pair nobody knows is missing.

    A rate is looked up by the longest prefix, the stored tariff before the file's own rows; where neither knows a code, the
    merchant's flat duty applies (the one given, else the file's), with confidence `merchant`.

    Args:
        stored: tariff rows in force on the day.
        lists: names of added duties that are loaded for the territory; a list of `not_loaded` that is not among them is
            told as a doubt beside the rate of the goods it may touch.
        proofs: proofs of origin in force; preferences: stored preferential rates by (code, programme).
    """
    law = frame.law
    own = {(row.code, row.origin): row for row in stored if not row.added}
    base = {**frame.base, **own} if own else frame.base
    extra = [row for row in stored if row.added]
    merchant = merchant or frame.merchant
    missing = [row for row in frame.not_loaded if row.fields["key"] not in lists]
    rates: dict[tuple[str, str], DutyRate] = {}
    for code, origin in set(pairs):
        added = added_to(frame.added, law, origin, code)
        added += [
            AddedDuty(row.rate_ppm, stored_reference(row, law))
            for row in extra
            if code.startswith(row.code) and row.origin in ("", origin)
        ]
        row = base_rate(code, origin, base)
        if row is not None:
            rate, rule = row.rate_ppm, stored_reference(row, law)
        elif merchant is not None:
            rate, rule = merchant.rate_ppm, merchant.rule
        else:
            continue
        doubt = doubts(missing, origin, code) if missing else ""
        if doubt:
            rule = msgspec.structs.replace(rule, source=with_doubt(rule.source, doubt))
        usual = DutyRate(rate, rule, tuple(added))
        if frame.programmes:
            usual = claimed((code, origin), usual, frame.programmes, proofs, preferences or {}, law)
        rates[code, origin] = usual
    return rates


def rules_from(
    frame: Frame, rates: dict[tuple[str, str], DutyRate], edges: Iterable[dt.date | None] = ()
) -> CustomsRules:
    """Return the frozen rules of a frame and its rates; `edges` are the ends of the stored rows behind them."""
    later = [edge for edge in edges if edge is not None and edge > frame.on]
    return CustomsRules(
        destination=frame.destination,
        territory=frame.law.territory,
        countries=frame.law.countries,
        on=frame.on,
        treatments=frame.treatments,
        entries=frame.entries,
        fees=frame.fees,
        rates=rates,
        free_movement=frame.law.free_movement,
        next_boundary=min([*later, *([frame.next_boundary] if frame.next_boundary else [])], default=None),
    )


def compile_rules(
    law: Law,
    *,
    destination: str,
    pairs: Iterable[tuple[str, str]],
    on: dt.date,
    stored: Sequence[TariffRow] = (),
    merchant: DutyRate | None = None,
    lists: Collection[str] = (),
    chosen: Mapping[str, str] | None = None,
    proofs: Sequence[OriginProofInfo] = (),
    preferences: Mapping[tuple[str, str], PreferenceRow] | None = None,
) -> CustomsRules:
    """Return the frozen rules of a destination on a day for goods given as (HS code, origin), all at once."""
    frame = frame_of(law, destination=destination, on=on, chosen=chosen)
    rates = rates_of(frame, pairs, stored, merchant, lists, proofs, preferences)
    return rules_from(frame, rates, [row.until for row in stored])


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
