"""`entrepot migrate`: bring the database to the newest form."""

import argparse

from entrepot.flows.settle.open_books import open_books
from entrepot.infra import roles

HELP = "bring the database to the newest form: roles, migrations, grants, chart of accounts"
OWNER = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--quiet", action="store_true", help="say nothing")


def run(args: argparse.Namespace) -> None:
    """Migrate as the owner, grant to the running role, and load the chart of accounts."""
    roles.migrate(verbosity=0 if args.quiet else 1)
    open_books()
