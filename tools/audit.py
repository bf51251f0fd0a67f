"""`make audit`: ask PyPI's and npm's advisories about every locked package. Needs the network; says so when it had none.

Fails when a package has a known fault. When the advisories cannot be reached nothing is known: that is said, and it is a
failure only if ENTREPOT_REQUIRE names `audit`. What needs no network (licences, hashes, secrets) is in
`tests/architecture/test_supply.py` and runs with every check.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def python_packages() -> tuple[list[str], str]:
    """Return (faults, why nothing is known or "") of both lock files."""
    faults: list[str] = []
    for lock in ("program.txt", "develop.txt"):
        words = [str(BIN / "pip-audit"), "--disable-pip", "--require-hashes", "--progress-spinner", "off",
                 "-f", "json", "-r", f"requirements/{lock}"]  # fmt: skip
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        try:
            told = json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError):
            return faults, (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        if all("skip_reason" in package for package in told):
            return faults, "PyPI's advisories cannot be reached from here"
        faults += [f"{p['name']} {p['version']}: {v['id']}" for p in told for v in p.get("vulns", [])]
    return faults, ""


def npm_packages() -> tuple[list[str], str]:
    """Return (faults, why nothing is known or "") of the front end's lock file."""
    done = subprocess.run(["npm", "audit", "--json"], cwd=ROOT / "web", capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return [], "npm said nothing that can be read"
    if "vulnerabilities" not in told:
        return [], "npm's advisories cannot be reached from here"
    return [f"{name}: {entry['severity']}" for name, entry in told["vulnerabilities"].items()], ""


def main() -> int:
    """Print what is known; return 1 for a known fault, or for none known where an answer is required."""
    bad = False
    for name, ask in (("Python packages", python_packages), ("npm packages", npm_packages)):
        faults, unknown = ask()
        for fault in faults:
            print(f"audit: {name}: {fault}")
        if unknown:
            print(f"audit: {name}: not audited: {unknown}")
        elif not faults:
            print(f"audit: {name}: no known fault")
        bad |= bool(faults) or (bool(unknown) and "audit" in os.environ.get("ENTREPOT_REQUIRE", ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
