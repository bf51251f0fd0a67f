"""Nobody's words become a formula in a sheet."""

import pytest

from entrepot.kernel.sheet import calm


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "\t=1", "\r=1"])
def test_what_a_sheet_would_work_out_is_kept_as_text(cell):
    assert calm(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12.50", "+49 431 5550199", "Teapot", "", 7, "2026-11-25"])
def test_figures_numbers_and_words_stay(cell):
    assert calm(cell) == str(cell)
