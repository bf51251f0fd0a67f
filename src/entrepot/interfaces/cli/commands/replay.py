"""`entrepot replay QUOTE`: do an old quote's sums anew, from what it stored and by the law as it stands."""

from __future__ import annotations

import argparse
import datetime as dt

from entrepot.domains.checkout import queries as checkout
from entrepot.flows.price.replay import recompute, replay_stored
from entrepot.kernel.money import Money

HELP = "replay a stored quote, and compare it with the law of a day"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("quote", help="the quote's id")
    parser.add_argument("--on", type=dt.date.fromisoformat, help="by the law of which day (default: its own tax point)")


def run(args: argparse.Namespace) -> int:
    """Print every row with its rule; 1 when the quote does not follow from what it stored."""
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
