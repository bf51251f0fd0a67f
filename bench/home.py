"""The first page of every market."""

from __future__ import annotations

import argparse

from bench import _pages
from bench._frame import Result

HELP = "first pages per second, beside an empty view"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _pages.arguments(parser)


def run(args: argparse.Namespace) -> Result:
    """Ask for one market's first page, then for all of them with an address that was never asked for."""
    pages = _pages.shuffled(7, ["de-de", "en-de", "en-us", "ar-sa", "en-sa"], [str(n) for n in range(800)])
    return _pages.measure(args, ["/de-de/"], (f"/{locale}/?v={number}" for locale, number in pages))
