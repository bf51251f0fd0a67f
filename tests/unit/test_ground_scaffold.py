"""What the scaffolds write is in the house's form from the first moment."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import house, scaffold

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path):
    for place in (".importlinter", "pyproject.toml"):
        shutil.copy(ROOT / place, tmp_path / place)
    for ports in (ROOT / "src" / "entrepot" / "domains").glob("*/ports.py"):
        target = tmp_path / ports.relative_to(ROOT)
        target.parent.mkdir(parents=True)
        shutil.copy(ports, target)
    return tmp_path


def _is_tidy(root, paths):
    for words in (["check", "-q"], ["format", "--check", "-q"]):
        done = subprocess.run(
            [Path(sys.executable).parent / "ruff", *words, *paths], cwd=root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_domain_is_tidy_and_follows_the_house_rules(project):
    written = scaffold.new_domain(project, "gift_wrapping")
    _is_tidy(project, written)
    source = project / "src" / "entrepot"
    for rule in (house.oversize, house.undocumented, house.clock_readers, house.named_countries):
        assert rule(source) == []
    assert not scaffold.stratum_is_known(project, "gift_wrapping")
    assert scaffold.stratum_is_known(project, "returns")


@pytest.mark.parametrize(("port", "domain"), [("Carrier", "logistics"), ("PaymentProvider", "payments")])
def test_an_adapter_has_every_verb_of_its_port(project, port, domain):
    module, test = sorted(scaffold.new_adapter(project, port, "post_office"))
    _is_tidy(project, [module, test])
    tree = ast.parse(module.read_text())
    verbs = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    ports = ast.parse((project / "src" / "entrepot" / "domains" / domain / "ports.py").read_text())
    protocol = next(n for n in ports.body if isinstance(n, ast.ClassDef) and n.name == port)
    assert verbs == {n.name for n in protocol.body if isinstance(n, ast.FunctionDef)} != set()


def test_a_bad_or_taken_name_is_refused_in_words(project):
    with pytest.raises(scaffold.CannotScaffold, match="cannot be a name"):
        scaffold.new_domain(project, "Gift-Wrapping")
    scaffold.new_domain(project, "gift_wrapping")
    with pytest.raises(scaffold.CannotScaffold, match="already"):
        scaffold.new_domain(project, "gift_wrapping")
    with pytest.raises(scaffold.CannotScaffold, match=r"The ports are: .*Carrier"):
        scaffold.new_adapter(project, "Teapot", "post_office")
