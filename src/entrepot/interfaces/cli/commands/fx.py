"""`entrepot fx import FILE`: load exchange rates; `entrepot fx show`: what is known, of which day."""

from __future__ import annotations

import argparse
from pathlib import Path

from entrepot.domains.markets import queries
from entrepot.flows.bring_in.import_fx import AGE_LIMIT_DAYS, SOURCE, import_fx
from entrepot.infra import clock
from entrepot.kernel.actor import SYSTEM

HELP = "load exchange rates (European Central Bank files), show what is known"
IMPORT_HELP = "load an ECB file: eurofxref-hist, wide or long; .csv, .csv.gz or .zip"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    import_arguments(what.add_parser("import", help=IMPORT_HELP))
    what.add_parser("show", help="print the last rate of every source and currency")


def import_arguments(bring: argparse.ArgumentParser) -> None:
    """Declare what an import needs; `entrepot import fx` takes the same."""
    bring.add_argument("file", type=Path)
    bring.add_argument("--source", default=SOURCE, help=f"under which name the rates are kept (default {SOURCE})")
    bring.add_argument("--age-limit-days", type=int, default=AGE_LIMIT_DAYS, help="how old a rate may be when used")


def run(args: argparse.Namespace) -> None:
    """Load or show."""
    if args.what == "show":
        for source, base, currency, rate, day in queries.fx_rates(on=clock.today()):
            print(f"{source:<10} 1 {base} = {rate.normalize():f} {currency}   of {day}")
        return
    done = import_fx(actor=SYSTEM, path=args.file, source=args.source, age_limit_days=args.age_limit_days)
    print(f"{done.read:,} rates read, {done.changed:,} new or different; {done.first} to {done.last}")
