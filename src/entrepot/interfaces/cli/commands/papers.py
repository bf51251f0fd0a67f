"""`entrepot papers`: electronic declarations of an order or of a stock transfer, and China's export refund file, as files."""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from pathlib import Path

import msgspec
import yaml

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine.records import write
from entrepot.domains.declarations.engine.records.check import PROBLEMS
from entrepot.domains.declarations.engine.refund_file import MISSING, lacking
from entrepot.domains.declarations.types import RecordSet
from entrepot.domains.orders import queries as orders
from entrepot.flows.declare.export_refund import refund_csv, refund_lines
from entrepot.flows.declare.export_transfer import Transfer, transfer_sets
from entrepot.flows.declare.record_sets import hand_out, record_sets
from entrepot.infra import clock
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import N_, InvalidInput

HELP = "electronic declarations of an order or a stock transfer, and China's export refund file, as files"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    export = verbs.add_parser("export", help="the declarations of every parcel of an order")
    export.add_argument("--order", required=True, metavar="NUMBER")
    transfer = verbs.add_parser("transfer", help="the declarations of own stock that goes to a warehouse abroad")
    transfer.add_argument(
        "file", type=Path, help="YAML: reference, start, end, currency, lines (sku, quantity, value_minor)"
    )
    refund = verbs.add_parser("refund", help="China's export refund file of a month")
    refund.add_argument("--month", default="", help="YYYY-MM (default: this month)")
    for part in (export, transfer, refund):
        part.add_argument("--out", type=Path, default=Path(), help="folder for the files (default: here)")
    for part in (export, transfer):
        part.add_argument("--set", default="", help="this record set alone, e.g. h7")
        part.add_argument("--format", choices=sorted(write.FORMATS), default="json")


def run(args: argparse.Namespace) -> int:
    """Write the files and say what each lacks."""
    args.out.mkdir(parents=True, exist_ok=True)
    return {"export": _export, "transfer": _transfer, "refund": _refund}[args.verb](args)


def _export(args: argparse.Namespace) -> int:
    order = orders.order(number=args.order)
    for dataset in declarations.datasets(order_id=order.id):
        for record in record_sets(dataset=dataset):
            if args.set in ("", record.kind):
                content = hand_out(
                    actor=SYSTEM, dataset=dataset, kind=record.kind, file_format=args.format, at=clock.now()
                )
                stem = f"{record.kind}-{order.number}-{dataset.consignment_ref}-{dataset.package}"
                _write(args, stem, record, content)
    return 0


def _transfer(args: argparse.Namespace) -> int:
    try:
        told = msgspec.convert(yaml.safe_load(args.file.read_text("utf-8")), Transfer)
    except (msgspec.ValidationError, yaml.YAMLError, OSError) as fault:
        rule = N_(
            "A transfer is a YAML file with reference, start, end, currency and lines; see docs/howto/export-from-china.md."
        )
        raise InvalidInput(field=str(args.file), value=str(fault)[:120], rule=rule) from fault
    for record in transfer_sets(transfer=told, on=clock.now().date()):
        if args.set in ("", record.kind):
            _write(args, f"{record.kind}-{told.reference}", record, write.written(record, args.format))
    return 0


def _write(args: argparse.Namespace, stem: str, record: RecordSet, content: bytes) -> None:
    place = args.out / f"{stem}.{args.format}"
    place.write_bytes(content)
    print(f"{place}  {record.title}, form {record.version}, {record.confidence}")
    for problem in record.problems:
        where = f" ({problem.sku})" if problem.sku else ""
        print(f"  to mend: {problem.field} {problem.name}{where}: {PROBLEMS[problem.problem]}")


def _refund(args: argparse.Namespace) -> int:
    try:
        month = dt.date.fromisoformat(f"{args.month}-01") if args.month else clock.now().date()
    except ValueError as fault:
        raise InvalidInput(field="month", value=args.month, rule=N_("A month is written 2026-11.")) from fault
    found = refund_lines(month=month)
    place = args.out / f"export-refund-{month:%Y-%m}.csv"
    place.write_bytes(refund_csv(found))
    modes = Counter(line.mode or "–" for line in found)
    print(f"{place}  {len(found)} lines ({', '.join(f'{mode}: {count}' for mode, count in sorted(modes.items()))})")
    for key, count in lacking(found).items():
        print(f"  {count} × {MISSING[key]}")
    return 0
