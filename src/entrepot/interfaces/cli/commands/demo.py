"""`entrepot demo`: put the demo merchant in: company, law, warehouses, staff, goods, offers. Running it again changes nothing."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from entrepot.domains.markets import queries as markets
from entrepot.flows.bring_in import demo_goods, demo_shop
from entrepot.interfaces.cli.drain import drain
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import Conflict

HELP = "put the demo merchant, goods, rules and logins in (harmless when they are there)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--quiet", action="store_true", help="say nothing")


def run(args: argparse.Namespace) -> int:
    """Seed step by step with a bar, then compute the offers."""
    if settings.PRODUCTION:
        raise Conflict(
            kind="this installation",
            key="",
            state="in production",
            reason="demo logins have a password everybody knows",
        )
    console, began = Console(quiet=args.quiet), time.monotonic()
    steps = (
        ("the company, its store and its books", lambda: demo_shop.found_company(actor=SYSTEM)),
        ("markets and exchange rates", lambda: demo_shop.open_markets(actor=SYSTEM)),
        ("tax registrations and duty", lambda: demo_shop.register_for_law(actor=SYSTEM)),
        ("warehouses and lanes", lambda: demo_shop.build_warehouses(actor=SYSTEM)),
        ("staff and roles", lambda: demo_shop.hire_staff(actor=SYSTEM)),
        ("goods, prices, pictures, stock", _goods),
        ("offers in every market", drain),
    )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    report: Any = None
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("demo", total=len(steps))
        for name, step in steps:
            bar.update(task, description=name)
            answer = step()
            report = answer if step is _goods else report
            bar.advance(task)
    done = f"{report.added} products added, {report.changed} changed, {report.unchanged} as they were"
    console.print(f"demo: {done}; {report.variants} articles in {len(markets.markets())} markets", highlight=False)
    console.print(f"demo: done in {time.monotonic() - began:.1f} s", highlight=False)
    return 0


def _goods() -> demo_goods.ImportReport:
    codes = tuple(market.code for market in markets.markets() if market.open)
    return demo_goods.bring_demo_goods(actor=SYSTEM, markets=codes)
