"""`entrepot tariff import FILE --territory EU`: load a customs tariff; proofs of origin, and rules that contradict each other."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from entrepot.domains.customs import queries, services
from entrepot.flows.bring_in.import_tariff import import_tariff
from entrepot.infra import clock, db
from entrepot.kernel.actor import SYSTEM

HELP = "load a customs tariff by HS code; record proofs of origin; choose between contradictory rules"
IMPORT_HELP = "load a tariff file (.csv or .csv.gz); bad lines are told, good ones go in"
SHOWN = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    import_arguments(what.add_parser("import", help=IMPORT_HELP))
    proof = what.add_parser(
        "proof", help="record a proof of origin: the programme's lower rate is used from that day on"
    )
    proof.add_argument("--territory", required=True, help="where the goods are imported: EU, GB, US …")
    proof.add_argument(
        "--programme", required=True, help="key of the agreement; `entrepot tariff programmes` lists them"
    )
    proof.add_argument("--origin", required=True, help="country of origin, two letters")
    proof.add_argument("--code", default="", help="beginning of HS codes it is for (default: all goods of that origin)")
    proof.add_argument("--kind", required=True, help="as on the paper: statement on origin, EUR.1 …")
    proof.add_argument("--number", required=True, help="its number (a statement's REX number)")
    proof.add_argument("--from", dest="from_date", type=dt.date.fromisoformat, help="default: today")
    proof.add_argument("--until", type=dt.date.fromisoformat, help="first day on which it is held no more")
    listed = what.add_parser("programmes", help="list preferential programmes, their origins and proofs")
    listed.add_argument("--territory", default="", help="of one territory alone")
    what.add_parser("choices", help="list rules that contradict each other, and which one holds")
    choose = what.add_parser("choose", help="follow one of several readings of a rule from a day on")
    choose.add_argument("territory")
    choose.add_argument("group", metavar="choice")
    choose.add_argument("option")
    choose.add_argument("--from", dest="from_date", type=dt.date.fromisoformat, help="default: today")


def import_arguments(bring: argparse.ArgumentParser) -> None:
    """Declare what an import needs; `entrepot import tariff` takes the same."""
    bring.add_argument("file", type=Path)
    bring.add_argument("--territory", required=True, help="EU, US, SA …")
    bring.add_argument("--from", dest="from_date", type=dt.date.fromisoformat, default=dt.date(2021, 1, 1),
                       help="day from which the rates hold (default 2021-01-01)")  # fmt: skip
    bring.add_argument("--until", type=dt.date.fromisoformat, help="first day on which they hold no more")
    bring.add_argument("--source", help="shown with every duty taken from it (default: the file's name)")
    bring.add_argument("--added", default="", metavar="NAME", help="a duty on top of the tariff, by code and origin")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    # `entrepot import tariff` comes here too, with its own `what`.
    return {"proof": _proof, "programmes": _programmes, "choices": _choices, "choose": _choose}.get(args.what, _load)(
        args
    )


def _proof(args: argparse.Namespace) -> int:
    with db.transaction():
        held = services.record_origin_proof(
            actor=SYSTEM, territory=args.territory, programme=args.programme, origin=args.origin.upper(), code=args.code,
            kind=args.kind, number=args.number, from_date=args.from_date or clock.today(), until=args.until,
            at=clock.now(),
        )  # fmt: skip
    goods = f"goods of code {held.code}" if held.code else "all goods"
    print(
        f"{held.territory} {held.programme}: {goods} of {held.origin} from {held.from_date}, {held.kind} {held.number}"
    )
    return 0


def _programmes(args: argparse.Namespace) -> int:
    for one in queries.programmes(on=clock.today()):
        if args.territory in ("", one.territory):
            print(f"{one.territory}  {one.key:<20} {one.name}: {', '.join(one.origins)} ({' or '.join(one.proofs)})")
    return 0


def _choices(args: argparse.Namespace) -> int:
    for one in queries.rule_choices(on=clock.today()):
        print(f"{one.territory} {one.group}{f', chosen from {one.since}' if one.since else ''}")
        for option in one.options:
            print(
                f"  {'*' if option.option == one.chosen else ' '} {option.option}: {option.says} [{option.confidence}]"
            )
    return 0


def _choose(args: argparse.Namespace) -> int:
    day = args.from_date or clock.today()
    with db.transaction():
        services.choose_rule(
            actor=SYSTEM, territory=args.territory, group=args.group, option=args.option, from_date=day, at=clock.now()
        )
    print(f"{args.territory} {args.group}: {args.option} from {day}")
    return 0


def _load(args: argparse.Namespace) -> int:
    """Load and tell; 1 when a line could not be used."""
    done = import_tariff(
        actor=SYSTEM, path=args.file, territory=args.territory, from_date=args.from_date, until=args.until,
        source=args.source or args.file.name, added=args.added,
    )  # fmt: skip
    print(f"{done.read:,} lines read, {done.stored:,} rates for {args.territory}, {done.changed:,} new or different")
    if done.preferences:
        print(
            f"{done.preferences:,} preferential rates: used where a proof of origin is recorded (`entrepot tariff proof`)"
        )
    if done.compound:
        print(f"{done.compound:,} lines are by weight or piece and were left out: the shop's flat duty applies there")
    for line in done.bad[:SHOWN]:
        print(f"  line {line.number}, {line.field} “{line.value}”: {line.rule}")
    if len(done.bad) > SHOWN:
        print(f"  … and {len(done.bad) - SHOWN:,} more")
    return 1 if done.bad else 0
