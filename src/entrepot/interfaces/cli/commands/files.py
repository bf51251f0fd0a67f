"""`entrepot files`: what lies in the files folder, and sealing what lies open."""

import argparse
from collections import Counter

from entrepot.domains.documents import queries, services
from entrepot.infra import clock, db
from entrepot.kernel.actor import SYSTEM

HELP = "files and papers at rest: what should lie encrypted and does not, what is past its time"
BATCH = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is to be done."""
    parser.add_argument("verb", choices=["check", "seal"], help="check: count; seal: encrypt what lies open")


def run(args: argparse.Namespace) -> None:
    """Count, or seal in batches; sealing again finds nothing more to do."""
    if args.verb == "seal":
        count = 0
        while ids := queries.unsealed(limit=BATCH):
            with db.transaction():
                count += services.seal_files(actor=SYSTEM, ids=ids)
            print(f"  {count} sealed")
        print(f"files: {count} sealed")
        return
    late = Counter(info.retention for info in queries.past_retention(on=clock.now().date()))
    print(f"files: {len(queries.unsealed())} lie open that should not (entrepot files seal)")
    for code, count in sorted(late.items()):
        print(f"  {count} past the time of {code}: {queries.retention_classes()[code].reason}")
