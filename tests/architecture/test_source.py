"""Sizes, docstrings, clocks and named countries, over the whole source; each walk meets a planted violation."""

import json
from pathlib import Path

import pytest

from tools import house

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "entrepot"
RATCHET = json.loads((ROOT / "tools" / "sizes.json").read_text())


def test_sizes_only_ratchet_down():
    assert house.oversize(SOURCE, RATCHET) == []


def test_modules_and_public_functions_are_documented():
    assert house.undocumented(SOURCE) == []


def test_no_clock_outside_the_doors():
    assert house.clock_readers(SOURCE) == []


def test_no_country_in_code():
    assert house.named_countries(SOURCE) == []


def test_no_remote_call_inside_a_transaction():
    assert house.sideways_flows(SOURCE) == []


PLANTED = {
    "oversize": ("flows/sell/long.py", '"""Doc."""\n' + "x = 1\n" * 300),
    "undocumented": ("domains/tax/engine.py", '"""Doc."""\n\ndef bare():\n    return 1\n'),
    "clock_readers": ("flows/sell/late.py", '"""Doc."""\nimport datetime as dt\nNOW = dt.datetime.now()\n'),
    "named_countries": ("domains/tax/engine.py", '"""Doc."""\nRATE = {"DE": 19}\n'),
    "sideways_flows": (
        "flows/pay/held.py",
        '"""Doc."""\ndef pay(db, PROVIDERS):\n    """Pay."""\n    with db.transaction():\n        PROVIDERS.get("x").start()\n',
    ),
}


def test_a_country_planted_in_an_interface_is_refused(tmp_path):
    place = tmp_path / "interfaces" / "storefront" / "views"
    place.mkdir(parents=True)
    (place / "pay.py").write_text('"""Doc."""\nNEEDED = frozenset({"DE"})\n')
    assert house.named_countries(tmp_path) == ["interfaces/storefront/views/pay.py:2: names “DE”; put it into data"]


@pytest.mark.parametrize("walk", sorted(PLANTED))
def test_a_planted_violation_is_refused(walk, tmp_path):
    name, text = PLANTED[walk]
    place = tmp_path / name
    place.parent.mkdir(parents=True)
    place.write_text(text)
    assert getattr(house, walk)(tmp_path), f"{walk} let a planted violation pass"


def test_the_ratchet_refuses_what_is_no_longer_needed(tmp_path):
    (tmp_path / "small.py").write_text('"""Doc."""\n')
    assert house.oversize(tmp_path, {"gone.py": 900})
