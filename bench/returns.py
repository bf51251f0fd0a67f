"""A quarter of invented orders over all regimes, with refunds in the same and in later periods: every return equals the ledger.

Orders are priced by the real engines; their entries and tax records are real rows of PostgreSQL, written as the shop writes them. Then
every return of the quarter is computed and filed, then those of the two months after, which hold the corrections. A difference
anywhere fails the measurement.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections import Counter
from uuid import uuid4

from bench import _quarter as quarter
from bench._frame import Result
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.types import ReturnView
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets import services as market_services
from entrepot.domains.organisation import services as organisation
from entrepot.domains.tax.engine.returns import bounds
from entrepot.flows.comply.file_return import file_return
from entrepot.flows.comply.prepare_return import prepare_return
from entrepot.flows.comply.tie_return import tie_return
from entrepot.flows.settle.check_tax import check_tax
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import Money

HELP = "a quarter of orders over all regimes: each return beside the ledger, after refunds in later periods"
BATCH = 100
FILED_ON = dt.date(2026, 10, 25)
LATER_ON = dt.date(2027, 1, 20)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the parameters."""
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", action="store_true", help="print every return; else what differs and the sums")


def run(args: argparse.Namespace) -> Result:
    """Make, post, file, compare."""
    entity = set_up()
    began = time.perf_counter()
    places, regimes, entries = Counter[str](), Counter[str](), 0
    batch: list[quarter.Made] = []
    for made in quarter.quarter(args.orders, entity_id=entity, seed=args.seed):
        batch.append(made)
        regimes[made.quote.country] += 1
        places["refunded"] += bool(made.changes)
        places["cancelled"] += made.cancelled_on is not None
        places["later"] += any(day > quarter.LAST for day, _ in made.changes)
        if len(batch) == BATCH:
            entries += _post(batch)
            batch = []
    entries += _post(batch)
    posted_s = time.perf_counter() - began
    began = time.perf_counter()
    views = file_all(entity, ("2026-Q3", "2026-07", "2026-08", "2026-09"), FILED_ON)
    left = payable_left(entity, quarter.LAST)
    later = file_all(entity, ("2026-Q4", "2026-10", "2026-11", "2026-12"), LATER_ON)
    returns_s = time.perf_counter() - began
    differing = sum(_tell(view, args.lines) for view in (*views, *later))
    checked = check_tax(entity_id=entity, since=quarter.FIRST, until=dt.date(2026, 12, 31))
    after = payable_left(entity, dt.date(2026, 12, 31))
    for currency, minor in sorted({**left, **after}.items()):
        print(f"sales tax payable not in a return: {Money(left.get(currency, minor), currency)}")
    figures = {
        "orders": args.orders, "regimes": len(regimes), "entries": entries, "entries_apart": len(checked.apart),
        "orders.refunded": places["refunded"], "orders.cancelled": places["cancelled"],
        "orders.refunded_later": places["later"], "returns": len(views) + len(later),
        "returns.corrected": sum(bool(v.content.corrections) for v in later),
        "returns_apart": differing, "currencies_left_over": len(left) + len(after),
        "seconds.price_and_post": round(posted_s, 1), "seconds.returns": round(returns_s, 1),
    }  # fmt: skip
    if checked.apart or differing or left or after:
        raise SystemExit(f"bench: the returns do not equal the ledger: {figures}")
    return {"figures": figures, "units": {"seconds": "s"}, "notes": ["every entry, every return: difference 0"]}


def set_up() -> str:
    """Set up an entity of its own and the exchange rates of the days that are needed; return the entity's id."""
    with db.transaction():
        key = organisation.set_up_entity(
            actor=SYSTEM, code=f"quarter-{uuid4().hex[:8]}", name="Quarter Ltd.", local_name="", country="CN",
            book_currency="CNY", time_zone="UTC", tax_ids={}, address={},
        )  # fmt: skip
        source = markets.demo_data()["fx"]
        rows = [
            (day, currency, rate)
            for day in quarter.RATE_DAYS
            for currency, rate in quarter.EUR_RATES.items()
            if currency != source["base"]
        ]
        market_services.load_fx_rates(actor=SYSTEM, source=source["source"], base=source["base"], rows=rows)
    return key


def _post(batch: list[quarter.Made]) -> int:
    with db.transaction():
        return sum(quarter.store(made) for made in batch)


def file_all(entity: str, periods: tuple[str, ...], on: dt.date) -> list[ReturnView]:
    """Compute and file every return of some periods for which there are records, and return them."""
    found = []
    for form in finance.return_forms().values():
        for period in periods:
            if ("Q" in period) != (form.frequency == "quarter"):
                continue
            for place in sorted(places_of(entity, form.key, period)):
                view = prepare_return(actor=SYSTEM, entity_id=entity, form=form.key, jurisdiction=place, period=period)
                found.append(file_return(
                    actor=SYSTEM, return_id=view.id, filed_on=on, reference=f"{form.key}-{period}", today=on
                ))  # fmt: skip
    return found


def places_of(entity: str, form: str, period: str) -> set[str]:
    """Return for which jurisdictions a form has records in a period."""
    told = finance.return_form(key=form)
    since, until = bounds(period)
    return finance.jurisdictions_seen(entity_id=entity, since=since, until=until, form=told)


def payable_left(entity: str, until: dt.date) -> dict[str, int]:
    """Return what of sales tax payable up to a day no return took, by currency; filings count whenever they were posted."""
    sales = ledger.movements(
        entity_id=entity, since=quarter.FIRST, until=until, accounts=(accounts.TAX_PAYABLE,), without=("return_filed",)
    )
    filed: dict[str, int] = {}
    for view in finance.filed_between(entity_id=entity, since=quarter.FIRST, until=until):
        for total in view.content.totals:
            filed[total.currency] = filed.get(total.currency, 0) + total.tax_minor
    for (_key, _account, currency), minor in sales.items():
        filed[currency] = filed.get(currency, 0) + minor
    return {currency: minor for currency, minor in filed.items() if minor}


def _tell(view: ReturnView, every: bool) -> bool:
    """Print a return beside the ledger; say whether they differ."""
    c, apart = view.content, False
    for side in tie_return(view):
        differs = bool(side.difference_minor)
        apart = apart or differs
        if every or differs:
            both = (
                str(Money(minor, side.currency))
                for minor in (side.return_minor, side.ledger_minor, side.difference_minor)
            )
            print(f"{c.form:<14}{c.jurisdiction:<6}{c.period:<8}", *(f"{text:>22}" for text in both))
    return apart
