"""Preferences: the lower duty of goods of an agreement's origin, for those who hold the proof of it. No country is named here.

A programme (a table of the territory) says which origins it is for and what proves them; its rates are its own (`rate` for all
goods, as where an agreement frees everything), or are loaded with a tariff, row by row. A preference is used only where the
merchant says that he holds the proof for goods of that code and origin; otherwise the tariff's usual rate stands, and says that a
preference may exist and what it needs. Whether goods really originate there is the rule of origin's question, and the
merchant's: it is not answered here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from entrepot.domains.customs.engine.tables import Law
from entrepot.domains.customs.engine.tariff import percent, prefixes
from entrepot.domains.customs.types import DutyRate, OriginProofInfo, PreferenceRow
from entrepot.kernel.lawfile import LawRow, ppm, with_doubt
from entrepot.kernel.trade import RuleRef

_SPECIAL = re.compile(r"(free|\d+(?:\.\d+)?\s*%)\s*\(([^()]*)\)", re.IGNORECASE)
_SYMBOL = re.compile(r"[A-Z]{1,3}[+*]?")


def special_rates(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Return the ad valorem rates of a schedule's special column with the symbols of their programmes.

    >>> special_rates("Free (AU,KR) 3.5% (JP) See 9915.02.05 (P+)")
    [(0, ('AU', 'KR')), (35000, ('JP',))]
    """
    found = []
    for rate, listed in _SPECIAL.findall(text):
        symbols = tuple(one for one in (part.strip() for part in listed.split(",")) if _SYMBOL.fullmatch(one))
        if symbols:
            found.append((0 if rate.casefold() == "free" else ppm(rate.rstrip("% ")), symbols))
    return found


def for_goods(programmes: Iterable[LawRow], origin: str, code: str) -> list[LawRow]:
    """Return the programmes that goods of an origin and code may fall under."""
    return [
        row
        for row in programmes
        if origin in row.fields["origins"] and code[:2] in (row.fields.get("chapters") or (code[:2],))
    ]


def claimed(
    pair: tuple[str, str],
    usual: DutyRate,
    programmes: Sequence[LawRow],
    proofs: Iterable[OriginProofInfo],
    rates: Mapping[tuple[str, str], PreferenceRow],
    law: Law,
) -> DutyRate:
    """Return the duty rate of goods (HS code, origin) after the best preference that a proof opens; else the usual one, with a hint.

    Args:
        usual: what they bear without any. proofs: those in force on the day, of the territory.
        rates: loaded preferential rates by (code, programme).
    """
    code, origin = pair
    fitting = for_goods(programmes, origin, code)
    if not fitting or not usual.rate_ppm:
        return usual
    held = {proof.programme: proof for proof in proofs if proof.origin == origin and code.startswith(proof.code)}
    best: DutyRate | None = None
    for row in fitting:
        proof = held.get(row.fields["key"])
        if proof is None:
            continue
        found = _rate(row, code, rates, law, proof)
        if found is not None and found.rate_ppm < usual.rate_ppm and (best is None or found.rate_ppm < best.rate_ppm):
            best = msgspec.structs.replace(found, added=usual.added)
    if best is not None:
        return best
    return msgspec.structs.replace(usual, rule=_hinted(usual.rule, fitting, set(held)))


def _rate(
    row: LawRow, code: str, rates: Mapping[tuple[str, str], PreferenceRow], law: Law, proof: OriginProofInfo
) -> DutyRate | None:
    f = row.fields
    told = f"; claimed with {proof.kind} {proof.number}".rstrip()
    key = f"{f['key']} {proof.origin}"
    table = f"customs.{law.territory}.preference"
    if "rate" in f:
        rate, since, until = ppm(f["rate"]), row.period.start, row.period.end
        source, confidence = with_doubt(f["source"], f.get("doubt")), str(f["confidence"])
    else:
        stored = next((rates[one, f["key"]] for one in prefixes(code) if (one, f["key"]) in rates), None)
        if stored is None:
            return None
        rate, since, until = stored.rate_ppm, stored.from_date, stored.until
        source, confidence, key = stored.source, stored.confidence, f"{key} {stored.code}"
    dates = (since.isoformat() if since else "", until.isoformat() if until else "")
    return DutyRate(rate, RuleRef(table, key, percent(rate), source + told, confidence, *dates))


def _hinted(rule: RuleRef, fitting: Iterable[LawRow], held: set[str]) -> RuleRef:
    """The same rule, saying which preference may exist for the goods and what it needs."""
    hints = [
        f"{row.fields['name']} has no lower rate loaded for this code"
        if row.fields["key"] in held
        else f"a preference may exist under {row.fields['name']}, with proof of origin ({' or '.join(row.fields['proofs'])})"
        for row in fitting
    ]
    return msgspec.structs.replace(rule, source=f"{rule.source}; hint: {'; '.join(hints)}")
