"""A product page: price taken apart, live stock, variants, route line, structured data."""

from __future__ import annotations

import argparse

from bench import _pages
from bench._frame import Result

HELP = "product pages per second, beside an empty view"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _pages.arguments(parser)


def run(args: argparse.Namespace) -> Result:
    """Ask for one product, then for any in any market."""
    handles = _pages.handles()
    pages = _pages.shuffled(7, ["de-de", "en-de", "en-us", "ar-sa"], handles)
    return _pages.measure(args, [f"/de-de/p/{handles[0]}"], (f"/{locale}/p/{handle}" for locale, handle in pages))
