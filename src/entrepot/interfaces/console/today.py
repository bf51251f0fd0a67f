"""Today's figures of the home page: orders, what was sold, what may be left of it, which goods run out.

Every figure is asked of one domain at a time and put together here; all is kept for a few seconds per process. Amounts
are minor units of the entity's book currency, converted at the rates of the day; a currency without a rate is named
instead of being guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.types import VariantFacts
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.errors import NoRate, StaleRate
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import DaySales
from entrepot.domains.organisation import queries as organisation
from entrepot.infra.memo import Memo
from entrepot.kernel.money import convert
from entrepot.kernel.quote import FxQuote

DAYS = 14
SHORT_OF = 14  # days of cover below which goods are said to be at risk
_memo = Memo(ttl_s=5)


class Sum(msgspec.Struct):
    """A sum of sales in the book currency. `margin_minor` is what is left of it for goods, before their purchase price."""

    orders: int = 0
    gross_minor: int = 0
    freight_minor: int = 0
    duty_minor: int = 0
    fee_minor: int = 0
    tax_minor: int = 0

    @property
    def margin_minor(self) -> int:
        """Gross less freight, duty, fees and tax."""
        return self.gross_minor - self.freight_minor - self.duty_minor - self.fee_minor - self.tax_minor


class Market(msgspec.Struct, frozen=True):
    """What a market brought today and over all days shown; `local_minor` is today's in its own currency."""

    code: str
    currency: str
    local_minor: int
    today: Sum
    all_days: Sum


class Risk(msgspec.Struct, frozen=True):
    """Goods that run out: what can still be promised, what was sold in 14 days, for how many days it lasts at that pace."""

    sku: str
    left: int
    sold: int
    cover_days: int
    fact: VariantFacts | None


class Day(msgspec.Struct, frozen=True):
    """All of the home page's figures. `days` runs from the oldest day to today, without gaps."""

    date: dt.date
    zone: str
    currency: str
    today: Sum
    yesterday: Sum
    days: tuple[tuple[dt.date, Sum], ...]
    markets: tuple[Market, ...]
    risks: tuple[Risk, ...]
    rates: tuple[FxQuote, ...]
    without_rate: tuple[str, ...]

    @property
    def sold_anything(self) -> bool:
        """Whether there is anything to draw."""
        return any(figures.orders for _, figures in self.days)


class Exchange:
    """The rates of a day into one currency, each asked once; what has none is remembered by its name."""

    def __init__(self, target: str, on: dt.date) -> None:
        self.target, self.on = target, on
        self.rates: dict[str, FxQuote | None] = {}

    def into(self, minor: int, currency: str) -> int | None:
        """Return an amount in the target currency, None where no rate of the day is known."""
        if currency == self.target:
            return minor
        if currency not in self.rates:
            try:
                self.rates[currency] = markets.fx_quote(source_currency=currency, target=self.target, on=self.on)
            except (NoRate, StaleRate):
                self.rates[currency] = None
        rate = self.rates[currency]
        return None if rate is None else convert(minor, currency, self.target, rate.rate)

    def total(self, amounts: Mapping[str, int]) -> int:
        """Return the sum of amounts by currency; what has no rate is left out."""
        return sum(self.into(minor, currency) or 0 for currency, minor in amounts.items())


def figures(*, on: dt.date, language: str) -> Day:
    """Return the figures of a day in the entity's time zone, kept for five seconds (4 statements and the rates)."""
    return _memo.get((on, language), lambda: _figures(on, language))


def forget() -> None:
    """Ask anew at the next page."""
    _memo.forget()


def _figures(on: dt.date, language: str) -> Day:
    entity = organisation.store().entity
    zone = ZoneInfo(entity.time_zone)
    dates = [on - dt.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    since = dt.datetime.combine(dates[0], dt.time(), zone)
    until = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), zone)
    rows = orders.sales(since=since, until=until, zone=entity.time_zone)
    into = Exchange(entity.book_currency, on)
    days = {date: Sum() for date in dates}
    for row in rows:
        _add(days[row.day], row, into)
    return Day(
        date=on,
        zone=entity.time_zone,
        currency=entity.book_currency,
        today=days[on],
        yesterday=days[on - dt.timedelta(days=1)],
        days=tuple(days.items()),
        markets=_markets(rows, on, into),
        risks=_risks(orders.units_sold(since=since, until=until), language),
        rates=tuple(rate for rate in into.rates.values() if rate is not None),
        without_rate=tuple(sorted(name for name, rate in into.rates.items() if rate is None)),
    )


def _add(figures: Sum, row: DaySales, into: Exchange) -> None:
    figures.orders += row.orders
    for name in ("gross_minor", "freight_minor", "duty_minor", "fee_minor", "tax_minor"):
        setattr(figures, name, getattr(figures, name) + (into.into(getattr(row, name), row.currency) or 0))


def _markets(rows: Iterable[DaySales], on: dt.date, into: Exchange) -> tuple[Market, ...]:
    found: dict[tuple[str, str], Market] = {}
    for row in rows:
        key = (row.market, row.currency)
        kept = found.get(key) or Market(row.market, row.currency, 0, Sum(), Sum())
        _add(kept.all_days, row, into)
        if row.day == on:
            _add(kept.today, row, into)
            kept = msgspec.structs.replace(kept, local_minor=kept.local_minor + row.gross_minor)
        found[key] = kept
    return tuple(sorted(found.values(), key=lambda m: (-m.today.gross_minor, -m.all_days.gross_minor, m.code)))


def _risks(sold: Mapping[str, int], language: str) -> tuple[Risk, ...]:
    moving = {sku: units for sku, units in sold.items() if units > 0}
    left = {sku: max(0, sum(places.values())) for sku, places in inventory.available(skus=moving).items()}
    cover = {sku: left[sku] * DAYS // units for sku, units in moving.items()}
    short = sorted((sku for sku in moving if cover[sku] < SHORT_OF), key=lambda sku: (cover[sku], -moving[sku], sku))
    facts = catalogue.variant_facts(skus=short[:50], language=language) if short else {}
    return tuple(Risk(sku, left[sku], moving[sku], cover[sku], facts.get(sku)) for sku in short)
