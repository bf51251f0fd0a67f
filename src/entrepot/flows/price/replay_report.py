"""What a replay of a period came to: totals by cause, market and kind, and a line of CSV per order and cause.

The sum of the causes is the difference of the totals, currency by currency; nothing is converted.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import IO

import msgspec

from entrepot.flows.price.replay_diff import Cause
from entrepot.flows.price.replay_period import Case, OrderDiff, replay_one
from entrepot.flows.price.replay_rules import RuleBook
from entrepot.kernel.money import Money
from entrepot.kernel.trade import RuleRef


class Sum(msgspec.Struct):
    """How many orders and what they differ by, in minor units of one currency."""

    orders: int = 0
    amount_minor: int = 0


class Totals(msgspec.Struct):
    """What a replay came to, currency by currency. Keys: (currency), (cause, currency), (market, currency), (kind, currency).

    `stored` and `replayed` count only what the rules could be applied to; `faults` are the others by (code, words).
    """

    orders: int = 0
    changed: int = 0
    rows: int = 0
    stored: dict[str, int] = {}
    replayed: dict[str, int] = {}
    causes: dict[tuple[Cause, str], Sum] = {}
    markets: dict[tuple[str, str], Sum] = {}
    kinds: dict[tuple[str, str], Sum] = {}
    faults: dict[tuple[str, str], int] = {}

    def add(self, diff: OrderDiff) -> None:
        """Count an order in."""
        self.orders += 1
        self.rows += diff.rows
        if diff.fault:
            key = (diff.fault, diff.fault_words)
            self.faults[key] = self.faults.get(key, 0) + 1
            return
        currency = diff.currency
        self.stored[currency] = self.stored.get(currency, 0) + diff.stored_minor
        self.replayed[currency] = self.replayed.get(currency, 0) + diff.replayed_minor
        if not diff.shifts:
            return
        self.changed += 1
        _add(self.markets, (diff.market, currency), diff.difference_minor)
        kinds: dict[str, int] = {}
        for cause, amount in diff.shifts:
            _add(self.causes, (cause, currency), amount)
            kinds[cause.charge] = kinds.get(cause.charge, 0) + amount
        for kind, amount in kinds.items():
            _add(self.kinds, (kind, currency), amount)

    @property
    def not_covered(self) -> int:
        """How many orders the rules could not be applied to."""
        return sum(self.faults.values())


def _add(sums: dict, key: tuple, amount: int) -> None:
    known = sums.setdefault(key, Sum())
    known.orders += 1
    known.amount_minor += amount


HEAD = (
    "order", "id", "date", "market", "currency", "kind", "cause", "before_table", "before_row", "before_value", "before_source",
    "before_confidence", "after_table", "after_row", "after_value", "after_source", "after_confidence", "difference", "stored_total",
    "replayed_total", "note",
)  # fmt: skip


def replay(
    found: Iterable[Case],
    book: RuleBook,
    *,
    out: IO[str] | None = None,
    each: Callable[[int, OrderDiff], None] | None = None,
) -> Totals:
    """Replay orders one by one, write each cause of each difference as a line of CSV to `out`, and return the totals.

    `each` is told after each order how many are done and what this one came to.
    """
    totals = Totals()
    writer = csv.writer(out) if out is not None else None
    if writer:
        writer.writerow(HEAD)
    for case in found:
        diff = replay_one(case, book)
        totals.add(diff)
        if writer:
            writer.writerows(_csv_rows(diff))
        if each:
            each(totals.orders, diff)
    return totals


def _csv_rows(diff: OrderDiff) -> Iterator[list[str]]:
    def money(minor: int) -> str:
        return f"{Money(minor, diff.currency).decimal():f}"

    for cause, amount in diff.shifts:
        yield [
            diff.number, diff.id, diff.on.isoformat(), diff.market, diff.currency, cause.charge, cause.kind,
            *_rule(cause.before), *_rule(cause.after), money(amount), money(diff.stored_minor), money(diff.replayed_minor),
            diff.fault_words,
        ]  # fmt: skip


def _rule(rule: RuleRef | None) -> list[str]:
    return [rule.table, rule.key, rule.value, rule.source, rule.confidence] if rule else [""] * 5
