"""`entrepot law examples FILE`: run worked examples of law against the engines; `entrepot law check`: read every table."""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.domains.customs import queries as customs
from entrepot.domains.tax import queries as tax
from entrepot.infra import clock
from entrepot.interfaces.cli.law_examples import run_file
from entrepot.interfaces.cli.law_examples.page import page
from entrepot.kernel.errors import InvalidInput

HELP = "run worked examples against the engines, check the tables of law"
DATABASE = False


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    examples = what.add_parser("examples", help="run a file of worked examples; the last line counts them")
    examples.add_argument("file", type=Path)
    examples.add_argument(
        "--page", type=Path, metavar="FILE", help="also write each with source, expected and computed"
    )
    check = what.add_parser("check", help="read every table of law and say what is covered; fails on a gap or overlap")
    for one in (examples, check):
        one.add_argument(
            "--tables", type=Path, metavar="DIR", help="files in DIR/tax and DIR/customs take the place of our own"
        )


def run(args: argparse.Namespace) -> int:
    """Run or check; 1 when an example failed."""
    with ExitStack() as stay:
        if args.tables:
            _change(args.tables, Path(stay.enter_context(TemporaryDirectory())))
        return _run(args)


def _change(changed: Path, folder: Path) -> None:
    """Lay changed tables over our own and read the law from there; a folder with none of them is refused."""
    found = 0
    for name, domain in (("tax", tax), ("customs", customs)):
        (folder / name).mkdir()
        for file in (*domain.shipped(), *sorted((changed / name).glob("*.yaml"))):
            shutil.copy(file, folder / name / file.name)
            found += file.parent == changed / name
        domain.use_tables(folder / name)
    if not found:
        rule = "It has no table: put the changed files into its folders tax and customs."
        raise InvalidInput(field="tables", value=str(changed), rule=rule)


def _run(args: argparse.Namespace) -> int:
    if args.what == "check":
        print(f"customs: {', '.join(sorted(customs.law()))}")
        print(f"tax: {', '.join(tax.covered_countries())}")
        return 0
    counted: Counter[str] = Counter()
    outcomes = []
    for outcome in run_file(args.file, clock.today()):
        outcomes.append(outcome)
        counted[outcome.result] += 1
        print(f"{outcome.result:<8}{outcome.id:<16}{outcome.topic:<24}{outcome.words}".rstrip())
    if args.page:
        args.page.write_text(page(outcomes, name=args.file.name, today=clock.today()), "utf-8")
    print(f"{counted['passed']} passed, {counted['failed']} failed, {counted['skipped']} skipped")
    return 1 if counted["failed"] else 0
