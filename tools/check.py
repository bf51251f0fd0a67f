"""`make check`: everything about the code that needs no database, two at a time, in under a minute.

Each check is one command; all run even when one fails, and a failing one shows its words.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

# The longest first, so that two lanes are filled well.
CHECKS: list[tuple[str, list[str]]] = [
    ("types (mypy)", [str(BIN / "mypy")]),
    (
        "house rules (tests/architecture)",
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/architecture"],
    ),
    ("import contracts (import-linter)", [str(BIN / "lint-imports")]),
    ("messages (entrepot messages check)", [str(BIN / "entrepot"), "messages", "check"]),
    ("lint (ruff)", [str(BIN / "ruff"), "check", "."]),
    ("form (ruff format)", [str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."]),
]


def main() -> int:
    """Run all checks; return 0 when all pass."""
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(_run, CHECKS))
    for name, seconds, code, words in results:
        print(f"{'ok    ' if code == 0 else 'FAILED'} {seconds:5.1f} s  {name}")
        if code:
            print("\n".join(f"    {line}" for line in words.strip().splitlines()[-60:]))
    print(f"check: {sum(1 for result in results if result[2])} failed, {time.monotonic() - began:.0f} s")
    return 1 if any(result[2] for result in results) else 0


def _run(check: tuple[str, list[str]]) -> tuple[str, float, int, str]:
    name, words = check
    began = time.monotonic()
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return name, time.monotonic() - began, done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
