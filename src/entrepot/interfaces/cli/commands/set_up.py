"""`entrepot set-up FILE.yaml`: markets, rates, registrations, warehouses, rate cards, stock, publication, from one file."""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from entrepot.flows.bring_in.set_up import set_up
from entrepot.interfaces.cli.drain import drain
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput, NotFound

HELP = "put markets, warehouses, rate cards and the like in from a YAML file"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help="sections of rows, see docs/howto/add-a-market.md")


def run(args: argparse.Namespace) -> int:
    """Put the file in, all or nothing, compute the offers that follow, and say how many rows there were."""
    if not args.file.is_file():
        raise NotFound(kind="file", key=str(args.file))
    try:
        told = yaml.safe_load(args.file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise InvalidInput(field=args.file.name, value=str(fault), rule="It must be YAML in UTF-8.") from fault
    if not isinstance(told, dict) or not all(isinstance(rows, list) for rows in told.values()):
        raise InvalidInput(field=args.file.name, value="", rule="It must hold sections, each a list of rows.")
    for name, number in set_up(actor=SYSTEM, told=told).items():
        print(f"set-up: {number} × {name}")
    drain()
    return 0
