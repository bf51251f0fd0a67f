"""The import contracts hold, and each refuses a planted violation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# One offence per contract, all planted into one copy of the house: a lint run costs a second.
PLANTED = {
    "entrepot/kernel/planted.py": "from entrepot.infra import db",
    "entrepot/interfaces/storefront/planted.py": "import entrepot.interfaces.console",
    "entrepot/flows/sell/planted.py": "import entrepot.flows.pay.planted",
    "entrepot/flows/pay/planted.py": "",
    "entrepot/domains/catalogue/planted_up.py": "",
    "entrepot/domains/catalogue/queries_planted.py": "",
    "entrepot/domains/organisation/types_planted.py": "",
    "entrepot/domains/organisation/utils.py": "",
    "entrepot/domains/markets/engine/planted.py": "import django\nimport entrepot.domains.orders.types",
    "entrepot/domains/payments/adapters/planted.py": "import entrepot.domains.payments.models",
    "entrepot/domains/payments/migrations/planted.py": "import entrepot.domains.payments.models",
    "entrepot/flows/price/planted.py": "import entrepot.domains.organisation.models",
    "entrepot/infra/planted.py": "import entrepot_sandbox",
}

# What the offences aim at; made where the house does not have it (yet).
TARGETS = ("entrepot/interfaces/console/__init__.py", "entrepot/domains/payments/models.py")


def lint(folder: Path) -> str:
    """Run the contracts over a copy of the house and return what they say."""
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [tool, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}", "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def copy_house(folder: Path) -> None:
    """Copy source, contracts and tools."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "static"))
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", folder)


def test_contracts_hold():
    said = lint(ROOT)
    assert " 0 broken" in said, said


def test_each_contract_refuses_a_planted_violation(tmp_path):
    copy_house(tmp_path)
    offences = {**{name: "" for name in TARGETS if not (tmp_path / "src" / name).exists()}, **PLANTED}
    for name, text in offences.items():
        place = tmp_path / "src" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        for folder in place.relative_to(tmp_path / "src").parents:
            init = tmp_path / "src" / folder / "__init__.py"
            if str(folder) != "." and not init.exists():
                init.write_text("")
        place.write_text(text + "\n")
    said = lint(tmp_path)
    assert "KEPT" not in said, said
    assert said.count("BROKEN") >= 10, said
