"""`entrepot import catalogue FILE`: bring products in, with prices, opening stock and publication."""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from pathlib import Path

from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from entrepot.domains.catalogue.engine.forms import FORMS
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.bring_in.import_catalogue import ImportReport, ImportSettings, import_catalogue
from entrepot.flows.bring_in.import_catalogue_files import ErrorFile, load_defaults, open_lines
from entrepot.infra import clock
from entrepot.interfaces.cli.commands import bills, fx, ip_country, local_tax, marketplace_sales, nomenclature, tariff
from entrepot.interfaces.cli.drain import drain, helpers, left
from entrepot.kernel.actor import SYSTEM

# From this size on a second process computes offers while the first still reads.
LARGE = 1_000_000

HELP = "bring in: catalogue, tariff, nomenclature, fx, ip-country, local-tax, bills, marketplace-sales"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    tariff.import_arguments(what.add_parser("tariff", help=tariff.IMPORT_HELP))
    nomenclature.import_arguments(what.add_parser("nomenclature", help=nomenclature.IMPORT_HELP))
    fx.import_arguments(what.add_parser("fx", help=fx.IMPORT_HELP))
    ip_country.import_arguments(what.add_parser("ip-country", help=ip_country.IMPORT_HELP))
    local_tax.import_arguments(what.add_parser("local-tax", help=local_tax.IMPORT_HELP))
    bills.import_arguments(what.add_parser("bills", help=bills.IMPORT_HELP))
    sales = what.add_parser("marketplace-sales", help=marketplace_sales.IMPORT_HELP)
    marketplace_sales.import_arguments(sales)
    one = what.add_parser("catalogue", help="products with variants, prices and opening stock; see docs/howto")
    one.add_argument("file", type=Path)
    one.add_argument("--form", choices=sorted(FORMS), default="", help="told by the first line when not named")
    one.add_argument("--defaults", type=Path, metavar="FILE", help="shelves and assumed customs data (YAML)")
    one.add_argument("--errors", type=Path, metavar="FILE", help="where refused rows go (default: FILE.errors.csv)")
    one.add_argument("--preview", action="store_true", help="say what would be done, and do nothing")
    one.add_argument("--publish", default="", metavar="DE,US,SA", help="markets to publish to, or all")
    one.add_argument("--currency", default="", help="of prices that name none (default: the store's)")
    one.add_argument("--stock", type=int, default=0, metavar="N", help="opening stock of articles that name none")
    one.add_argument("--warehouse", default="SZX", help="code of the warehouse that receives the opening stock")
    one.add_argument("--language", default="en", help="of the file's texts")
    one.add_argument("--store", default="main", help="code of the store")
    one.add_argument("--no-offers", action="store_true", help="leave the offers to the worker")


def run(args: argparse.Namespace) -> int:
    """Import with a bar, say what was done; 1 when a row was refused."""
    if args.what != "catalogue":
        others = {
            "tariff": tariff, "nomenclature": nomenclature, "fx": fx, "ip-country": ip_country, "local-tax": local_tax,
            "bills": bills, "marketplace-sales": marketplace_sales,
        }  # fmt: skip
        return others[args.what].run(args) or 0
    console, began = Console(), time.monotonic()
    errors = ErrorFile(args.errors or _errors_beside(args.file))
    with open_lines(args.file, args.form) as (form, lines, raw), _bar(console) as bar:
        size = os.fstat(raw.fileno()).st_size
        alone = args.preview or args.no_offers or size < LARGE
        task = bar.add_task("preview" if args.preview else "import", total=size, done="")

        def progress(report: ImportReport) -> None:
            bar.update(task, completed=raw.tell(), done=f"{report.products:,} products")

        with helpers(0 if alone else None), contextlib.closing(errors):
            report = import_catalogue(
                actor=SYSTEM, lines=lines, settings=_settings(args, form), refuse=errors, progress=progress
            )
            bar.update(task, completed=size)
            if not (args.preview or args.no_offers):
                _offers(bar)
    _tell(console, report, errors, args.preview, time.monotonic() - began)
    return 1 if report.refused_rows else 0


def _errors_beside(file: Path) -> Path:
    """Return where refused rows go: beside the file, or in our own folder where that may not be written."""
    if os.access(file.parent, os.W_OK):
        return file.with_name(f"{file.name}.errors.csv")
    folder = settings.VAR / "import-errors"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{file.name}.errors.csv"


def _settings(args: argparse.Namespace, form: str) -> ImportSettings:
    store = organisation.store(code=args.store)
    if args.publish.lower() == "all":
        codes = tuple(market.code for market in markets.markets())
    else:
        codes = tuple(markets.market(code=code.strip()).code for code in args.publish.split(",") if code.strip())
    return ImportSettings(
        form=form,
        defaults=load_defaults(args.defaults),
        store=store,
        currency=args.currency.upper() or store.base_currency,
        warehouse=args.warehouse,
        on=clock.today(store.entity.time_zone),
        stock=args.stock,
        markets=codes,
        language=args.language,
        preview=args.preview,
    )


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[done]}"))
    return Progress(*columns, TimeElapsedColumn(), console=console)


def _offers(bar: Progress) -> None:
    total = left()
    if total:
        task = bar.add_task("offers", total=total, done="")
        drain(lambda waiting: bar.update(task, completed=max(0, total - waiting)))


def _tell(console: Console, report: ImportReport, errors: ErrorFile, preview: bool, seconds: float) -> None:
    table = Table(title="what would be done" if preview else "done", show_header=False, title_justify="left")
    rows = (
        ("products added", report.added),
        ("products changed", report.changed),
        ("products as they were", report.unchanged),
        ("products refused", report.refused_products),
        ("rows refused", report.refused_rows),
        ("articles (SKU)", report.variants),
        ("… with assumed customs data", report.assumed),
        ("prices set", report.prices_changed),
        ("opening stock received", report.stock_received),
        ("products newly published", report.published),
    )
    for name, value in rows:
        table.add_row(name, f"{value:,}")
    console.print(table)
    for problem in errors.examples:
        told = f"  row {problem.row}, {problem.field} “{problem.value}”: {problem.rule}"
        console.print(told, markup=False, highlight=False)
    if errors.count > len(errors.examples):
        console.print(f"  … and {errors.count - len(errors.examples):,} more", highlight=False)
    if errors.count:
        console.print(f"  all refused rows: {errors.path}", highlight=False, markup=False)
    rate = report.products / seconds if seconds else 0
    console.print(f"{report.products:,} products in {seconds:.1f} s, {rate:,.0f} a second", highlight=False)
