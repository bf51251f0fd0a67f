"""`entrepot tariff import FILE --territory EU`: load a customs tariff."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from entrepot.flows.bring_in.import_tariff import import_tariff
from entrepot.kernel.actor import SYSTEM

HELP = "load a customs tariff (EU common tariff, US schedule, or our own form) by HS code"
IMPORT_HELP = "load a tariff file (.csv or .csv.gz); bad lines are told, good ones go in"
SHOWN = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    import_arguments(what.add_parser("import", help=IMPORT_HELP))


def import_arguments(bring: argparse.ArgumentParser) -> None:
    """Declare what an import needs; `entrepot import tariff` takes the same."""
    bring.add_argument("file", type=Path)
    bring.add_argument("--territory", required=True, help="EU, US, SA …")
    bring.add_argument("--from", dest="from_date", type=dt.date.fromisoformat, default=dt.date(2021, 1, 1),
                       help="day from which the rates hold (default 2021-01-01)")  # fmt: skip
    bring.add_argument("--until", type=dt.date.fromisoformat, help="first day on which they hold no more")
    bring.add_argument("--source", help="shown with every duty taken from it (default: the file's name)")
    bring.add_argument("--added", default="", metavar="NAME", help="a duty on top of the tariff, by code and origin")


def run(args: argparse.Namespace) -> int:
    """Load and tell; 1 when a line could not be used."""
    done = import_tariff(
        actor=SYSTEM, path=args.file, territory=args.territory, from_date=args.from_date, until=args.until,
        source=args.source or args.file.name, added=args.added,
    )  # fmt: skip
    print(f"{done.read:,} lines read, {done.stored:,} rates for {args.territory}, {done.changed:,} new or different")
    if done.compound:
        print(f"{done.compound:,} lines are by weight or piece and were left out: the shop's flat duty applies there")
    for line in done.bad[:SHOWN]:
        print(f"  line {line.number}, {line.field} “{line.value}”: {line.rule}")
    if len(done.bad) > SHOWN:
        print(f"  … and {len(done.bad) - SHOWN:,} more")
    return 1 if done.bad else 0
