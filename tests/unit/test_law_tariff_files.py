"""Tariff files of three forms."""

from __future__ import annotations

import pytest

from entrepot.domains.customs.engine.tariff_files import BadLine, TariffLine, read_lines, tariff_rows
from entrepot.kernel.errors import InvalidInput


def rows(header: list[str], *lines: list[str]) -> list[dict[str, str]]:
    return [dict(zip(header, line, strict=True)) for line in lines]


def read(header: list[str], *lines: list[str], column: str = "cet_duty_rate") -> list[TariffLine | BadLine]:
    return list(read_lines(header, rows(header, *lines), column))


BESIDE = ["commodity", "cet_duty_rate", "ukgt_duty_rate"]
EXPORT = ["HTS Number", "Indent", "General Rate of Duty"]


def test_the_column_of_the_territory_is_taken() -> None:
    lines = ["61091000", "12.0%", "10.0%"]
    assert read(BESIDE, lines) == [TariffLine(1, "61091000", "", 120_000)]
    assert read(BESIDE, lines, column="ukgt_duty_rate") == [TariffLine(1, "61091000", "", 100_000)]
    with pytest.raises(InvalidInput):
        read(BESIDE, lines, column="")


def test_specific_and_compound_rates_are_left_out() -> None:
    found = read(BESIDE, ["02011000", "12.8% + 176.80 EUR / 100 kg", ""], ["01011000", "0.0%", ""], ["0a", "1%", ""])
    assert [line.rate_ppm if isinstance(line, TariffLine) else line.field for line in found] == [None, 0, "code"]


def test_a_statistical_line_inherits_the_rate_above_it() -> None:
    found = read(
        EXPORT, ["0101", "0", ""], ["0101.21.00", "2", "Free"], ["0101.21.00.10", "3", ""], ["0101.29.00", "2", "6.8%"],
        ["0101.29.00.10", "3", ""], ["0102.00.00.10", "0", ""],
    )  # fmt: skip
    assert [(line.code, line.rate_ppm) for line in found if isinstance(line, TariffLine)] == [
        ("01012100", 0), ("0101210010", 0), ("01012900", 68_000), ("0101290010", 68_000),
    ]  # fmt: skip


def test_six_digits_carry_the_one_rate_or_the_highest_and_say_so() -> None:
    lines = [
        TariffLine(1, "61091000", "", 120_000), TariffLine(2, "61099000", "", 120_000),
        TariffLine(3, "64039100", "", 50_000), TariffLine(4, "64039900", "", 80_000), TariffLine(5, "64039901", "", 70_000),
        TariffLine(6, "91021100", "", None), TariffLine(7, "02011000", "", None), TariffLine(8, "02011001", "", 10_000),
        TariffLine(9, "99030100", "", 10_000),
    ]  # fmt: skip
    six = {row.code: (row.rate_ppm, row.confidence) for row in tariff_rows(lines) if len(row.code) == 6}
    assert six["610910"] == (120_000, "dataset") and six["640391"] == (50_000, "dataset")
    assert six["640399"] == (80_000, "assumed: highest of 2 rates under these six digits")
    assert "910211" not in six and six["020110"][1].startswith("assumed: highest ad valorem")
    assert "990301" not in six and "990301" in {row.code for row in tariff_rows(lines, added=True)}


def test_our_own_form() -> None:
    found = read(["code", "rate", "origin"], ["6109.10", "25", "cn"], ["6109.10", "x", ""], ["6109.10", "1", "CHN"])
    assert found[0] == TariffLine(1, "610910", "CN", 250_000)
    assert [line.field for line in found[1:] if isinstance(line, BadLine)] == ["rate", "origin"]


def test_another_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no tariff form"):
        read(["a", "b"], ["1", "2"])
