"""Scaffolds: `entrepot new domain NAME` and `entrepot new adapter PORT NAME` write the first files of each.

What they write passes `make check` as it stands; an adapter refuses in words until its verbs are filled in.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from string import Template

NAME = re.compile(r"[a-z][a-z_]{1,30}")


class CannotScaffold(ValueError):
    """The name is not usable, or something is there already; the message says what to do."""


_DOMAIN = {
    "__init__.py": '''"""$Title: <what it is for, in one line>.

Owns: <its tables, in words>.
Does not own: <what a reader would look for here and finds elsewhere>.
Invariants: <what is always true of its rows>.
"""
''',
    "apps.py": '''"""Django's hook."""

from django.apps import AppConfig


class ${Class}Config(AppConfig):
    """$name"""

    name = "entrepot.domains.$name"
    label = "$name"
''',
    "models.py": '''"""Tables of $name."""

from django.db import models

from entrepot.infra.fields import PublicIdField


class $Class(models.Model):
    """<One line: what a row is.>"""

    public_id = PublicIdField()
    code = models.SlugField(max_length=40, unique=True)
''',
    "types.py": '''"""Frozen nouns of $name."""

import msgspec


class ${Class}View(msgspec.Struct, frozen=True):
    """One of $name as others see it."""

    id: str
    code: str
''',
    "queries.py": '''"""Reads of $name."""

from entrepot.domains.$name.models import $Class
from entrepot.domains.$name.types import ${Class}View
from entrepot.kernel.errors import NotFound


def by_code(*, code: str) -> ${Class}View:
    """Return one by its code; raise NotFound when there is none."""
    row = $Class.objects.filter(code=code).first()
    if row is None:
        raise NotFound(kind="$name", key=code)
    return ${Class}View(id=str(row.public_id), code=row.code)
''',
    "services.py": '''"""Writes of $name."""

from entrepot.domains.$name.models import $Class
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("$name.set_up")
def set_up(*, actor: Actor, code: str) -> str:
    """Create one by its code, or leave it as it is, and return its public id."""
    row, _ = $Class.objects.get_or_create(code=code)
    return str(row.public_id)
''',
    "migrations/__init__.py": "",
}

_DOMAIN_TEST = '''"""The first service and query of $name."""

import pytest

from entrepot.domains.$name import queries, services
from entrepot.infra import db
from entrepot.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def test_set_up_and_read(actor):
    with db.transaction():
        made = services.set_up(actor=actor, code="first")
        again = services.set_up(actor=actor, code="first")
    assert made == again == queries.by_code(code="first").id


def test_unknown_code():
    with pytest.raises(NotFound):
        queries.by_code(code="nothing")
'''

_ADAPTER_TEST = '''"""$Class fills the port $port."""

from entrepot.domains.$domain.adapters.$name import $Class
from entrepot.domains.$domain.ports import $registry


def test_placing_the_file_registered_it():
    assert isinstance($registry.get("$name"), $Class)


def test_it_has_every_verb_of_the_port():
    for verb in $verbs:
        assert callable(getattr($Class, verb))
