"""What the commercial invoice says, and that it is set whatever the script of a name."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from entrepot.domains.declarations import queries
from entrepot.domains.declarations.engine import dataset, forms, paper
from entrepot.domains.declarations.types import DatasetGoods, DatasetLine, Parties, Party
from entrepot.infra import pdf
from entrepot_sandbox import label

DAY = dt.date(2026, 11, 25)
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
GOODS = DatasetGoods(
    order_number="E-100001",
    shipment_id="s",
    dispatch_country="CN",
    destination_country="SA",
    currency="SAR",
    incoterm="DDP",
    place="Riyadh",
    scheme="standard_import",
    scheme_name="",
    scheme_number="",
    importer_of_record="seller",
    crosses_border=True,
    lines=(
        DatasetLine("C1-L1", "CUP", "Cup of stoneware", "6911100010", "CN", 3, 10_000, 750),
        DatasetLine("C1-L2", "SCARF", "Scarf of silk", "621410", "CN", 1, 4_000, 80),
    ),
    goods_minor=14_000,
    freight_minor=2_500,
    total_minor=16_500,
    gross_mass_g=1_000,
)
PARTIES = Parties(
    seller=Party(
        "Lingang Trading", "深圳临港贸易有限公司", ("18 Nanhai Avenue",), "CN", tax_ids={"eori": "DE1", "ioss": "IM1"}
    ),
    consignee=Party("محمد العتيبي", "", ("شارع الملك فهد 12",), "SA"),
    dispatch=Party("Shenzhen warehouse", "", ("1 Dock Road",), "CN"),
)


def content(goods: DatasetGoods = GOODS) -> dict:
    return paper.invoice_content(goods, PARTIES, number="CI-2026-000001", issued_on=DAY)


def test_goods_and_freight_stand_apart_and_sum_to_the_total():
    sums = {label: amount for label, amount, _ in content()["sums"]}
    assert sums["Value of goods"] == "140.00" and sums["Freight to the place named"] == "25.00"
    assert sums["Invoice total, DDP"] == "SAR 165.00" and sums["Net mass"] == "0.830 kg"
    apart = {label for label, *_ in content(msgspec.structs.replace(GOODS, incoterm="FCA", total_minor=14_000))["sums"]}
    assert "Freight (not in the total)" in apart


def test_lines_say_what_customs_ask():
    first = content()["lines"][0]
    assert (first["hs"], first["origin"], first["quantity"]) == ("6911.10.0010", "CN", "3")
    assert (first["unit"], first["total"], first["mass"]) == ("33.333333", "100.00", "0.750")


def test_numbers_that_are_for_the_declarant_alone_stand_on_no_paper():
    facts = dict(content()["facts"])
    assert facts["Delivery terms"] == "DDP Riyadh, Saudi Arabia (Incoterms 2020)"
    under = msgspec.structs.replace(GOODS, scheme="ioss", scheme_name="IOSS", scheme_number="IM1")
    assert dict(content(under)["facts"])["Customs scheme"] == "IOSS (number with the electronic declaration)"
    told = [content(under), forms.cn22_content(under, PARTIES, item_number="", posted_on=DAY)]
    told += [forms.cn23_content(under, PARTIES, item_number="", posted_on=DAY)]
    for paper_content in told:
        said = msgspec.json.encode(paper_content).decode()
        assert "IM1" not in said and "DE1" not in said


def test_a_border_lies_between_territories_not_between_countries():
    known = queries.territories()
    assert not dataset.crosses_border("NL", "DE", known) and not dataset.crosses_border("US", "US", known)
    assert dataset.crosses_border("CN", "DE", known) and dataset.crosses_border("NL", "SA", known)


@pytest.mark.parametrize("fonts", ["built", "absent"])
def test_the_paper_is_set_with_or_without_fonts_and_the_same_each_time(fonts, settings, tmp_path):
    if fonts == "absent":
        settings.ENTREPOT_FONTS = tmp_path
    hostile = msgspec.structs.replace(GOODS.lines[0], description='#panic("x") $ \\ ] "quoted" #read("/etc/passwd")')
    told = content(msgspec.structs.replace(GOODS, lines=(hostile, *GOODS.lines[1:] * 60)))
    first = pdf.typeset(queries.template("commercial_invoice"), told, at=AT)
    assert first.startswith(b"%PDF") and first == pdf.typeset(queries.template("commercial_invoice"), told, at=AT)


@pytest.mark.parametrize(
    ("total", "units", "currency", "written"),
    [
        (86723, 2, "BRL", "433.615"), (100, 3, "EUR", "0.333333"), (200, 2, "USD", "1.00"), (4374, 2, "JPY", "2,187"),
        (100, 3, "JPY", "33.3333"), (500_000_001, 100_000_000, "JPY", "5"), (1_001, 200, "EUR", "0.05005"),
    ],
)  # fmt: skip
def test_the_value_of_a_unit_is_written_without_idle_noughts(total, units, currency, written):
    assert paper.unit_value(total, units, currency) == written


def test_a_japanese_name_can_be_printed_and_what_no_font_has_is_named(settings, tmp_path):
    name = "髙﨑 鷗外 濵田 炻器 𠮷野家"
    told = {"country_code": "JP", "name": name, "lines": ["〒150-0001", "東京都渋谷区"]}
    content = label.label_content("LZ123456785CN", {"kind": "postal", "to": told})
    assert content["end"] == [name, "〒150-0001", "東京都渋谷区", "JAPAN"] and content["han"][0] == "Noto Sans JP"
    assert label.label_pdf("LZ123456785CN", {"kind": "postal", "to": told}).startswith(b"%PDF")
    assert pdf.han_fonts("JP")[0] == "Noto Sans JP" and pdf.han_fonts("SG")[0] == "Noto Sans SC"
    if any(settings.ENTREPOT_FONTS.glob("*.ttf")):
        assert pdf.unprintable(name, "نورة Ελένη Łódź") == ""
    assert pdf.unprintable("Anna 김민지 김", "x") == "김민지"
    settings.ENTREPOT_FONTS = tmp_path
    assert pdf.unprintable("Anna Ελένη 田") == "田"
