"""`entrepot new domain NAME`, `entrepot new adapter PORT NAME`: write the first files of each."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

HELP = "write the first files of a domain or an adapter"
EARLY = True
ROOT = Path(__file__).resolve().parents[5]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    domain = what.add_parser("domain", help="a domain: tables, queries, services, a test")
    domain.add_argument("name")
    adapter = what.add_parser("adapter", help="an adapter of a port: all its verbs, a contract test")
    adapter.add_argument("port", help="the port's class, e.g. Carrier")
    adapter.add_argument("name")


def run(args: argparse.Namespace) -> int:
    """Write the files and say what is left to do."""
    sys.path.insert(0, str(ROOT))  # the scaffolds are tools of the project folder, not of the package
    scaffold = importlib.import_module("tools.scaffold")
    try:
        if args.what == "domain":
            written = scaffold.new_domain(ROOT, args.name)
        else:
            written = scaffold.new_adapter(ROOT, args.port, args.name)
    except scaffold.CannotScaffold as fault:
        print(f"entrepot: {fault}", file=sys.stderr)
        return 1
    for path in written:
        print(f"  {path.relative_to(ROOT)}")
    if args.what == "domain":
        if not scaffold.stratum_is_known(ROOT, args.name):
            print(f"Place ({args.name}) in its stratum in .importlinter and docs/architecture.md.")
        print(f"Then: entrepot makemigrations {args.name}; make check.")
    return 0