'''


def new_domain(root: Path, name: str) -> list[Path]:
    """Write the rooms a domain begins with and a test; return what was written. `root` is the project's folder."""
    _usable(name)
    folder = root / "src" / "entrepot" / "domains" / name
    if folder.exists():
        raise CannotScaffold(f"There is a domain {name} already: {folder}")
    values = {"name": name, "Title": name.replace("_", " ").capitalize(), "Class": _class(name)}
    files = {folder / place: text for place, text in _DOMAIN.items()}
    files[root / "tests" / "services" / f"{name}_services.py"] = _DOMAIN_TEST
    return _write(files, values)


def stratum_is_known(root: Path, name: str) -> bool:
    """Say whether `.importlinter` places the domain in a stratum; one it does not know is refused by the check."""
    return f"({name})" in (root / ".importlinter").read_text()


def new_adapter(root: Path, port: str, name: str) -> list[Path]:
    """Write an adapter of a port (`Carrier`, `PaymentProvider`, …) with all its verbs, and a contract test."""
    _usable(name)
    domain, ports, protocol, registry = _port(root, port)
    module = root / "src" / "entrepot" / "domains" / domain / "adapters" / f"{name}.py"
    if module.exists():
        raise CannotScaffold(f"There is an adapter {name} already: {module}")
    verbs = [node for node in protocol.body if isinstance(node, ast.FunctionDef)]
    values = {
        "name": name, "port": port, "domain": domain, "registry": registry, "Class": _class(name),
        "verbs": "(" + ", ".join(f'"{verb.name}"' for verb in verbs) + ",)",
    }  # fmt: skip
    text = _adapter(ports, verbs, protocol, values)
    test = root / "tests" / "contracts" / f"{domain}_{name}.py"
    return _write({module: text, test: _ADAPTER_TEST}, values)


def _port(root: Path, port: str) -> tuple[str, ast.Module, ast.ClassDef, str]:
    known = []
    for path in sorted((root / "src" / "entrepot" / "domains").glob("*/ports.py")):
        tree = ast.parse(path.read_text())
        registries = dict(re.findall(r"^(\w+): Registry\[(\w+)\]", path.read_text(), re.MULTILINE))
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "Protocol" for base in node.bases):
                known.append(node.name)
                for registry, kind in registries.items():
                    if kind == port == node.name:
                        return path.parent.name, tree, node, registry
    raise CannotScaffold(f"There is no port {port}. The ports are: {', '.join(known)}.")


def _adapter(ports: ast.Module, verbs: list[ast.FunctionDef], protocol: ast.ClassDef, values: dict[str, str]) -> str:
    words = set(re.findall(r"\w+", " ".join(ast.unparse(verb.args) + f" {ast.unparse(verb.returns or ast.Constant(None))}"
                                            for verb in verbs)))  # fmt: skip
    imports = _imports(ports, words, values)
    marks = [
        node.target.id
        for node in protocol.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    lines = [
        f'"""<Whose {values["port"]} this is, the address of its specification, its version and what it was tried against.>"""',
        "", *imports, "", "", f"class {values['Class']}:", '    """<What it does, and what it cannot do.>"""', "",
        f'    name = "{values["name"]}"', *[f"    {mark} = True" for mark in marks if mark != "name"],
    ]  # fmt: skip
    for verb in verbs:
        head = f"    def {verb.name}({ast.unparse(verb.args)}) -> {ast.unparse(verb.returns or ast.Constant(None))}:"
        said = (ast.get_docstring(verb) or "").splitlines()[0]
        lines += ["", head, f'        """{said}"""', f'        raise Unavailable(what="{values["name"]}")']
    registration = f'{values["registry"]}.register("{values["name"]}", {values["Class"]}())'
    return "\n".join([*lines, "", "", registration, ""]).replace("$", "$$")


def _imports(ports: ast.Module, words: set[str], values: dict[str, str]) -> list[str]:
    """Return the imports of the port's module that the verbs' signatures need, and the adapter's own."""
    plain, own = [], [f"from entrepot.domains.{values['domain']}.ports import {values['registry']}"]
    for node in ports.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias for alias in node.names if (alias.asname or alias.name) in words]
        if not names:
            continue
        text = ast.unparse(
            ast.ImportFrom(node.module, names, node.level) if isinstance(node, ast.ImportFrom) else ast.Import(names)
        )
        (own if "entrepot" in text else plain).append(text)
    own.append("from entrepot.kernel.errors import Unavailable")
    plain.sort(key=lambda line: (line.startswith("from"), line))
    return ["from __future__ import annotations", "", *plain, *([""] if plain else []), *sorted(own)]


def _usable(name: str) -> None:
    if not NAME.fullmatch(name):
        raise CannotScaffold(f"“{name}” cannot be a name: use small letters and underscores, e.g. post_office.")


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _write(files: dict[Path, str], values: dict[str, str]) -> list[Path]:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(values))
    ruff = Path(sys.executable).parent / "ruff"
    if ruff.exists():
        subprocess.run([ruff, "format", "--quiet", *files], check=True)
    return sorted(files)
