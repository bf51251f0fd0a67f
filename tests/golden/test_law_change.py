"""An invented rate change is two data files and no code: the how-to page, followed to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.domains.customs import queries as customs
from entrepot.domains.tax import queries as tax
from entrepot.interfaces.cli.commands import law
from entrepot.kernel.errors import EntrepotError, InvalidInput
from tests.flows.test_howtos import ROOT, STEP

PAGE = (ROOT / "docs" / "howto" / "change-a-rate.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def _our_own_law_again() -> object:
    yield
    for domain in (tax, customs):
        del domain._read_from[1:]
        domain.law.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the page says to write."""
    for step in STEP.finditer(PAGE):
        if step["verb"] == "Write":
            path = tmp_path / step["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["body"] + "\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def type_(command: str) -> int:
    """Run an `entrepot law …` line in this process."""
    parser = law.argparse.ArgumentParser()
    law.arguments(parser)
    return law.run(parser.parse_args(command.split()[2:]))


def commands() -> list[str]:
    """The commands of the page that try a change."""
    blocks = [step["body"] for step in STEP.finditer(PAGE) if not step["kind"]]
    return [
        line
        for block in blocks
        for line in block.splitlines()
        if line.startswith("entrepot law") and "--tables" in line
    ]


def test_two_files_change_the_law(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*.yaml")) == [
        "changed/examples.yaml",
        "changed/tax/DK.yaml",
    ]
    assert len(commands()) == 2
    for command in commands():
        assert type_(command) == 0, command
    said = capsys.readouterr().out
    assert "DK" in said and "1 passed, 0 failed, 0 skipped" in said


def test_without_the_table_the_same_examples_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert type_("entrepot law examples changed/examples.yaml") == 1
    assert "expected ['25.00', '24.50'], computed ['25.00', '25.00']" in capsys.readouterr().out


@pytest.mark.parametrize(("old", "new"), [("until: 2027-07-01", "until: 2027-06-01"), ("until: 2027-07-01", "until:")])
def test_a_gap_or_an_overlap_is_refused_by_file_and_row(folder: Path, old: str, new: str) -> None:
    table = folder / "changed" / "tax" / "DK.yaml"
    table.write_text(table.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(EntrepotError) as refused:
        type_("entrepot law check --tables changed")
    assert "DK.yaml" in refused.value.message() and "rows 1, 2" in refused.value.message()


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        type_(f"entrepot law check --tables {tmp_path}")
    assert "no table" in refused.value.message()
