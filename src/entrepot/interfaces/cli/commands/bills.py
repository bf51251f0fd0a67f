"""`entrepot import bills FILE`, `entrepot bills`: bills of carriers and brokers, matched, compared and booked.

`entrepot bills` says how many lines are booked and how many wait, tries those anew with `--match`, and with `--lanes` prints what the
bills of a period came to by lane, and the reserve that follows from history.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.types import BillFault
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.settle.import_bills import BillReport, import_bills
from entrepot.flows.settle.match_bill import match_open
from entrepot.infra import clock
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import Money
from entrepot.kernel.sheet import calm

HELP = "bills of carriers and brokers: what waits, what lanes came to, what reserve follows"
IMPORT_HELP = "bills of carriers and brokers (CSV); see docs/howto/match-a-carrier-bill.md"
SHOWN = 10


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `entrepot import bills`."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--preview", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--errors", type=Path, metavar="FILE", help="where refused rows go (default: FILE.errors.csv)")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `entrepot bills`."""
    parser.add_argument("--match", action="store_true", help="try the lines that wait once more")
    parser.add_argument("--lanes", action="store_true", help="variance by lane, and the reserve proposed")
    parser.add_argument("--from", dest="since", type=dt.date.fromisoformat, metavar="DAY", help="first day of bills")
    parser.add_argument("--to", dest="until", type=dt.date.fromisoformat, metavar="DAY", help="last day of bills")


def run(args: argparse.Namespace) -> int:
    """Import, or tell; 1 when a row was refused."""
    if getattr(args, "what", "") == "bills":
        return _import(args)
    if args.match:
        booked, waiting = match_open(actor=SYSTEM)
        print(f"{booked} booked, {waiting} wait for a person")
    for state, number in sorted(finance.bill_counts().items()):
        print(f"{state}: {number:,} lines")
    if args.lanes:
        _lanes(args)
    return 0


def _import(args: argparse.Namespace) -> int:
    try:
        text = args.file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        rule = "Name a CSV file in UTF-8 that can be read."
        raise InvalidInput(field="file", value=str(args.file), rule=rule) from fault
    console = Console()
    entity = organisation.store().entity
    columns = (TextColumn("match"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("match", total=None)
        report = import_bills(
            actor=SYSTEM, entity_id=entity.id, text=text, preview=args.preview,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
        bar.update(task, completed=report.new, total=report.new)
    _tell(console, report, args.preview)
    if report.faults:
        path = args.errors or args.file.with_name(f"{args.file.name}.errors.csv")
        _write_errors(path, report.faults)
        console.print(f"  all refused rows: {path}", highlight=False, markup=False)
    return 1 if report.faults else 0


def _tell(console: Console, report: BillReport, preview: bool) -> None:
    table = Table(title="what would be done" if preview else "done", show_header=False, title_justify="left")
    for name, value in (
        ("lines brought in", report.new),
        ("lines known from before", report.known),
        ("matched" if preview else "matched and booked", report.matched),
        ("waiting for a person", report.waiting),
        ("rows refused", len(report.faults)),
    ):
        table.add_row(name, f"{value:,}")
    for currency, lines, minor in report.sums:
        table.add_row(f"billed, {lines:,} lines", str(Money(minor, currency)))
    console.print(table)
    for fault in report.faults[:SHOWN]:
        told = f"  row {fault.row}, {fault.field} “{fault.value}”: {fault.rule % fault.params}"
        console.print(told, markup=False, highlight=False)


def _write_errors(path: Path, faults: tuple[BillFault, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["row", "field", "value", "rule"])
        writer.writerows([f.row, f.field, calm(f.value), f.rule % f.params] for f in faults)


def _lanes(args: argparse.Namespace) -> None:
    entity = organisation.store().entity
    until = args.until or clock.today(entity.time_zone)
    since = args.since or until - dt.timedelta(days=365)
    console = Console()
    names = ("from", "to", "service", "month", "kind", "lines", "quoted", "billed", "variance")
    table = Table(*names, title=f"bills of {since} to {until}", title_justify="left")
    for row in finance.lane_variances(entity_id=entity.id, since=since, until=until):
        lane, month = row.lane, f"{row.month:%Y-%m}"
        figures = (
            str(Money(minor, row.currency)) for minor in (row.quoted_minor, row.billed_minor, row.variance_minor)
        )
        table.add_row(lane.dispatch, lane.destination, lane.service, month, row.kind, f"{row.lines:,}", *figures)
    console.print(table)
    table = Table("from", "to", "service", "on", "proposed", "own 90 %", "all lanes", "consignments", title="reserve", title_justify="left")  # fmt: skip
    for one in finance.reserve_proposals(entity_id=entity.id):
        shares = (f"{ppm / 10_000:.2f} %" for ppm in (one.ppm, one.lane_ppm, one.overall_ppm))
        lane = one.lane
        table.add_row(lane.dispatch, lane.destination, lane.service, one.group, *shares, f"{one.consignments:,}")
    console.print(table)
