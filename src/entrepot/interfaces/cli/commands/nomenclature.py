"""`entrepot import nomenclature FILE…`: texts and notes of HS codes and tariff lines."""

from __future__ import annotations

import argparse
from pathlib import Path

from entrepot.flows.bring_in.import_nomenclature import import_nomenclature
from entrepot.kernel.actor import SYSTEM

HELP = "nomenclatures (HS, UK or EU list, US schedule, own form): what codes stand for"
IMPORT_HELP = HELP


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    import_arguments(parser)


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; `entrepot import nomenclature` takes the same."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--source", default="", help="shown with every text taken from it (default: the file's name)")


def run(args: argparse.Namespace) -> int:
    """Load file by file and tell."""
    for path in args.files:
        done = import_nomenclature(actor=SYSTEM, path=path, source=args.source or path.name)
        print(f"{path.name}: {done.read:,} codes read, {done.changed:,} new or different")
    return 0
