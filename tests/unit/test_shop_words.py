"""The analyser of search, ranges of shelves, bands, and how figures are written."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.markets import queries as markets
from entrepot.domains.offers.engine import analyse, shelf, vector
from entrepot.domains.offers.engine.band import band
from entrepot.domains.parties import queries as parties
from entrepot.interfaces.storefront import forms
from entrepot.interfaces.storefront.views.shelf import arrival_days, read
from entrepot.interfaces.web import formats
from entrepot.interfaces.web.jinja import json_ld


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("en", "Headphones, closed", "headphone"),
        ("de", "Schreibtischleuchten aus Stahl", "schreibtischleuchte"),
        ("zh", "不锈钢保温瓶", "保温"),
        ("ar", "مصابيح المكتب", "مصابيح"),
        ("en", "Sony WH-1000XM4 black", "wh1000xm4"),
        ("en", "Sony WH-1000XM4 black", "1000XM4"),
        ("en", "Café crème", "cafe"),
        ("en", "ＬＥＤ lamp", "led"),
    ],
)
def test_what_is_asked_is_found_in_what_is_written(language: str, text: str, asked: str) -> None:
    written = set(analyse.tokens(text, language))
    for term in analyse.asked(asked, language):
        assert any(set(option.split("&")) <= written for option in term), (term, written)


@given(st.text(max_size=80))
def test_any_text_makes_a_query_and_a_vector(text: str) -> None:
    for term in analyse.asked(text, "de"):
        assert all(term)
    written = vector.vector(analyse.tokens(text, "de"), [], [])
    assert written.count("\x00") == 0


def test_a_shelf_is_a_range() -> None:
    paths = shelf.paths({"kitchen": "", "tea": "kitchen", "kit": ""})
    assert paths["tea"] == "kitchen/tea/"
    low, high = shelf.reach(paths["kitchen"])
    assert low <= paths["tea"] < high
    assert not low <= paths["kit"] < high


def test_bands() -> None:
    assert [band(units) for units in (0, -1, 1, 5, 6)] == [
        ("sold_out", 0), ("sold_out", 0), ("few", 1), ("few", 5), ("in_stock", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "country", "minor", "currency", "written"),
    [
        ("de", "DE", 129990, "EUR", "1.299,90\xa0€"),
        ("en", "US", 5, "USD", "$0.05"),
        ("zh", "CN", 1299000, "JPY", "JP¥1,299,000"),
    ],
)
def test_money_is_written_by_cldr(language: str, country: str, minor: int, currency: str, written: str) -> None:
    assert formats.money(minor, currency, formats.cldr(language, country)) == written


def test_arabic_keeps_latin_digits_and_its_marks() -> None:
    written = formats.money(33900, "SAR", formats.cldr("ar", "SA"))
    assert "339.00" in written
    assert "ر.س" in written


def test_days_have_a_weekday_and_no_year() -> None:
    written = formats.days(dt.date(2026, 12, 2), dt.date(2026, 12, 4), formats.cldr("de", "DE"))
    assert written.startswith("Mi")
    assert "2026" not in written


def test_structured_data_cannot_leave_its_element() -> None:
    assert "</script>" not in json_ld({"name": "</script><script>alert(1)</script>"})


class _Query(dict):
    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


@given(
    st.dictionaries(
        st.sampled_from(["arrives", "from", "price_from", "price_to", "brand", "a", "page", "sort", "q"]),
        st.text(max_size=40),
    )
)
def test_any_query_string_can_be_read(query: dict[str, str]) -> None:
    asked = read(_Query(query), "EUR", "arrives")
    assert asked.page >= 1
    assert asked.filters.price_from is None or asked.filters.price_from >= 0


def test_the_days_offered_are_fridays_and_the_eve() -> None:
    days = arrival_days(dt.date(2026, 11, 25))
    assert days == (dt.date(2026, 11, 27), dt.date(2026, 12, 4), dt.date(2026, 12, 24))


TWELVE = {
    "DE": ["name", "street_address", "postal_code", "city"],
    "FR": ["name", "street_address", "postal_code", "city"],
    "ES": ["name", "street_address", "postal_code", "city", "country_area"],
    "GB": ["name", "street_address", "city", "postal_code"],
    "US": ["name", "street_address", "city", "country_area", "postal_code"],
    "CA": ["name", "street_address", "city", "country_area", "postal_code"],
    "AU": ["name", "street_address", "city", "country_area", "postal_code"],
    "JP": ["name", "postal_code", "country_area", "street_address"],
    "SG": ["name", "street_address", "postal_code"],
    "SA": ["name", "street_address", "city_area", "city", "postal_code", "short_code"],
    "BR": ["name", "tax_id", "street_address", "city_area", "city", "country_area", "postal_code"],
    "ID": ["name", "street_address", "city", "country_area", "postal_code"],
}  # fmt: skip


@pytest.mark.parametrize("country", TWELVE)
def test_address_forms_follow_their_country(country: str) -> None:
    fields = forms.layout(country, "en")
    assert [field.name for field in fields] == TWELVE[country]
    by_name = {field.name: field for field in fields}
    examples = parties.address_rules(country=country)
    assert by_name["postal_code"].placeholder == examples.postal_code
    assert examples.postal_code and examples.phone, "an example each"
    for name in set(by_name) & {"country_area"}:
        codes = [code for code, _label in by_name[name].options]
        assert len(codes) == len(set(codes)) > 5, "each state once"


def test_labels_are_the_country_s_own() -> None:
    def labels(country: str, language: str = "en") -> dict[str, forms.Field]:
        return {field.name: field for field in forms.layout(country, language)}

    assert labels("US")["street_address"].label == "Street address"
    assert labels("US")["postal_code"].label == "ZIP code"
    assert labels("DE")["street_address"].label == "Street and house number"
    assert labels("GB")["postal_code"].label == "Postcode"
    assert labels("JP")["country_area"].label == "Prefecture"
    assert ("北海道", "Hokkaido") in labels("JP")["country_area"].options
    assert ("北海道", "北海道") in labels("JP", "ja")["country_area"].options
    assert ("QC", "Québec") in labels("CA", "fr")["country_area"].options
    assert not labels("SA")["postal_code"].required and not labels("SA")["short_code"].required


def test_what_a_country_asks_besides_the_postal_form_is_told_with_an_example() -> None:
    brazil = {
        "email": "a@example.com", "name": "Ana Souza", "street_address": "Rua Augusta 500", "city": "São Paulo",
        "country_area": "SP", "postal_code": "01304-000",
    }  # fmt: skip
    assert "390.533.447-05" in dict(forms.read(brazil, "BR").faults)["tax_id"]
    assert dict(forms.read({**brazil, "tax_id": "390.533.447-06"}, "BR").faults)["tax_id"].startswith(
        "The check digits"
    )
    typed = forms.read({**brazil, "tax_id": "39053344705"}, "BR")
    assert not typed.faults and typed.address.tax_id == "39053344705"
    riyadh = {"email": "n@example.sa", "name": "N", "street_address": "7432 King Fahd Road", "city": "Riyadh"}
    assert not forms.read({**riyadh, "short_code": "rrrd 2929"}, "SA").faults
    assert "RRRD2929" in dict(forms.read({**riyadh, "short_code": "2929"}, "SA").faults)["short_code"]
    assert "24105" in dict(forms.read({**riyadh, "postal_code": "ABC"}, "DE").faults)["postal_code"]


def test_everything_missing_is_told_at_once_and_what_was_typed_stays() -> None:
    typed = forms.read({"email": "x", "street_address": "Lornsenstraße"}, "DE")
    assert [name for name, _ in typed.faults] == ["email", "name", "street_address", "postal_code", "city"]
    assert typed.values["street_address"] == "Lornsenstraße"


def test_the_button_says_that_it_obliges_to_pay_wherever_the_law_of_the_union_wants_it() -> None:
    assert all(markets.order_words_needed(country=country) for country in ("DE", "FR", "PL"))
    assert not markets.order_words_needed(country="US") and not markets.order_words_needed(country="SA")


def test_where_a_house_number_is_needed_is_data() -> None:
    street = {
        "street_address": "Lornsenstraße",
        "postal_code": "24105",
        "city": "Kiel",
        "name": "J. P.",
        "email": "j@e.de",
    }
    assert "street_address" in dict(forms.read(street, "DE").faults)
    assert "street_address" not in dict(forms.read({**street, "street_address": "Lornsenstraße 12"}, "DE").faults)
    assert "street_address" not in dict(forms.read(street, "FR").faults)
    numeric = {field.name: field.inputmode for field in forms.layout("DE")}
    assert numeric["postal_code"] == "numeric"
    assert all(field.inputmode == "" for field in forms.layout("GB"))
