"""How long a web process takes from nothing to its first page, and how much memory it holds."""

from __future__ import annotations

import argparse
import urllib.request

from bench._frame import Result, shop

HELP = "seconds from starting the web server to the first page, and memory of a worker"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--rounds", type=int, default=3, help="starts; the median counts")
    parser.add_argument("--pages", type=int, default=50, help="first pages fetched before the memory is read")


def run(args: argparse.Namespace) -> Result:
    """Start one web worker a few times; the database is up and migrated."""
    seconds, memory = [], []
    for _ in range(args.rounds):
        with shop(workers=1, sandbox=False, worker=False, first="/") as running:
            seconds.append(running.seconds)
            for _ in range(args.pages):
                with urllib.request.urlopen(f"{running.address}/") as page:
                    page.read()
            memory.append(max(running.memory_mb("web")))
    middle = sorted(seconds)[len(seconds) // 2]
    return {
        "figures": {"seconds": round(middle, 3), "mb_per_worker": round(max(memory), 1)},
        "units": {"seconds": "s", "mb_per_worker": "MB"},
        "notes": [
            f"median of {args.rounds} starts; memory is the unique set of the largest process after {args.pages} pages"
        ],
    }
