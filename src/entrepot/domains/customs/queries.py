"""Reads of customs: the law from reference data, tariffs and the merchant's own duty from the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

from entrepot.domains.customs.engine.law import compile_rules, percent, prefixes
from entrepot.domains.customs.engine.tables import Law, TariffRow, law_of
from entrepot.domains.customs.errors import NotCovered
from entrepot.domains.customs.types import CustomsRules
from entrepot.infra import db
from entrepot.infra.memo import Memo
from entrepot.kernel.trade import RuleRef

_REFDATA = Path(__file__).parent / "refdata"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
rules_memo = Memo(ttl_s=10, limit=2048)


def load_law(folder: Path) -> Mapping[str, Law]:
    """Return the tables of every `*.yaml` file of a folder by territory.

    A file `tariff_<territory>.yaml` beside it adds a list of tariff rows to the territory's own.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; then nothing is loaded.
    """
    raw = {p.name: yaml.load(p.read_text("utf-8"), _LOADER) for p in sorted(folder.glob("*.yaml"))}  # noqa: S506 safe loader
    laws: dict[str, Law] = {}
    for name, tables in raw.items():
        if name.startswith("tariff_"):
            continue
        more = raw.get(f"tariff_{tables['territory']}.yaml", {}).get("tariff", [])
        law = law_of({**tables, "tariff": [*tables.get("tariff", []), *more]}, name)
        laws[law.territory] = law
    return laws


@cache
def law() -> Mapping[str, Law]:
    """Return the law that comes with the program, read once per process, by territory."""
    return load_law(_REFDATA)


def territory_of(*, country: str) -> Law | None:
    """Return the customs territory a country belongs to, None when none is known."""
    return next((found for found in law().values() if country in found.countries), None)


def column_of(*, territory: str) -> str:
    """Return the column that a file of several tariffs side by side has for a territory, "" when none is known."""
    found = law().get(territory)
    return found.tariff_column if found else ""


_STORED = """
SELECT code, origin, rate_ppm, added, name, from_date, until, source, confidence
FROM customs_tariffrate
WHERE territory = %(territory)s AND code = ANY(%(codes)s) AND (origin = '' OR origin = ANY(%(origins)s))
  AND from_date <= %(on)s AND (until IS NULL OR until > %(on)s)
UNION ALL
(SELECT '', '', rate_ppm, false, 'merchant', from_date, NULL, '', ''
 FROM customs_merchantduty WHERE territory = %(territory)s AND from_date <= %(on)s ORDER BY from_date DESC LIMIT 1)
"""


def _load(found: Law, destination: str, pairs: frozenset[tuple[str, str]], on: dt.date) -> CustomsRules:
    codes = sorted({prefix for code, _ in pairs for prefix in prefixes(code)})
    origins = sorted({origin for _, origin in pairs})
    asked = {"territory": found.territory, "codes": codes, "origins": origins, "on": on}
    rows = [TariffRow(*row) for row in db.fetch(_STORED, asked)]
    own = next((row for row in rows if not row.code), None)
    merchant = None
    if own is not None:
        since = own.from_date.isoformat() if own.from_date else ""
        source = "the shop's own flat duty, where no tariff is known"
        table = f"customs.{found.territory}"
        merchant = RuleRef(table, "merchant_duty", percent(own.rate_ppm), source, "merchant", since)
    return compile_rules(
        found,
        destination=destination,
        pairs=pairs,
        on=on,
        stored=[row for row in rows if row.code],
        merchant=merchant,
        merchant_ppm=own.rate_ppm if own else 0,
    )


def rules(*, destination: str, pairs: Iterable[tuple[str, str]], on: dt.date) -> CustomsRules:
    """Return the frozen customs rules of a destination on a day for goods given as (HS code, origin).

    At most one statement, kept 10 s per process for the same goods.

    Raises:
        NotCovered: there are no customs rules for the destination.
    """
    asked = frozenset(pairs)
    found = territory_of(country=destination)
    if found is None:
        raise NotCovered(kind="customs rules", key=destination, country=destination, on=on)
    return rules_memo.get((destination, asked, on), lambda: _load(found, destination, asked, on))


def tariff_size(*, territory: str) -> int:
    """Return how many tariff rows are stored for a territory."""
    return int(db.fetch("SELECT count(*) FROM customs_tariffrate WHERE territory = %s", [territory])[0][0])
