"""Every reason that the law's engines and tables give a tax has a row of what it means on an invoice."""

from __future__ import annotations

import re
from pathlib import Path

import entrepot
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine.invoice_reasons import REASONS

SOURCE = Path(entrepot.__file__).parent
CODES = ("domains/tax/engine", "domains/customs/engine", "flows/price")
TABLES = ("domains/tax/refdata", "domains/customs/refdata")
# Said of duty, fees and freight alone, never of a tax: an invoice states these without a reason.
NOT_OF_A_TAX = {
    "after_deduction", "counted_with_same_item", "covered_by_tariff_rate", "duty_free_by_tariff", "free_circulation",
    "free_delivery",
}  # fmt: skip
SAID = re.compile(r"reason|Charge\(|\bzero\b|unlike|TOGETHER|INSIDE|ROUNDED|TOO_LITTLE")
WORD = re.compile(r'"([a-z]+(?:_[a-z]+)+)"')
ROW = re.compile(r"\breason: \"?([a-z]+(?:_[a-z]+)+)\"?\s*[,}\n]")


def in_code() -> set[str]:
    """Words in quotation marks on every line of the engines that speaks of a reason."""
    lines = [
        line for place in CODES for path in (SOURCE / place).rglob("*.py") for line in path.read_text().splitlines()
    ]
    return {word for line in lines if SAID.search(line) for word in WORD.findall(line)}


def in_tables() -> set[str]:
    paths = [path for place in TABLES for path in (SOURCE / place).rglob("*") if path.suffix in (".yaml", ".json")]
    return {word for path in paths for word in ROW.findall(path.read_text())}


def test_every_reason_of_a_tax_means_something_on_an_invoice():
    found = in_code() | in_tables()
    assert {"rounded_on_total", "rounds_to_zero", "zero_rated", "below_threshold", "rounded_to_price"} <= found
    assert found - set(finance.tax_categories()) - NOT_OF_A_TAX == set()
    assert found >= NOT_OF_A_TAX and not NOT_OF_A_TAX & set(finance.tax_categories())


def test_every_category_that_wants_a_reason_has_a_sentence():
    for row in finance.tax_categories().values():
        assert row.category in ("S", "Z") or REASONS[row.reason], row
