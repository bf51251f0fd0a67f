"""Replays that a person asks for in the console: a short one is done at once, a long one by the worker.

A worker that dies leaves the run as asked for; the next one does it again, which is harmless, for a replay only reads.
The report that is kept: `orders`, `changed`, `rows`, `not_covered`; `totals` [{currency, stored, replayed}]; `causes` [{kind, charge,
before, after, currency, orders, amount}] with rules as {table, key, value, source, confidence, since, until} or null; `markets` and
`kinds` [[name, currency, orders, amount]]; `faults` [[code, words, orders]]; `worst` [[order id, number, market, currency, stored,
replayed]], the largest differences first. Amounts are minor units.
"""

from __future__ import annotations

import datetime as dt
import heapq
import io
from typing import Any

import msgspec
from django.db import OperationalError

from entrepot.domains.documents import services as documents
from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.types import ReplayRequest, ReplayRunView
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.price.replay_period import OrderDiff, cases, count
from entrepot.flows.price.replay_report import Sum, Totals, replay
from entrepot.flows.price.replay_rules import RuleBook
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import N_, EntrepotError, InvalidInput

AT_ONCE = 2_000
WORST = 50
TELL_EVERY = 500


def start(*, actor: Actor, request: ReplayRequest, zone: str) -> str:
    """Record a replay and do it at once where it is short; return its id.

    Raises InvalidInput: the period ends before it begins, or is longer than ten years.
    """
    if not 0 <= (request.until - request.since).days <= 3_660:
        rule = N_("The first day is not after the last, and there are at most ten years between them.")
        raise InvalidInput(field="from", value=request.since, rule=rule)
    total = count(**_asked(request, zone))
    with db.transaction():
        run_id = finance.ask_replay(actor=actor, request=request, total=total)
        if total <= AT_ONCE:
            _work(finance_queries.replay_run(run_id=run_id), zone)
    return run_id


def run_asked(at: dt.datetime) -> int:
    """Do the replays that wait, the first asked for first, and return how many; `at` is taken as a schedule gives it."""
    waiting = finance_queries.replay_runs(state="asked")
    for run in waiting:
        _work(run, organisation.store().entity.time_zone)
    return len(waiting)


def _work(run: ReplayRunView, zone: str) -> None:
    out, worst = io.StringIO(), []  # type: io.StringIO, list[tuple[int, int, OrderDiff]]

    def each(done: int, diff: OrderDiff) -> None:
        if diff.shifts and not diff.fault:
            heapq.heappush(worst, (abs(diff.difference_minor), -done, diff))
            if len(worst) > WORST:
                heapq.heappop(worst)
        if run.total > AT_ONCE and done % TELL_EVERY == 0:
            with db.transaction():
                finance.record_replay(actor=SYSTEM, run_id=run.id, done=done)

    try:
        totals = replay(cases(**_asked(run.request, zone)), RuleBook(on=run.request.rules_on), out=out, each=each)
    except OperationalError:  # the database is gone: it is tried again
        raise
    except Exception as fault:  # else it would be met again for ever, and those behind it never begun
        words = fault.message() if isinstance(fault, EntrepotError) else type(fault).__name__
        with db.transaction():
            finance.record_replay(actor=SYSTEM, run_id=run.id, done=0, state="failed", fault=words)
        return
    ordered = [diff for _, _, diff in sorted(worst, key=lambda one: one[:2], reverse=True)]
    with db.transaction():
        document = documents.store_file(
            actor=SYSTEM, content=out.getvalue().encode(), mime="text/csv", name=f"replay-{run.id}.csv",
            retention="tax_10_years",
        )  # fmt: skip
        finance.record_replay(
            actor=SYSTEM, run_id=run.id, done=totals.orders, state="done", report=report_of(totals, ordered),
            document=document,
        )  # fmt: skip


def report_of(totals: Totals, worst: list[OrderDiff]) -> dict[str, Any]:
    """Return totals as plain data, in the form this module's docstring tells."""
    causes = sorted(totals.causes.items(), key=lambda one: (one[0][1], -abs(one[1].amount_minor)))
    return {
        "orders": totals.orders, "changed": totals.changed, "rows": totals.rows, "not_covered": totals.not_covered,
        "totals": [
            {"currency": currency, "stored": stored, "replayed": totals.replayed[currency]}
            for currency, stored in sorted(totals.stored.items())
        ],
        "causes": [
            {
                **msgspec.to_builtins(cause), "currency": currency, "orders": one.orders, "amount": one.amount_minor,
            }
            for (cause, currency), one in causes
        ],
        "markets": _listed(totals.markets),
        "kinds": _listed(totals.kinds),
        "faults": [[code, words, number] for (code, words), number in sorted(totals.faults.items())],
        "worst": [[d.id, d.number, d.market, d.currency, d.stored_minor, d.replayed_minor] for d in worst],
    }  # fmt: skip


def _listed(sums: dict[tuple[str, str], Sum]) -> list[list[Any]]:
    return [[name, currency, one.orders, one.amount_minor] for (name, currency), one in sorted(sums.items())]


def _asked(request: ReplayRequest, zone: str) -> dict[str, Any]:
    return {
        "since": request.since, "until": request.until, "zone": zone, "market": request.market,
        "quotes": request.of_quotes,
    }  # fmt: skip
