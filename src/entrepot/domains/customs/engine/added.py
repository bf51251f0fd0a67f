"""Duties on top of the tariff, by origin and code: which of a territory's rows goods bear, and which stand nowhere in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.domains.customs.engine.tables import Law
from entrepot.domains.customs.types import AddedDuty
from entrepot.kernel.lawfile import LawRow, ppm, reference


def added_to(rows: Iterable[LawRow], law: Law, origin: str, code: str) -> list[AddedDuty]:
    """What goods bear on top of the tariff. A row that takes the place of others (`instead_of`) shuts these out."""
    fitting = [row for row in rows if _fits(row.fields, origin, code)]
    shut = {key for row in fitting for key in row.fields.get("instead_of") or ()}
    found = []
    for row in fitting:
        f = row.fields
        if f["key"] in shut:
            continue
        net = bool(f.get("net_of_base", False))
        of_duty = bool(f.get("of_duty", False))
        words = f"{'up to ' if net else ''}{f['rate']} %{' of the duty' if of_duty else ''}"
        found.append(
            AddedDuty(ppm(f["rate"]), reference(row, f"customs.{law.territory}", f["key"], words), net, of_duty)
        )
    return found


def _fits(f: Mapping[str, Any], origin: str, code: str) -> bool:
    if f.get("origins") and origin not in f["origins"]:
        return False
    if origin in (f.get("not_origins") or ()) or (f.get("chapters") and code[:2] not in f["chapters"]):
        return False
    if f.get("codes") and not _between(code, f["codes"]):
        return False
    return not (f.get("not_codes") and _between(code, f["not_codes"]))


def _between(code: str, ranges: Iterable[str]) -> bool:
    """Whether a code begins so, or lies in a range of beginnings of one length ("8471" or "7201-7229")."""
    for one in ranges:
        first, _, last = str(one).partition("-")
        if first <= code[: len(first)] <= (last or first):
            return True
    return False


def doubts(rows: Iterable[LawRow], origin: str, code: str) -> str:
    """Say which duties on these goods are known to exist and stand nowhere in the tables, "" when there are none."""
    found = [
        str(row.fields["doubt"])
        for row in rows
        if origin in (row.fields.get("origins") or (origin,))
        and code[:2] in (row.fields.get("chapters") or (code[:2],))
    ]
    return "; ".join(found)
