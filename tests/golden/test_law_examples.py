"""`entrepot law examples`: our own file of examples, each with the outcome it must have."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.interfaces.cli.law_examples import run_file
from entrepot.interfaces.cli.law_examples.page import page
from entrepot.kernel.errors import InvalidInput, NotFound
from tests.law_builders import DAY

FILE = Path(__file__).parent / "law_examples.yaml"


def test_outcomes() -> None:
    found = {outcome.id: outcome for outcome in run_file(FILE, DAY)}
    passed = [name for name, outcome in found.items() if outcome.result == "passed"]
    wanted = ["OWN-1", "OWN-2", "OWN-3", "OWN-4", "OWN-5", "OWN-9", *(f"OWN-{n}" for n in range(11, 47))]
    assert passed == wanted, [o for o in found.values() if o.words]
    assert found["OWN-6"].result == "skipped" and "moon" in found["OWN-6"].words
    assert found["OWN-7"].words == "jurisdiction QQ is not covered yet"
    assert "“five” is no amount" in found["OWN-8"].words
    assert found["OWN-10"].result == "failed" and "expected ['18.00'], computed ['19.00']" in found["OWN-10"].words


def test_a_page_tells_source_expected_and_computed() -> None:
    text = page(list(run_file(FILE, DAY)), name=FILE.name, today=DAY)
    assert "42 passed, 1 failed, 3 skipped" in text
    rows = [line for line in text.splitlines() if line.startswith("| OWN-")]
    assert len(rows) == 46 and {line.count("|") for line in rows} == {8}
    assert "| OWN-4 | SA | low_value_threshold | duty 50.00; vat 157.50 | duty 50.00; vat 157.50 | passed |" in text


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(run_file(tmp_path / "none.yaml", DAY))
    (tmp_path / "other.yaml").write_text("a: 1", "utf-8")
    with pytest.raises(InvalidInput):
        list(run_file(tmp_path / "other.yaml", DAY))
