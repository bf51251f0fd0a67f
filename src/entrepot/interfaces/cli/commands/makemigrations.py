"""`entrepot makemigrations DOMAIN`: write the migration of changed tables."""

import argparse

from django.core.management import call_command

HELP = "write the migration of a domain's changed tables"
OWNER = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("domain", nargs="*", help="domains (or infra); none is all")
    parser.add_argument("--name", help="what the migration does, in a few words")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something is missing")


def run(args: argparse.Namespace) -> None:
    """Write it, or with --check say whether one is missing."""
    call_command("makemigrations", *args.domain, name=args.name, check_changes=args.check, dry_run=args.check)
