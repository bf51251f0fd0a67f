"""Reads of markets and exchange rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from entrepot.domains.markets.engine import networks
from entrepot.domains.markets.engine.fx import Peg, SourceRates, pegs_in_force, quote
from entrepot.domains.markets.errors import ClosedMarket
from entrepot.domains.markets.models import FxSource, Market, NetworkTable
from entrepot.domains.markets.types import FxRateInfo, FxSourceInfo, MarketInfo
from entrepot.infra import db
from entrepot.infra.memo import Memo
from entrepot.kernel.errors import NotFound
from entrepot.kernel.period import Period, refuse_gap_or_overlap
from entrepot.kernel.quote import FxQuote

_REFDATA = Path(__file__).parent / "refdata"
markets_memo = Memo(ttl_s=1)
fx_memo = Memo(ttl_s=5)
networks_memo = Memo(ttl_s=3600)


def _info(row: Market) -> MarketInfo:
    return MarketInfo(
        id=str(row.public_id),
        code=row.code,
        country=row.country,
        currency=row.currency,
        locales=tuple(row.locales),
        tax_display=row.tax_display,  # type: ignore[arg-type]
        time_zone=row.time_zone,
        open=row.open,
        display_decimals=row.display_decimals,
        position=row.position,
        price_policy=row.price_policy,  # type: ignore[arg-type]
    )


def markets() -> tuple[MarketInfo, ...]:
    """Return all markets in their order, open and closed; kept for a second per process."""
    return markets_memo.get("all", lambda: tuple(_info(row) for row in Market.objects.order_by("position", "code")))


def market(*, code: str) -> MarketInfo:
    """Return a market by its code (any case); raise NotFound when there is none."""
    wanted = code.upper()
    for info in markets():
        if info.code == wanted:
            return info
    raise NotFound(kind="market", key=code[:20])


def open_market(*, code: str) -> MarketInfo:
    """Return a market that takes orders; raise NotFound or ClosedMarket."""
    info = market(code=code)
    if not info.open:
        raise ClosedMarket(market=info.code)
    return info


@cache
def pegs() -> tuple[Peg, ...]:
    """Return all dated pegs of the reference data; raise GapOrOverlap when the file contradicts itself."""
    path = _REFDATA / "pegs.yaml"
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [
        Peg(r["currency"], r["anchor"], Decimal(r["rate"]), Period(r["from"], r["until"]), r["source"], r["confidence"])
        for r in loaded["rows"]
    ]
    for currency in {row.currency for row in rows}:
        refuse_gap_or_overlap([r for r in rows if r.currency == currency], table=path.name, key=currency)
    return tuple(rows)


@cache
def _order_words() -> frozenset[str]:
    loaded = yaml.safe_load((_REFDATA / "order_words.yaml").read_text(encoding="utf-8"))
    return frozenset(loaded["binding"])


def order_words_needed(*, country: str) -> bool:
    """Say whether the law of a country wants the button that orders to say that it obliges to pay."""
    return country in _order_words()


@cache
def _tax_words() -> dict[str, str]:
    loaded = yaml.safe_load((_REFDATA / "tax_words.yaml").read_text(encoding="utf-8"))["words"]
    return {country: key for key, countries in loaded.items() for country in countries}


def tax_words(*, country: str) -> str:
    """Return what buyers of a country call their tax, as a key of the storefront's words; "tax" when it is not known."""
    return _tax_words().get(country, "tax")


@cache
def _regions() -> dict[str, str]:
    loaded = yaml.safe_load((_REFDATA / "regions.yaml").read_text(encoding="utf-8"))["regions"]
    return {country: key for key, countries in loaded.items() for country in countries}


def region_of(*, country: str) -> str:
    """Return the part of the world a country is listed under (a key of refdata/regions.yaml), "" when none."""
    return _regions().get(country, "")


def demo_data() -> dict[str, Any]:
    """Return the demo's markets and hand-set exchange rates: {"markets": […], "fx": {…}}."""
    listed = yaml.safe_load((_REFDATA / "demo_markets.yaml").read_text(encoding="utf-8"))
    return {**listed, "fx": yaml.safe_load((_REFDATA / "demo_fx.yaml").read_text(encoding="utf-8"))}


_LATEST = """
SELECT s.code, s.base, s.age_limit_days, c.currency, r.rate, r.date
FROM markets_fxsource s CROSS JOIN unnest(%s::text[]) AS c(currency)
LEFT JOIN LATERAL (SELECT rate, date FROM markets_fxrate
                   WHERE source_id = s.id AND currency = c.currency AND date <= %s
                   ORDER BY date DESC LIMIT 1) r ON true
ORDER BY s.priority, s.code
"""


