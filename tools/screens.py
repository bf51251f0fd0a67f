"""Take the pictures of docs/screens: three buyers from home to delivered, on a desk and in the hand, in a live shop.

    .venv/bin/python -m tools.screens [FOLDER]

Prints what axe and the ruler found on the way; 1 when anything was.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.journeys.test_buyers import demo_shop, whole_way

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screens"


def main(folder: Path = FOLDER) -> int:
    """Walk every buyer at both widths and keep a picture of every page."""
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as place, demo_shop(Path(place), "screens") as shop:
        for who in ("de", "us", "sa"):
            for width in (1440, 390):
                faults += whole_way(shop, who, width, folder)
                print(f"{who} {width}: done", flush=True)
    print("\n".join(faults) or "nothing found")
    return min(len(faults), 1)


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:2])))
