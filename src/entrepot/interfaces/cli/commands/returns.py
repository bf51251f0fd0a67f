"""`entrepot returns`: what is to be filed, a period's return, the tie-out with the ledger, and records of older sales.

`entrepot returns list` says what is due, `prepare FORM PERIOD` computes and stores a draft and prints its fields, `check --from --to`
prints both sides of the tax accounts, `backfill` records the tax of sales from before there were tax records.
"""

from __future__ import annotations

import argparse
import datetime as dt

from rich.console import Console
from rich.table import Table

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine.accounts import NAMES
from entrepot.domains.finance.types import ReturnView
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax.engine.returns import bounds
from entrepot.flows.comply.prepare_return import duties, prepare_return
from entrepot.flows.settle.backfill_tax import backfill_tax
from entrepot.flows.settle.check_tax import check_tax
from entrepot.infra import clock
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import Money

HELP = "tax returns of a period: what is due, their fields, tie-out with the ledger"
SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("list", help="what is due, for this period and the one before")
    what.add_parser("forms", help="the forms that are known, with their source")
    one = what.add_parser("prepare", help="compute a return, store it as a draft and print its fields")
    one.add_argument("form", help="key of the form, as eu_oss")
    one.add_argument("period", help="2026-11 or 2026-Q4")
    one.add_argument(
        "--for", dest="jurisdiction", default="", metavar="PLACE", help="US-CA, DE: where a form has several"
    )
    check = what.add_parser("check", help="tax records beside the ledger's tax accounts; fails when an entry differs")
    check.add_argument("--from", dest="since", type=dt.date.fromisoformat, metavar="DAY", help="first day (UTC)")
    check.add_argument("--to", dest="until", type=dt.date.fromisoformat, metavar="DAY", help="last day")
    what.add_parser("backfill", help="record the tax of sales that were posted before there were tax records")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 when the books differ."""
    return {"list": _list, "forms": _forms, "prepare": _prepare, "check": _check, "backfill": _backfill}[args.what](
        args
    )


def _list(args: argparse.Namespace) -> int:
    entity = organisation.store().entity
    table = Table("due", "return", "for", "period", "state", "to pay", title="returns", title_justify="left")
    for one in duties(entity_id=entity.id, on=clock.today(entity.time_zone)):
        view = one.newest
        owed = str(Money(view.content.payable_minor, view.content.currency)) if view else ""
        state = view.state if view else "not computed"
        table.add_row(f"{one.due_date}", f"{one.form.key}", one.jurisdiction, one.period, state, owed)
    Console().print(table)
    return 0


def _forms(args: argparse.Namespace) -> int:
    table = Table("form", "name", "filed", "currency", "confidence", "source", title_justify="left")
    for form in finance.return_forms().values():
        table.add_row(form.key, form.name, form.frequency, form.currency or "own", form.confidence, form.source)
    Console().print(table)
    return 0


def _prepare(args: argparse.Namespace) -> int:
    form = finance.return_form(key=args.form)
    place = args.jurisdiction or form.jurisdiction
    entity = organisation.store().entity
    view = prepare_return(actor=SYSTEM, entity_id=entity.id, form=form.key, jurisdiction=place, period=args.period)
    _tell(view)
    return 0


def _tell(view: ReturnView) -> None:
    c, console = view.content, Console()
    form = finance.return_form(key=c.form)
    console.print(
        f"{form.name}, {c.jurisdiction}, {c.period} (version {view.version}); due {c.due_date}", highlight=False
    )
    table = Table(*form.groups, "base", "tax", "records")
    for line in c.lines:
        table.add_row(
            *line.keys,
            str(Money(line.base_minor, c.currency)),
            str(Money(line.tax_minor, c.currency)),
            f"{line.records:,}",
        )
    console.print(table)
    for field in c.fields:
        told = "outside our books of sales" if field.outside else str(Money(field.amount_minor, c.currency))
        console.print(f"  {field.code:<12}{field.name}: {told}", highlight=False, markup=False)
    for one in c.corrections:
        console.print(
            f"  correction of {one.period}, {one.country}: {Money(one.tax_minor, c.currency)}", highlight=False
        )
    for one in c.outside:
        console.print(
            f"  too old to be stated: {one.period}, {one.country}: {Money(one.tax_minor, c.currency)}", highlight=False
        )
    for rate in c.rates:
        mark = " (provisional)" if rate.provisional else ""
        console.print(
            f"  1 {rate.currency} = {rate.rate:f} {c.currency}, {rate.source} {rate.date}{mark}", highlight=False
        )
    console.print(
        f"to pay {Money(c.payable_minor, c.currency)}, rounding of the form {Money(c.rounding_minor, c.currency)}",
        highlight=False,
    )


def _check(args: argparse.Namespace) -> int:
    entity = organisation.store().entity
    today = clock.today(entity.time_zone)
    since = args.since or bounds(f"{today.year}-Q{(today.month + 2) // 3}")[0]
    until = args.until or today
    found = check_tax(entity_id=entity.id, since=since, until=until)
    table = Table(
        "account", "currency", "tax records", "ledger", "difference", title=f"{since} to {until}", title_justify="left"
    )
    for side in found.sides:
        figures = (
            str(Money(m, side.currency)) for m in (side.recorded_minor, side.posted_minor, side.difference_minor)
        )
        table.add_row(f"{side.account} {NAMES[side.account]}", side.currency, *figures)
    Console().print(table)
    for key, account, currency, recorded, posted in found.apart[:SHOWN]:
        print(f"  {key} on {account}: records {Money(recorded, currency)}, ledger {Money(posted, currency)}")
    print(f"{found.entries - len(found.apart):,} entries tie out, {len(found.apart):,} differ")
    return 0 if found.well else 1


def _backfill(args: argparse.Namespace) -> int:
    seen, written = backfill_tax(
        until=clock.now() + dt.timedelta(days=1), progress=lambda done: print(f"{done:,} orders seen", flush=True)
    )
    print(f"{seen:,} orders, {written:,} newly recorded")
    return 0
