"""`entrepot replay QUOTE`, or of a period: do old sums anew, from what was stored and by the law of a day.

`entrepot replay --from DAY --to DAY [--rules DAY] [--law DIR]` replays every order of a period under another rule set and prints
what differs, by cause, market and kind; `--out FILE.csv` has a line per order and cause.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.price.replay import recompute, replay_stored
from entrepot.flows.price.replay_diff import CAUSES
from entrepot.flows.price.replay_period import cases, count
from entrepot.flows.price.replay_report import Totals, replay
from entrepot.flows.price.replay_rules import RuleBook, law_of_folder
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import Money
from entrepot.kernel.trade import RuleRef

HELP = "replay a stored quote, or all orders of a period, by the law of another day"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("quote", nargs="?", help="the id of one quote (else a period)")
    parser.add_argument(
        "--on", type=dt.date.fromisoformat, help="one quote: by which day's law (default: its tax point)"
    )
    parser.add_argument(
        "--from", dest="since", type=dt.date.fromisoformat, metavar="DAY", help="first day of the period"
    )
    parser.add_argument("--to", dest="until", type=dt.date.fromisoformat, metavar="DAY", help="last day of the period")
    parser.add_argument(
        "--rules", type=dt.date.fromisoformat, metavar="DAY", help="by which day's law (default: each one's tax point)"
    )
    parser.add_argument(
        "--law", type=Path, metavar="DIR", help="tables tax/*.yaml and customs/*.yaml of an announced change"
    )
    parser.add_argument("--market", default="", help="one market (default: all)")
    parser.add_argument("--quotes", action="store_true", help="all quotes of the period, not only what was ordered")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="a line per order and cause")


def run(args: argparse.Namespace) -> int:
    """Replay and print; 1 when one quote does not follow from what it stored."""
    if args.quote:
        return _one(args)
    if not args.since or not args.until or args.until < args.since:
        rule = "Name a quote, or a period by --from DAY and --to DAY, the first not after the last."
        raise InvalidInput(field="--from, --to", value=f"{args.since}, {args.until}", rule=rule)
    return _period(args)


def _period(args: argparse.Namespace) -> int:
    book = RuleBook(on=args.rules, laws=law_of_folder(args.law) if args.law else None)
    market = markets.market(code=args.market).code if args.market else ""
    asked = {
        "since": args.since, "until": args.until, "zone": organisation.store().entity.time_zone,
        "market": market, "quotes": args.quotes,
    }  # fmt: skip
    console, began = Console(), time.monotonic()
    columns = (TextColumn("replay"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(args.out.open("w", encoding="utf-8", newline="")) if args.out else None
        bar = stack.enter_context(Progress(*columns, console=console))
        task = bar.add_task("replay", total=count(**asked))
        totals = replay(
            cases(**asked), book, out=out, each=lambda done, _: bar.update(task, completed=done)
        )  # fmt: skip
    _tell(console, totals)
    seconds = time.monotonic() - began
    what = "quotes" if args.quotes else "orders"
    if args.out:
        console.print(f"a line per order and cause: {args.out}", highlight=False, markup=False)
    rate = totals.rows / seconds if seconds else 0
    console.print(
        f"{totals.orders:,} {what}, {totals.changed:,} differ, {totals.not_covered:,} cannot be covered; "
        f"{totals.rows:,} rows in {seconds:.1f} s, {rate:,.0f} rows/s",
        highlight=False,
    )
    return 0


def _tell(console: Console, totals: Totals) -> None:
    if totals.causes:
        table = Table("cause", "before", "after", "orders", "difference", title="by cause", title_justify="left")
        for (cause, currency), found in sorted(totals.causes.items(), key=lambda one: -abs(one[1].amount_minor)):
            words = f"{cause.charge}: {CAUSES[cause.kind]}"
            table.add_row(words, _rule(cause.before), _rule(cause.after), f"{found.orders:,}", _signed(found.amount_minor, currency))  # fmt: skip
        console.print(table, markup=False)
    for title, sums in (("by market", totals.markets), ("by kind", totals.kinds)):
        if sums:
            table = Table(title.removeprefix("by "), "orders", "difference", title=title, title_justify="left")
            for (name, currency), found in sorted(sums.items()):
                table.add_row(name, f"{found.orders:,}", _signed(found.amount_minor, currency))
            console.print(table, markup=False)
    if totals.faults:
        table = Table("not coverable", "orders", title="errors", title_justify="left")
        for (code, words), number in sorted(totals.faults.items()):
            table.add_row(f"{code}: {words}", f"{number:,}")
        console.print(table, markup=False)
    table = Table("total", "stored", "replayed", "difference", title="totals", title_justify="left")
    for currency, stored in sorted(totals.stored.items()):
        anew = totals.replayed[currency]
        table.add_row(
            currency, str(Money(stored, currency)), str(Money(anew, currency)), _signed(anew - stored, currency)
        )
    console.print(table, markup=False)


def _signed(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal():+f} {currency}"


def _rule(rule: RuleRef | None) -> str:
    return f"{rule.table} {rule.key}: {rule.value} ({rule.confidence})" if rule else "–"


def _one(args: argparse.Namespace) -> int:
    quote, state = checkout.quote(quote_id=args.quote)
    wrong = replay_stored(quote)
    print(f"quote {quote.id} ({state}), tax point {quote.tax_point}, {Money(quote.total_minor, quote.currency)}")
    for one in quote.consignments:
        print(f"  {one.ref} from {one.warehouse}, {one.scheme}")
        for charge in one.charges:
            amount = Money(charge.amount_minor, quote.currency)
            why = charge.reason or charge.rule.value
            print(f"    {charge.kind:<8}{charge.line:<8}{amount!s:>14}  {charge.rule.table} {charge.rule.key}: {why}")
    for difference in wrong:
        print(f"  {difference.place}: stored {difference.stored_minor}, replayed {difference.replayed_minor}")
    print("replays to the same cents" if not wrong else "does not follow from what it stored")
    on = args.on or quote.tax_point
    total = sum(cost.total_minor for cost in recompute(quote, on=on))
    print(f"by the law of {on}: {Money(total, quote.currency)}, {total - quote.total_minor:+d} minor units")
    return 1 if wrong else 0
