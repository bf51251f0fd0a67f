"""The how-to pages, followed to the letter in a copy of the program: files written, rows added, commands typed, then a sale.

Each page says what to do in a fixed form that a person reads and this file obeys: “Write `path`:”, “Append to `path`:”,
“Add to the list in `path`:” before a block, and a block of `entrepot …` lines, which are typed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench._frame import database

ROOT = Path(__file__).resolve().parents[2]
STEP = re.compile(
    r"(?:(?P<verb>Write|Append to|Add to the list in) `(?P<path>[^`\n]+)`:\s*\n\n)?(?P<indent> *)```(?P<kind>\w*)\n(?P<body>.*?)\n *```",
    re.DOTALL,
)
SOLD = """
import json
from django.test import Client
from entrepot.domains.checkout.types import CartLine
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.kernel.actor import SYSTEM
from tests.builders import AT
quote = quote_cart(actor=SYSTEM, market={market!r}, at=AT, lines=[CartLine("LAMP-OAK", 1)], country={country!r},
                   region={region!r}, postcode={postcode!r}, grade="standard", freeze=False)
part = quote.consignments[0]
print(json.dumps({{"currency": quote.currency, "total": quote.total_minor, "tax": quote.tax_minor, "duty": quote.duty_minor,
                   "goods": quote.goods_minor, "fee": quote.fee_minor, "freight": quote.freight_minor, "from": part.warehouse, "by": part.carrier,
                   "scheme": part.scheme, "page": Client().get({page!r}).status_code}}))
"""


class Copy:
    """A copy of the program and a shop over a database of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("web", "tests", "bench", "pyproject.toml"):
            (folder / name).symlink_to(ROOT / name)
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATABASE_APP_URL": "",
            "DJANGO_SETTINGS_MODULE": "entrepot.config.settings",
            "PYTHONPATH": os.pathsep.join([str(folder / "src"), str(ROOT)]),
            "ENTREPOT_VAR": str(folder / "var"),
        }

    def follow(self, page: str) -> list[str]:
        """Do what a page of docs/howto says; return what its commands printed. Fails when it says nothing to do."""
        said, done = [], 0
        for step in STEP.finditer((ROOT / "docs" / "howto" / page).read_text()):
            body = re.sub(rf"^{step['indent']}", "", step["body"], flags=re.MULTILINE) + "\n"
            if step["verb"]:
                self.write(step["verb"], self.folder / step["path"], body)
            elif not step["kind"] and body.startswith("entrepot "):
                said += [self.type(*line.split()[1:]) for line in body.strip().splitlines()]
            else:
                continue
            done += 1
        assert done >= 2, f"{page} has nothing that can be followed"
        return said

    def write(self, verb: str, path: Path, body: str) -> None:
        """Write, append, or add a row to a JSON list, as a person with an editor would."""
        if verb == "Write":
            assert not path.exists(), f"{path} exists already"
            path.write_text(body)
        elif verb == "Append to":
            if path.is_symlink() or not path.resolve().is_relative_to(self.folder):
                pytest.fail(f"{path} is not in the copy")
            path.write_text(path.read_text() + body)
        else:
            path.write_text(json.dumps([*json.loads(path.read_text()), json.loads(body)], indent=1))

    def type(self, *words: str) -> str:
        """Type an `entrepot` command; it must succeed."""
        return self.run("from entrepot.interfaces.cli import main; import sys; sys.exit(main())", *words, owner=True)

    def python(self, code: str) -> str:
        """Run Python in the copy as the shop itself would."""
        return self.run(f"import django; django.setup()\nfrom entrepot.infra import wiring; wiring.load()\n{code}")

    def run(self, code: str, *words: str, owner: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            env={**self.environment, "ENTREPOT_DB_ROLE": "owner" if owner else "app"},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout[-1500:]}{done.stderr[-3000:]}"
        return done.stdout

    def sold(self, market: str, page: str, *, country: str, region: str = "", postcode: str = "") -> dict:
        """Return what a lamp costs somebody there, and how the shop's page answered."""
        code = SOLD.format(market=market, page=page, country=country, region=region, postcode=postcode)
        return json.loads(self.python(code).splitlines()[-1])


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    folder = tmp_path_factory.mktemp("copy")
    with database("howtos", fresh=True) as url:
        made = Copy(folder, url)
        made.type("migrate", "--quiet")
        made.python("from tests.builders import seed_shop; seed_shop()")
        yield made


def test_add_a_market(copy: Copy) -> None:
    copy.follow("add-a-market.md")
    seen = copy.sold("NZ", "/en-nz/", country="NZ", postcode="6011")
    assert (seen["currency"], seen["page"], seen["from"]) == ("NZD", 200, "SZX")
    assert seen["tax"] == pytest.approx((seen["goods"] + seen["freight"] + seen["fee"]) * 0.15, abs=2)
    assert seen["duty"] == 0


def test_add_a_warehouse(copy: Copy) -> None:
    before = copy.sold("AU", "/en-au/", country="AU", region="NSW", postcode="2000")
    copy.follow("add-a-warehouse.md")
    seen = copy.sold("AU", "/en-au/", country="AU", region="NSW", postcode="2000")
    assert (before["from"], seen["from"]) == ("SZX", "SYD")
    assert seen["duty"] == 0
    assert seen["total"] < before["total"]
    assert 11 * seen["tax"] == pytest.approx(seen["total"], abs=11)


def test_add_a_carrier(copy: Copy) -> None:
    copy.follow("add-a-carrier.md")
    assert copy.sold("GB", "/en-gb/", country="GB", postcode="SW1A 1AA")["by"] == "northwind"
    title = copy.python("from entrepot.domains.logistics.ports import CARRIERS; print(CARRIERS.get('northwind').title)")
    assert title.strip() == "Northwind"


def test_add_a_payment_method(copy: Copy) -> None:
    copy.follow("add-a-payment-method.md")
    offered = copy.python(
        "import datetime as dt\nfrom entrepot.domains.payments import queries\n"
        "print([m.code for m in queries.methods(market='SG', currency='SGD', amount_minor=5000, on=dt.date(2026, 11, 25))])"
    )
    assert "wallet" in offered


def test_add_a_tax_regime(copy: Copy) -> None:
    tests = copy.folder / "tests"
    tests.unlink()
    shutil.copytree(ROOT / "tests", tests, ignore=shutil.ignore_patterns("__pycache__", "recordings"))
    copy.environment["PYTHONPATH"] = os.pathsep.join([str(copy.folder / "src"), str(copy.folder), str(ROOT)])
    said = copy.follow("add-a-tax-regime.md")
    assert "IS" in "".join(said)
    done = copy.run(
        "import pytest, sys; sys.exit(pytest.main(sys.argv[1:]))",
        "-q", "-p", "no:cacheprovider", "-k", "IS", "tests/golden/test_law_golden.py",
    )  # fmt: skip
    assert "passed" in done