def _sources(currencies: list[str], on: dt.date) -> list[SourceRates]:
    found: dict[str, SourceRates] = {}
    for code, base, limit, currency, rate, date in db.fetch(_LATEST, [currencies, on]):
        source = found.setdefault(code, SourceRates(code, base, limit, {}))
        if rate is not None:
            source.rates[currency] = (rate, date)
    return list(found.values())


def fx_quote(*, source_currency: str, target: str, on: dt.date) -> FxQuote:
    """Return units of `target` per unit of `source_currency` for a day, with source and date; one statement, kept 5 s.

    Crosses over the base of one source or over a dated peg. `usable_until` is the first day on which the rate is too old.

    Raises:
        NoRate, StaleRate: in words a person understands.
    """

    def ask() -> FxQuote:
        pegged = pegs_in_force(pegs(), on)
        asked = {source_currency, target} | {pegged[c].anchor for c in (source_currency, target) if c in pegged}
        known = [] if source_currency == target else _sources(sorted(asked), on)
        return quote(source_currency, target, on, known, pegged)

    return fx_memo.get((source_currency, target, on), ask)


_PUBLISHED = """
SELECT a.rate, b.rate, a.date, s.code, s.base FROM markets_fxsource s
LEFT JOIN LATERAL (SELECT rate, date FROM markets_fxrate WHERE source_id = s.id AND currency = %(from)s
                   AND date BETWEEN %(on)s AND %(until)s ORDER BY date LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT rate, date FROM markets_fxrate WHERE source_id = s.id AND currency = %(to)s
                   AND date BETWEEN %(on)s AND %(until)s ORDER BY date LIMIT 1) b ON true
WHERE (s.base = %(from)s OR a.rate IS NOT NULL) AND (s.base = %(to)s OR b.rate IS NOT NULL)
  AND (s.base IN (%(from)s, %(to)s) OR a.date = b.date)
ORDER BY s.priority, s.code LIMIT 1
"""


def fx_published(*, source_currency: str, target: str, on: dt.date, within_days: int = 5) -> FxQuote | None:
    """Return the rate published on a day, or at the next publication within some days; None when there is none (yet).

    Law asks this of returns: what was known on the last day of a period would be the rate before. One statement.
    """
    last = on + dt.timedelta(days=within_days)
    rows = db.fetch(_PUBLISHED, {"from": source_currency, "to": target, "on": on, "until": last})
    if not rows:
        return None
    one, other, day, code, base = rows[0]
    rate = (other if base != target else Decimal(1)) / (one if base != source_currency else Decimal(1))
    if day is None:
        found = db.fetch(
            "SELECT min(r.date) FROM markets_fxrate r JOIN markets_fxsource s ON s.id = r.source_id"
            " WHERE s.code = %s AND r.currency = %s AND r.date >= %s",
            [code, target, on],
        )
        day = found[0][0]
    return FxQuote(source_currency, target, rate, code, day, last)


def fx_rates(*, on: dt.date) -> tuple[tuple[str, str, str, Decimal, dt.date], ...]:
    """Return the last rates on or before a day as (source, base, currency, units per base, date), for the console."""
    rows = db.fetch(
        "SELECT DISTINCT ON (s.priority, s.code, r.currency) s.code, s.base, r.currency, r.rate, r.date"
        " FROM markets_fxrate r JOIN markets_fxsource s ON s.id = r.source_id WHERE r.date <= %s"
        " ORDER BY s.priority, s.code, r.currency, r.date DESC",
        [on],
    )
    return tuple(rows)  # type: ignore[return-value]


def fx_sources() -> tuple[FxSourceInfo, ...]:
    """Return the sources of exchange rates in the order in which they are asked."""
    rows = FxSource.objects.order_by("priority", "code")
    return tuple(FxSourceInfo(r.code, r.base, r.age_limit_days, r.priority, r.note) for r in rows)


def rates_in_use(*, on: dt.date) -> tuple[FxRateInfo, ...]:
    """Return the last rate of each source and currency on or before a day."""
    return tuple(FxRateInfo(*row) for row in fx_rates(on=on))


def country_of(*, address: str) -> str:
    """Return the country (two letters) that a network address is registered in, "" for a private or unknown one.

    The table of a family is read once an hour per process (about 2 MB); a look-up then takes a microsecond or two.
    """
    found = networks.number_of(address)
    if found is None:
        return ""
    family, number = found
    return networks_memo.get(family, lambda: _networks(family)).country(number)


def _networks(family: int) -> networks.Networks:
    row = NetworkTable.objects.filter(family=family).values_list("packed", flat=True).first()
    return networks.unpacked(bytes(row)) if row else networks.pack(())
