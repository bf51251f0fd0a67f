"""How many whole products a second an import brings in: texts, articles, price, stock, publication, offers and search."""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
from pathlib import Path

from bench._frame import Result
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.bring_in.import_catalogue import ImportReport, ImportSettings, import_catalogue
from entrepot.flows.bring_in.import_catalogue_files import ErrorFile, load_defaults, open_lines
from entrepot.infra import clock, wiring
from entrepot.interfaces.cli.drain import drain, helpers
from entrepot.kernel.actor import SYSTEM

HELP = "products a second from a file to found and sellable in every market; then the same file unchanged"
FRESH = True

_NOUNS = ("Desk lamp", "Day backpack", "Vacuum flask", "Teapot", "Cushion", "Headphones", "USB cable", "Wristwatch")
_COLOURS = ("black", "blue", "green", "red", "sand", "white")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--products", type=int, default=5000, help="products of the file that is made up")
    parser.add_argument("--file", type=Path, help="a catalogue file to import instead")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds for the helping process to start")
    parser.add_argument("--markets", default="", help="publish to these only, e.g. DE (default: all open ones)")


def run(args: argparse.Namespace) -> Result:
    """Import into a fresh shop, drain what follows, and import once more."""
    wiring.load()
    with tempfile.TemporaryDirectory() as folder:
        path = args.file or _made_up(Path(folder) / "goods.csv", args.products)
        with helpers():
            time.sleep(args.settle)
            began = time.perf_counter()
            first = _import(path, args.markets)
            written = time.perf_counter() - began
            drain()
            whole = time.perf_counter() - began
        began = time.perf_counter()
        again = _import(path, args.markets)
        unchanged = time.perf_counter() - began
    if again.changed or again.added:
        raise SystemExit(f"bench: the second import changed {again.added + again.changed} products")
    return {
        "figures": {
            "products_per_s": round(first.added / whole, 1),
            "written_per_s": round(first.added / written, 1),
            "unchanged_per_s": round(again.unchanged / unchanged, 1),
            "products": first.added,
        },
        "units": {"products_per_s": "1/s", "written_per_s": "1/s", "unchanged_per_s": "1/s", "products": ""},
        "notes": [
            f"{first.added:,} products, {first.variants:,} articles, {first.refused_rows} rows refused, from {path.name}",
            "products_per_s: catalogue, price, stock, publication, and offers and search in every market, by as many processes as the command itself uses",
            "written_per_s: until the last row is committed, while the helper already computes offers",
        ],
    }


def _import(path: Path, chosen: str) -> ImportReport:
    store = organisation.store()
    codes = [code for code in chosen.split(",") if code] or [market.code for market in markets.markets() if market.open]
    with open_lines(path) as (form, lines, _):
        settings = ImportSettings(
            form=form, defaults=load_defaults(), store=store, currency=store.base_currency, warehouse="SZX",
            on=clock.today(store.entity.time_zone), stock=20, markets=tuple(codes),
        )  # fmt: skip
        return import_catalogue(actor=SYSTEM, lines=lines, settings=settings, refuse=ErrorFile(None))


def _made_up(path: Path, count: int) -> Path:
    """Write a file in our own form: one to three articles a product, two languages, half with customs data."""
    rng, out = random.Random(7), io.StringIO()
    out.write("handle,sku,title,title_de,description,option,price,stock,hs_code,origin,mass_g,attributes\n")
    for number in range(count):
        noun = rng.choice(_NOUNS)
        customs = ",".join(("940521", "CN", str(rng.randint(80, 3000)))) if number % 2 else ",,"
        for colour in rng.sample(_COLOURS, rng.randint(1, 3)):
            title = f"{noun} no. {number}"
            words = " ".join(rng.choices(("made", "for", "long", "use", "and", "easy", "care"), k=40))
            price = f"{rng.randint(500, 20_000) / 100:.2f}"
            out.write(
                f"bench-{number},B{number}-{colour},{title},Artikel {number},{words},{colour},{price},20,{customs},"
                f"Colour={colour}; Material=steel\n"
            )
    path.write_text(out.getvalue(), encoding="utf-8")
    return path
