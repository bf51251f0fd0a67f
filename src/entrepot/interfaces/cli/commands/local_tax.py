"""`entrepot import local-tax FILE --jurisdiction COUNTRY`: local sales tax by postal code."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from entrepot.flows.bring_in.import_local_tax import import_local_tax
from entrepot.kernel.actor import SYSTEM

HELP = "local tax rates by postal code (CSV, also .gz: state, zip, combined_rate, state_rate)"
IMPORT_HELP = HELP
SHOWN = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    import_arguments(parser)


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--jurisdiction", required=True, metavar="COUNTRY", help="whose regions the file speaks of")
    parser.add_argument(
        "--from", dest="from_date", type=dt.date.fromisoformat, default=dt.date(2026, 1, 1),
        help="day from which the rates hold (default 2026-01-01)",
    )  # fmt: skip
    parser.add_argument("--source", help="shown with every tax worked out with it (default: the file's name)")


def run(args: argparse.Namespace) -> int:
    """Load and tell; 1 when a line could not be used."""
    done = import_local_tax(
        actor=SYSTEM, path=args.file, jurisdiction=args.jurisdiction, from_date=args.from_date,
        source=args.source or args.file.name,
    )  # fmt: skip
    print(
        f"{done.read:,} lines read, {done.stored:,} postal codes for {args.jurisdiction}, {done.changed:,} new or different"
    )
    for line in done.bad[:SHOWN]:
        print(f"  line {line.number}, {line.field} “{line.value}”: {line.rule}")
    if len(done.bad) > SHOWN:
        print(f"  … and {len(done.bad) - SHOWN:,} more")
    return 1 if done.bad else 0
