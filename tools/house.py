"""Walks over the source tree that the architecture tests and `make check` share: pure functions, path in, offences out.

Every offence is one line that names the place and the rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HARD_FILE, HARD_FUNCTION = 500, 70
SPECIAL_FILES = {"engine": 300, "flows": 200}
DOCUMENTED = ("kernel/", "flows/", "/ports", "/engine", "/services", "/queries")
CLOCK_CALLS = {"now", "today", "utcnow", "time"}
CLOCK_OWNERS = {"datetime", "date", "timezone", "dt", "time", "clock"}
CLOCK_FREE = ("interfaces/", "infra/", "config/")
# Worked examples name the country whose law they work through; they are data with a little code around it;
# the console's table of words says what a scheme is called.
COUNTRY_FREE = ("/refdata/", "bring_in/", "/migrations/", "/law_examples/", "/console/words.py")
COUNTRIES = {"DE", "US", "SA", "CN", "NL", "GB", "FR", "EU", "JP", "CA", "AU", "SG", "BR", "ID"}
SCHEMES = {"ioss", "oss", "voec", "mpf"}


def sources(root: Path) -> Iterator[tuple[str, str, ast.Module]]:
    """Yield (path below root, text, tree) of every Python file that people write."""
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if "/migrations/" in f"/{name}":
            continue
        text = path.read_text(encoding="utf-8")
        yield name, text, ast.parse(text)


def functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Yield every function with whether it is public (module level or a public class's method, no underscore)."""

    def walk(body: list[ast.stmt], public: bool) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node, public and not node.name.startswith("_")
                yield from walk(node.body, False)
            elif isinstance(node, ast.ClassDef):
                yield from walk(node.body, public and not node.name.startswith("_"))

    return walk(tree.body, True)


def oversize(root: Path, allowed: dict[str, int] | None = None) -> list[str]:
    """Return files and functions that are too long. `allowed` (place → lines) is the ratchet: it may only shrink."""
    allowed = dict(allowed or {})
    bad = []
    for name, text, tree in sources(root):
        lines = text.count("\n")
        parts = name.split("/")
        limit = min([HARD_FILE, *(n for key, n in SPECIAL_FILES.items() if key in parts or f"{key}.py" in parts)])
        if lines > max(limit, allowed.pop(name, 0)):
            bad.append(f"{name}: {lines} lines, at most {limit}")
        for node, _ in functions(tree):
            length = (node.end_lineno or 0) - node.lineno + 1
            place = f"{name}:{node.name}"
            if length > max(HARD_FUNCTION, allowed.pop(place, 0)):
                bad.append(f"{place}: {length} lines, at most {HARD_FUNCTION}")
    bad += [f"{place}: stands in the ratchet but is gone or small enough; take it out" for place in allowed]
    return bad


def undocumented(root: Path) -> list[str]:
    """Return modules without a docstring, and public functions of the rooms in DOCUMENTED without one."""
    bad = []
    for name, text, tree in sources(root):
        if text.strip() and not ast.get_docstring(tree):
            bad.append(f"{name}: the module says not what it is for")
        if any(mark in f"/{name}" for mark in DOCUMENTED):
            bad += [
                f"{name}:{n.name}: no docstring" for n, public in functions(tree) if public and not ast.get_docstring(n)
            ]
    return bad


def clock_readers(root: Path) -> list[str]:
    """Return calls that read a clock outside interfaces, infra and config: elsewhere time is an argument."""
    bad = []
    for name, _, tree in sources(root):
        if name.startswith(CLOCK_FREE):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CLOCK_CALLS
                and ast.unparse(node.func.value).split(".")[-1] in CLOCK_OWNERS
            ):
                bad.append(f"{name}:{node.lineno}: reads the clock ({ast.unparse(node.func)})")
    return bad


def named_countries(root: Path) -> list[str]:
    """Return country codes and schemes spelled in flows, interfaces, engines, services, queries: law and lanes are data."""
    bad = []
    for name, _, tree in sources(root):
        room = re.search(r"(^flows/|^interfaces/|/engine|/services|/queries)", name)
        if not room or any(mark in f"/{name}" for mark in COUNTRY_FREE):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                value = node.value
                if value in COUNTRIES or value.lower() in SCHEMES:
                    bad.append(f"{name}:{node.lineno}: names “{value}”; put it into data")
    return bad


def sideways_flows(root: Path) -> list[str]:
    """Return flow modules that hold a transaction open around a remote call written in the same function.

    A heuristic: a call of `client()` or of a port's remote verb inside a `with … transaction()` block.
    """
    remote = {"client", "book", "start", "capture", "refund_payment"}
    bad = []
    for name, _, tree in sources(root):
        if not name.startswith("flows/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.With) and any("transaction" in ast.unparse(i.context_expr) for i in node.items):
                for call in ast.walk(node):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                        owner = ast.unparse(call.func.value)
                        if call.func.attr in remote and (
                            "PROVIDERS" in owner or "CARRIERS" in owner or owner == "http"
                        ):
                            bad.append(f"{name}:{call.lineno}: a remote call inside a transaction")
    return bad
