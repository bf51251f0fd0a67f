"""`entrepot bench NAME`: one measurement of those in the folder `bench/` of the project."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

HELP = "measure one thing: prints a table and, as its last line, one JSON object"
EARLY = True
ROOT = Path(__file__).resolve().parents[5]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", nargs="?", help="which measurement; none lists them")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="its own arguments; NAME --help names them")


def run(args: argparse.Namespace) -> int:
    """Run it; return 2 for a name there is not."""
    sys.path.insert(0, str(ROOT))  # the measurements are beside the package, not in it
    frame = importlib.import_module("bench._frame")
    if args.name in frame.names():
        return frame.main(args.name, args.words)
    if args.name:
        print(f"entrepot: there is no measurement “{args.name}”.", file=sys.stderr)
    print("measurements: " + ", ".join(frame.names()))
    return 2 if args.name else 0
