"""`entrepot import ip-country FILE…`: which country a visitor's network belongs to, for proposing a market."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from entrepot.flows.bring_in.import_ip_country import import_ip_country
from entrepot.kernel.actor import SYSTEM

HELP = "countries of networks (CSV, also .gz, with network and country_code), for proposing a market"
IMPORT_HELP = HELP


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    import_arguments(parser)


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="IPv4 and IPv6 may be one file or two")
    parser.add_argument(
        "--source", default="", help="where they come from, kept with the table (default: the file names)"
    )


def run(args: argparse.Namespace) -> int:
    """Import and say what was done; 1 when a row was refused."""
    console = Console()
    with console.status("reading networks"):
        done = import_ip_country(actor=SYSTEM, paths=args.files, source=args.source)
    for family, runs in sorted(done.runs.items()):
        console.print(f"IPv{family}: {runs:,} runs of addresses", highlight=False)
    for name, row, reason in done.refused[:10]:
        console.print(f"  {name} row {row}: {reason}", markup=False, highlight=False)
    if len(done.refused) > 10:
        console.print(f"  … and {len(done.refused) - 10:,} more", highlight=False)
    return 1 if done.refused else 0
