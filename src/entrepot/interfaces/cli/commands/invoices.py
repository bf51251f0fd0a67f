"""`entrepot invoices check`: numbers, rules, books and, where the published rules lie at hand, their schematron."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from entrepot.flows.settle.check_invoices import Checked, Outside, check_invoices
from entrepot.infra import xslt
from entrepot.infra.clock import today
from entrepot.kernel.money import Money

HELP = "check issued invoices and credit notes: gapless numbers, EN 16931, equal to the books"
SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    check = what.add_parser("check", help="check what was issued in a period; fails when anything is found")
    first = today().replace(month=1, day=1)
    check.add_argument("--from", dest="since", type=dt.date.fromisoformat, default=first, metavar="DAY",
                       help="first day of issue, UTC (default: this year's first)")  # fmt: skip
    check.add_argument("--to", dest="until", type=dt.date.fromisoformat, default=today(), metavar="DAY",
                       help="last day of issue (default: today)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Check and tell; 1 when anything was found."""
    since = dt.datetime.combine(args.since, dt.time(), dt.UTC)
    until = dt.datetime.combine(args.until + dt.timedelta(days=2), dt.time(), dt.UTC)
    outside, words = _outside()
    found = check_invoices(since=since, until=until, outside=outside)
    for one in found.series:
        state = "without gaps" if one.gapless else f"GAP: {one.count} numbers from {one.first} to {one.last}"
        print(f"{one.kind:<12}{one.year}  {one.count:>8,} issued, {state}")
    print(f"{found.documents:,} documents: {found.xml:,} with XML by EN 16931, {found.own:,} that the norm has no words for,"
          f" {found.old:,} from before tax invoices")  # fmt: skip
    for currency, (gross, tax) in sorted(found.totals.items()):
        print(f"  {currency}: charged {Money(gross, currency)}, of it the seller’s tax {Money(tax, currency)}")
    print(words)
    _tell(found)
    print(f"{found.orders - len(found.apart):,} passed, {len(found.apart) + len(found.faults):,} failed")
    return 0 if found.well else 1


def _outside() -> tuple[Outside | None, str]:
    folder = settings.EN16931_XSLT
    if not folder:
        return None, "published schematron: not run (EN16931_XSLT=DIR names the folder of the rules)"
    faults = xslt.rules_in(Path(folder))
    return (lambda content, credit: faults(content)), f"published schematron: run from {folder}"


def _tell(found: Checked) -> None:
    for number, rule, sentence in found.faults[:SHOWN]:
        print(f"  {number} breaks {rule}: {gettext(sentence)}")
    for one in found.apart[:SHOWN]:
        print(f"  order {one.order_id}: documents {one.invoiced_minor} ({one.invoiced_tax_minor} tax),"
              f" books {one.booked_minor} ({one.booked_tax_minor} tax), minor units of {one.currency}")  # fmt: skip
    more = len(found.faults) + len(found.apart) - SHOWN
    if more > 0:
        print(f"  … and {more:,} more")
