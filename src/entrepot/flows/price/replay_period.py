"""Replay the orders (or quotes) of a period under another rule set: a difference per order and cause.

Nothing is written. Goods, freight and exchange rates stay as they were stored; only the law is another. What the rules cannot be
applied to any more is a cause of its own and stands outside the totals, so that these compare like with like.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.orders import queries as orders
from entrepot.flows.price.replay_diff import Cause, shifts
from entrepot.flows.price.replay_rules import RuleBook
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.quote import FrozenQuote

PAGE = 500


class Case(msgspec.Struct, frozen=True):
    """An order, or a quote with `number` "", to replay."""

    id: str
    number: str
    market: str
    on: dt.date
    quote: FrozenQuote


class OrderDiff(msgspec.Struct, frozen=True):
    """What an order comes to by other rules, in minor units of its currency.

    `shifts` are (cause, amount) and sum to replayed less stored. `fault` is the code of why the rules cannot be applied ("" when
    they can), `fault_words` the English sentence; `replayed_minor` is then what was stored. `rows` of the cascade were compared.
    """

    id: str
    number: str
    market: str
    on: dt.date
    currency: str
    stored_minor: int
    replayed_minor: int
    shifts: tuple[tuple[Cause, int], ...]
    rows: int
    fault: str = ""
    fault_words: str = ""

    @property
    def difference_minor(self) -> int:
        """Replayed less stored."""
        return self.replayed_minor - self.stored_minor


def count(*, since: dt.date, until: dt.date, zone: str, market: str = "", quotes: bool = False) -> int:
    """Return how many orders (or quotes) a replay of these days (both inclusive, in a time zone) takes."""
    period = _moments(since, until, zone)
    return (checkout.count_between if quotes else orders.count_placed)(**period, market=market)


def cases(*, since: dt.date, until: dt.date, zone: str, market: str = "", quotes: bool = False) -> Iterator[Case]:
    """Yield the orders (or quotes) of these days (both inclusive, in a time zone), oldest first, read by the page."""
    period = _moments(since, until, zone)
    after = ""
    while True:
        found = _page(period, market, after, zone) if not quotes else _quotes_page(period, market, after, zone)
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1].id


def _page(period: dict[str, dt.datetime], market: str, after: str, zone: str) -> list[Case]:
    rows = orders.placed_quotes(**period, market=market, after=after, limit=PAGE)
    return [Case(o.id, o.number, o.market, o.placed_at.astimezone(ZoneInfo(zone)).date(), o.quote) for o in rows]


def _quotes_page(period: dict[str, dt.datetime], market: str, after: str, zone: str) -> list[Case]:
    rows = checkout.quotes_between(**period, market=market, after=after, limit=PAGE)
    return [Case(q.id, "", q.market, q.created_at.astimezone(ZoneInfo(zone)).date(), q) for q in rows]


def _moments(since: dt.date, until: dt.date, zone: str) -> dict[str, dt.datetime]:
    place = ZoneInfo(zone)
    days = (since, until + dt.timedelta(days=1))
    first, after = (dt.datetime(day.year, day.month, day.day, tzinfo=place) for day in days)
    return {"since": first, "until": after}


def replay_one(case: Case, book: RuleBook) -> OrderDiff:
    """Return what one order comes to under a rule book, with its causes."""
    quote = case.quote
    told = OrderDiff(
        case.id, case.number, case.market, case.on, quote.currency, quote.total_minor, quote.total_minor, (), 0
    )
    try:
        again = book.replay(quote)
    except EntrepotError as fault:
        cause = Cause("not_coverable", fault.code, None, None)
        return replace(told, shifts=((cause, 0),), fault=fault.code, fault_words=fault.message())
    found: dict[Cause, int] = {}
    for one, cost, known in zip(quote.consignments, again.costs, again.known, strict=True):
        if one.charges != cost.charges or one.tax_scheme != cost.tax_scheme:
            for cause, amount in shifts(one, quote.rules, cost, known):
                found[cause] = found.get(cause, 0) + amount
    return replace(
        told, replayed_minor=sum(cost.total_minor for cost in again.costs), shifts=tuple(found.items()),
        rows=sum(len(one.charges) for one in quote.consignments),
    )  # fmt: skip
