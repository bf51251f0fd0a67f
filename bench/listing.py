"""A shelf with its facets: 24 cards, filters with counts, three markets."""

from __future__ import annotations

import argparse

from bench import _pages
from bench._frame import Result

HELP = "shelf pages per second, beside an empty view"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _pages.arguments(parser)


def run(args: argparse.Namespace) -> Result:
    """Ask for one shelf, then for any shelf in any order with any filter."""
    slugs = _pages.shelves()
    queries = ["?sort=arrives", "?sort=price", "?sort=price_down", "?sort=new", "?page=2", "?page=3&sort=price",
               "?price_to=90", "?price_from=40", "?arrives=2026-12-11", "?from=NL", "?from=CN&sort=price"]  # fmt: skip
    pages = _pages.shuffled(7, ["de-de", "en-de", "en-us", "ar-sa"], slugs, queries, ["", "&stock=1"])
    return _pages.measure(
        args, [f"/de-de/c/{slugs[0]}"], (f"/{locale}/c/{slug}{query}{stock}" for locale, slug, query, stock in pages)
    )
