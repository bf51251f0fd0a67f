"""Tax numbers of business buyers: form, check digits, whose they are; anything may be typed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.buyer_numbers import kinds_of
from entrepot.domains.tax.errors import BadLaw, BadTaxNumber, NoTaxNumberHere, TaxNumberOfAnotherCountry
from entrepot.kernel.errors import EntrepotError

ON = dt.date(2026, 11, 25)
COUNTRIES = [row.fields["country"] for row in tax._number_rows()]


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_example_of_each_country_is_accepted_with_and_without_its_prefix(country: str) -> None:
    kind = tax.number_kind(country=country, on=ON)
    read = tax.read_number(typed=kind.example, country=country, on=ON)
    assert read.country == country and read.number.startswith(kind.prefix)
    if kind.prefix:
        assert tax.read_number(typed=kind.example.removeprefix(kind.prefix), country=country, on=ON) == read
        assert tax.read_number(typed=f" {kind.example.lower()} ", country=country, on=ON) == read


def test_a_wrong_check_digit_is_told_with_an_example() -> None:
    with pytest.raises(BadTaxNumber) as fault:
        tax.read_number(typed="DE136695977", country="DE", on=ON)
    assert "DE136695976" in str(fault.value) and fault.value.params["field"] == "tax_number"


def test_a_number_of_another_country_is_told_as_such() -> None:
    with pytest.raises(TaxNumberOfAnotherCountry, match="FR"):
        tax.read_number(typed="FR40303265045", country="DE", on=ON)


def test_where_no_row_says_nobody_is_a_company_by_number() -> None:
    with pytest.raises(NoTaxNumberHere):
        tax.read_number(typed="12-3456789", country="US", on=ON)


def test_greece_is_el_in_the_register() -> None:
    assert tax.read_number(typed="GR 094259216", country="GR", on=ON).number == "EL094259216"


@given(typed=st.text(max_size=60), country=st.sampled_from([*COUNTRIES, "US"]))
def test_anything_typed_is_a_number_or_a_sentence(typed: str, country: str) -> None:
    try:
        read = tax.read_number(typed=typed, country=country, on=ON)
    except EntrepotError as fault:
        assert fault.status == 422 and "%(" not in str(fault)
    else:
        assert tax.read_number(typed=read.number, country=country, on=ON) == read


@pytest.mark.parametrize(
    "broken",
    [
        {"label": "nonsense"},
        {"check": ["zz.nothing"]},
        {"evidence": "register", "register": ""},
        {"evidence": "statement", "register": "vies"},
        {"holds_days": 0},
        {"source": ""},
    ],
)
def test_a_malformed_row_is_refused_by_name(broken: dict) -> None:
    good = {
        "country": "DE", "kind": "vat", "label": "vat", "prefix": "DE", "check": ["de.vat"], "example": "DE136695976",
        "register": "vies", "evidence": "register", "holds_days": 1, "source": "s", "confidence": "official",
    }  # fmt: skip
    kinds_of({"numbers": [good]}, "file.yaml")
    with pytest.raises(BadLaw, match=r"file\.yaml, row numbers 1"):
        kinds_of({"numbers": [{**good, **broken}]}, "file.yaml")
