"""`entrepot import marketplace-sales FILE`: what marketplaces sold and taxed for us, for the returns, never for our tax due."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from rich.console import Console
from rich.table import Table

from entrepot.domains.organisation import queries as organisation
from entrepot.flows.settle.import_marketplace_sales import import_marketplace_sales
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import Money

HELP = "sales reports of marketplaces"
IMPORT_HELP = "sales report of a marketplace that collects the tax (CSV); see docs/howto/file-a-return.md"
SHOWN = 10


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `entrepot import marketplace-sales`."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--preview", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--errors", type=Path, metavar="FILE", help="where refused rows go (default: FILE.errors.csv)")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the same for `entrepot marketplace-sales`."""
    import_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Import; 1 when a row was refused."""
    try:
        text = args.file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as unreadable:
        rule = "Name a CSV file in UTF-8 that can be read."
        raise InvalidInput(field="file", value=str(args.file), rule=rule) from unreadable
    entity = organisation.store().entity
    report = import_marketplace_sales(actor=SYSTEM, entity_id=entity.id, text=text, preview=args.preview)
    table = Table(title="what would be done" if args.preview else "done", show_header=False, title_justify="left")
    table.add_row("lines recorded", f"{report.new:,}")
    table.add_row("lines known from before", f"{report.known:,}")
    table.add_row("rows refused", f"{len(report.faults):,}")
    for currency, lines, net, tax in report.sums:
        table.add_row(f"sold, {lines:,} lines", f"{Money(net, currency)} and tax {Money(tax, currency)}")
    console = Console()
    console.print(table)
    for fault in report.faults[:SHOWN]:
        told = f"  row {fault.row}, {fault.field} “{fault.value}”: {fault.rule % fault.params}"
        console.print(told, markup=False, highlight=False)
    if report.faults:
        path = args.errors or args.file.with_name(f"{args.file.name}.errors.csv")
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["row", "field", "value", "rule"])
            writer.writerows([f.row, f.field, f.value, f.rule % f.params] for f in report.faults)
        console.print(f"  all refused rows: {path}", highlight=False, markup=False)
    return 1 if report.faults else 0
