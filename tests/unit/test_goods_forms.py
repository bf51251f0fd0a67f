"""Readers and rules of catalogue files: pure, no database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.catalogue.engine import clean, defaults, forms
from entrepot.domains.catalogue.engine.check import Checked, Checker
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct, RawText, RawVariant
from entrepot.kernel.errors import DataFault, InvalidInput

SHELVES = defaults.read_defaults(
    {
        "fallback": "rest",
        "shelves": [
            {"slug": "rest", "names": {"en": "Rest"}, "customs": {
                "hs_code": "392690", "origin": "CN", "mass_g": 500, "length_mm": 200, "width_mm": 150,
                "height_mm": 80, "customs_description": "Article of plastics"}},
            {"slug": "lamps", "parent": "rest", "names": {"en": "Lamps"}, "match": ["lamp", "desk lamp"],
             "customs": {"hs_code": "940521"}},
            {"slug": "laptops", "parent": "rest", "names": {"en": "Laptops"}, "match": ["notebook"]},
            {"slug": "power", "parent": "rest", "names": {"en": "Power"}, "match": ["ac adapter"]},
        ],
    },
    name="test",
)  # fmt: skip
COUNTRIES = {"CN": "CN", "DE": "DE", "germany": "DE"}
SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Qty,Variant Price,Image Src,Variant Weight Unit"
)


def checker(**how) -> Checker:
    return Checker(SHELVES, countries=COUNTRIES, **how)


def read(form: str, text: str) -> list:
    return list(forms.FORMS[form](text.splitlines(keepends=True)))


def checked(form: str, text: str, **how) -> tuple[list[Checked], list[Problem]]:
    judge, good, bad = checker(**how), [], []
    for raw in read(form, text):
        result = (raw,) if isinstance(raw, Problem) else judge.check(raw)
        if isinstance(result, Checked):
            good.append(result)
            bad += result.problems
        else:
            bad += result
    return good, bad


def ours(**cells: str) -> str:
    row = {"handle": "x", "sku": "X-1", "title": "A lamp", "price": "12.50", **cells}
    quoted = ('"' + value.replace('"', '""') + '"' for value in row.values())
    return ",".join(row) + "\n" + ",".join(quoted) + "\n"


# ---- forms


def test_shopify_rows_of_a_handle_are_one_product():
    text = "\n".join([
        SHOPIFY,
        "pot,Clay Pot,<p>For <b>plants</b></p><script>alert(1)</script>,Co,Outdoor,Pot,true,Size,Regular,,0,1,9.99,https://a/1.jpg,kg",
        "pot,,,,,,,,Large,,1200,3,15.99,,kg",
        "pot,,,,,,,,,,,,,https://a/2.jpg,",
        "lamp,Lamp,,Co,,,false,Title,Default Title,SKU-9,0,-2,20,,kg",
    ])  # fmt: skip
    (pot, lamp), bad = checked("shopify", text)
    assert bad == []
    assert [v.sku for v in pot.draft.variants] == ["POT-REGULAR", "POT-LARGE"]
    assert pot.draft.texts["en"].description == "For plants"
    assert pot.draft.texts["en"].option_name == "Size"
    assert pot.prices["POT-LARGE"] == (Decimal("15.99"), "USD")
    assert pot.stock == {"POT-REGULAR": 1, "POT-LARGE": 3}
    assert "mass_g" in pot.draft.variants[0].assumed, "a weight of 0 is no weight"
    assert pot.draft.variants[1].mass_g == 1200
    assert "mass_g" not in pot.draft.variants[1].assumed
    assert lamp.draft.variants[0].options == {}
    assert (lamp.stock["SKU-9"], lamp.published) == (0, False)


def test_generated_skus_stay_the_same_and_differ():
    assert clean.generated_sku("pot", "Large") == clean.generated_sku("pot", "Large") == "POT-LARGE"
    assert clean.generated_sku("pot", "红") != clean.generated_sku("pot", "蓝")
    assert len(clean.generated_sku("a" * 80, "b" * 90)) <= 60


def test_icecat_prices_are_cents_and_odd_measures_are_left_out():
    line = (
        '{"id":"7","title":"HP AC adapter for notebook","supplier":"HP","price":4995,"ean":["123","4006381333931"],'
        '"attr_n_package_weight":0.4,"attr_n_weight":300.0,"attr_n_package_width":5000,'
        '"attr_t_country_of_origin":"Germany","attr_t_colour":"Black","attr_b_wifi":false}\n'
    )
    (product,), bad = checked("icecat", line + "\n{broken\n")
    variant = product.draft.variants[0]
    assert product.draft.category == "power", "what it is for does not count"
    assert product.prices == {"ICE-7": (Decimal("49.95"), "USD")}
    assert (variant.barcode, variant.mass_g, variant.origin) == ("4006381333931", 300, "DE")
    assert "width_mm" in variant.assumed
    assert product.draft.texts["en"].attributes == {"colour": "Black"}
    assert [p.row for p in bad] == [3]


def test_our_csv_holds_languages_options_and_attributes():
    text = (
        "handle;sku;title;title_de;option;option_de;price;attributes;hs_code;stock\n"
        "l;L-1;Lamp;Leuchte;red;rot;10;Material=steel; 9405.21;4\n"
        "l;L-2;;;blue;blau;11;;940521;\n"
    )
    (lamp,), bad = checked("ours", text, stock=7)
    assert bad == []
    assert lamp.draft.texts["de"].title == "Leuchte"
    assert lamp.draft.texts["en"].attributes == {"Material": "steel"}
    assert lamp.draft.variants[1].options == {"en": "blue", "de": "blau"}
    assert lamp.draft.variants[0].hs_code == "940521"
    assert lamp.stock == {"L-1": 4, "L-2": 7}


def test_the_form_is_told_by_the_first_line():
    assert forms.guess(SHOPIFY) == "shopify"
    assert forms.guess("﻿sku;title;price") == "ours"
    assert forms.guess('{"id":"1","img_high":"","supplier":"x"}') == "icecat"
    assert forms.guess('{"handle":"x"}') == "ours"
    assert forms.guess("a,b,c") == ""


def test_a_header_without_needed_columns_is_refused():
    with pytest.raises(InvalidInput, match="price"):
        read("ours", "sku,title\n1,2\n")


# ---- rules

DIRTY = {
    "title": ("", "needs a title"),
    "title ": ("<script>alert(1)</script>", "HTML"),
    "title  ": ("x" * 301, "At most 300"),
    "title   ": ("bad \udce9 byte", "UTF-8"),
    "title    ": ("a\x00b", "control characters"),
    "description": ("y" * 1_000_000, "At most 20000"),
    "price": ("-5", "above zero"),
    "price ": ("12,50", "full stop"),
    "price  ": ("NaN", "above zero"),
    "price   ": ("", "net price"),
    "price    ": ("1.1234567", "6 decimals"),
    "hs_code": ("12", "6, 8 or 10 digits"),
    "origin": ("XX", "two letters"),
    "mass_g": ("-1", "whole number"),
    "stock": ("many", "whole number"),
    "barcode": ("4006381333932", "check digit"),
    "currency": ("EURO", "three letters"),
    "category": ("nowhere", "no such category"),
    "sku": ("<b>", "printable"),
    "tile": ("pink", "tiles are"),
}


@pytest.mark.parametrize("field", DIRTY)
def test_a_dirty_field_refuses_its_row_and_names_the_rule(field):
    value, rule = DIRTY[field]
    good, bad = checked("ours", ours(**{field.strip(): value}))
    assert good == []
    assert bad[0].row == 2
    assert bad[0].field == field.strip()
    assert rule in bad[0].rule
    assert len(bad[0].value) < 120, "a huge value is cut in the error file"


def test_a_bad_variant_is_refused_alone_and_a_bad_product_whole():
    text = "handle,sku,title,price\na,A-1,Lamp,5\na,A-2,,-1\na,A-3,,7\nb,B-1,,5\nb,B-2,,6\n"
    good, bad = checked("ours", text)
    assert [v.sku for v in good[0].draft.variants] == ["A-1", "A-3"]
    assert [(p.row, p.field) for p in bad] == [(3, "price"), (5, "title"), (6, "title")]


def test_a_sku_or_handle_stands_once_in_a_file():
    text = "handle,sku,title,price\na,A-1,Lamp,5\nb,A-1,Lamp,5\nb,B-2,,6\na,A-9,Lamp,5\n"
    good, bad = checked("ours", text)
    assert [v.sku for product in good for v in product.draft.variants] == ["A-1", "B-2"]
    assert [(p.row, p.field) for p in bad] == [(3, "sku"), (5, "handle")]
    assert "Row 2" in bad[0].rule


def test_a_currency_without_a_price_list_is_refused():
    _, bad = checked("ours", ours(currency="CHF"), currencies=["USD", "EUR"])
    assert "EUR, USD" in bad[0].rule


def test_a_row_with_too_many_cells_or_no_product_is_told():
    good, bad = checked("ours", "sku,title,price\n1,Lamp,2,3\n2,Lamp,3\n")
    assert len(good) == 1
    assert bad[0].row == 2
    empty = RawProduct(row=9, handle="x", text=RawText("Lamp"), variants=[])
    assert checker().check(empty)[0].row == 9


def test_everything_from_the_defaults_is_assumed_and_nothing_else():
    (lamp,), _ = checked("ours", ours(hs_code="94052100", origin="de"))
    variant = lamp.draft.variants[0]
    assert (lamp.draft.category, variant.hs_code, variant.origin, variant.mass_g) == ("lamps", "94052100", "DE", 500)
    assert set(variant.assumed) == {"mass_g", "length_mm", "width_mm", "height_mm", "customs_description"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"shelves": [{"slug": "a"}]},
        {"shelves": [{"slug": "a", "names": {}, "parent": "b"}]},
        {"shelves": [{"slug": "a", "names": {}, "customs": {"colour": "red"}}]},
        {"fallback": "z", "shelves": [{"slug": "a", "names": {}}]},
        {"shelves": [{"slug": "a", "names": {}}, {"slug": "a", "names": {}}]},
    ],
)
def test_a_wrong_defaults_file_says_what_is_wrong(document):
    with pytest.raises(DataFault, match=r"f\.yaml"):
        defaults.read_defaults(document, name="f.yaml")


@given(st.text(max_size=400))
def test_any_title_is_either_refused_or_stored_as_it_is_shown(title):
    result = checker().check(RawProduct(1, "h", RawText(title), [RawVariant(1, sku="S", price="1")]))
    if isinstance(result, Checked):
        kept = result.draft.texts["en"].title
        assert kept == " ".join(title.split())
        assert not clean.has_markup(kept)
        assert "\x00" not in kept
        kept.encode()
    else:
        assert result[0].field == "title"


@given(st.text(max_size=300))
def test_no_tag_survives_in_a_description(text):
    assert not clean.has_markup(clean.plain(text))


@given(st.text(), st.text())
def test_slugs_and_skus_are_plain(handle, option):
    assert set(clean.slug(handle)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert clean.generated_sku(clean.slug(handle) or "x", option).isascii()
