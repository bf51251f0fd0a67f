"""The command line: `entrepot COMMAND …`. Commands are the modules of `commands/`; placing a file adds one.

A command declares `HELP`, may declare `arguments(parser)` and `EARLY = True` (runs before Django is set up, for
commands that must work on a broken installation), `OWNER = True` (connects as the database's owner) or
`DATABASE = False` (needs none, so that the embedded one is not started), and does its work in
`run(args) -> int | None`. A fault that a person can mend is said in one sentence, without a traceback.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

COMMANDS = Path(__file__).parent / "commands"


def command_names() -> list[str]:
    """Return the names of all commands, as typed."""
    return sorted(
        path.stem.rstrip("_").replace("_", "-") for path in COMMANDS.glob("*.py") if not path.stem.startswith("_")
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 when it failed, or 2 when it was called wrongly."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if words[0] not in command_names():
        print(f"entrepot: there is no command “{words[0]}”.\n\n{_overview()}", file=sys.stderr)
        return 2
    return _run(words[0], words[1:])


def _run(name: str, words: Sequence[str]) -> int:
    path = _path(name)
    told = constants(path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.config.settings")
    if told.get("OWNER"):
        os.environ["ENTREPOT_DB_ROLE"] = "owner"
    boot = importlib.import_module("entrepot.interfaces.cli.boot")
    try:
        if not told.get("EARLY"):
            boot.django(database=told.get("DATABASE", True) is True)
        module = importlib.import_module(f"entrepot.interfaces.cli.commands.{path.stem}")
        return int(module.run(_parser(name, module).parse_args(words)) or 0)
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        sentence = boot.sentence(fault)
        if sentence is None:
            raise
        print(f"entrepot: {sentence}", file=sys.stderr)
        return 1


def _parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(f"entrepot {name}", description=module.HELP)
    if hasattr(module, "arguments"):
        module.arguments(parser)
    return parser


def _path(name: str) -> Path:
    stem = name.replace("-", "_")
    plain = COMMANDS / f"{stem}.py"
    return plain if plain.exists() else COMMANDS / f"{stem}_.py"  # import_.py: a word that Python keeps for itself


def constants(path: Path) -> dict[str, object]:
    """Read a module's plain constants without importing it, for importing may need Django."""
    found: dict[str, object] = {}
    for node in ast.parse(path.read_text()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and isinstance(getattr(node, "value", None), ast.Constant):
            found[target.id] = node.value.value  # type: ignore[attr-defined,union-attr]
    return found


def _overview() -> str:
    width = max(map(len, command_names()), default=0)
    lines = [f"  {name:<{width}}  {constants(_path(name)).get('HELP', '')}" for name in command_names()]
    return "\n".join(["usage: entrepot COMMAND …", "", *lines, "", "entrepot COMMAND --help says more."])
