"""Record sets: which a parcel needs, that their values are the declared ones to the cent, and that every broken field is named."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.domains.declarations import queries
from entrepot.domains.declarations.engine import dataset, values
from entrepot.domains.declarations.engine.records import check, facts, forms, write
from entrepot.domains.declarations.engine.required import is_vague
from entrepot.domains.declarations.types import DatasetGoods, GoodsData, Parties, Party, RecordExtras
from entrepot.kernel.money import exponent
from tests.quotes import a_paper_quote
from tests.unit.test_parcels_declared_values import quotes, shares_left

DAY = dt.date(2026, 11, 25)
FORMS = {form.kind: form for form in queries.record_forms()}
SELLER = Party(
    name="Lingang Trading (Shenzhen) Co., Ltd.",
    local_name="深圳临港贸易有限公司",
    lines=("18 Nanhai Avenue", "518067 Shenzhen"),
    country="CN",
    tax_ids={"uscc": "91440300MA5EXAMPLE"[:18], "ioss": "IM1560000000", "eori": "DE000000000000000"},
    parts={"street": "18 Nanhai Avenue", "city": "Shenzhen", "region": "Guangdong", "postcode": "518067"},
    business=True,
)
BUYER = Party(
    name="Anna Petersen",
    local_name="",
    lines=("Holtenauer Straße 5", "24105 Kiel"),
    country="DE",
    phone="+49 431 000000",
    parts={"street": "Holtenauer Straße 5", "city": "Kiel", "region": "SH", "postcode": "24105"},
)
PARTIES = Parties(SELLER, BUYER, msgspec.structs.replace(SELLER, name="Shenzhen warehouse"), importer="Anna Petersen")


def goods_of(country="DE", *, quote=None, declared=None, **more) -> DatasetGoods:
    quote = quote or a_paper_quote()
    part = quote.consignments[0]
    declared = declared or values.declared_values(quote, quote.total_minor)[0]
    known = {line.sku: GoodsData(line.sku, "9405211000", "CN", 500, "Desk lamp of oak wood") for line in part.lines}
    goods = dataset.build(
        order_number="E-100001",
        shipment_id="0190a0b0-0000-7000-8000-000000000001",
        consignment=msgspec.structs.replace(part, scheme=more.pop("scheme", "ioss")),
        declared=declared,
        goods=known,
        destination=msgspec.structs.replace(BUYER, country=country),
        place="Kiel",
        seller_ids=SELLER.tax_ids,
        marks=queries.scheme_marks(),
        territories=queries.territories(),
        gross_mass_g=0,
        titles={},
        carrier_kind=more.pop("kind", "courier"),
        export_mode=("9610", "a test"),
    )
    told = {"values_in": {"EUR": 9_000, "USD": 9_900}, **more}
    return msgspec.structs.replace(goods, **told)


def kinds(goods, on=DAY) -> list[str]:
    return [form.kind for form in forms.needed(goods, FORMS.values(), queries.territories(), on=on)]


def filled(kind: str, goods=None, parties=PARTIES, **extras):
    goods = goods or goods_of()
    return check.fill(FORMS[kind], goods, parties, RecordExtras(**extras), queries.wording(), on=DAY, dataset_id="d")


def told(record) -> dict[str, str]:
    return {value.field: value.value for value in record.head}


CN = [f"cn_9610_{part}" for part in ("order", "payment", "logistics", "list")]


@pytest.mark.parametrize(
    ("country", "more", "expected"),
    [
        ("DE", {}, ["h7", "ens", "invoice_data", *CN]),
        ("DE", {"values_in": {"EUR": 15_000}}, ["h7", "ens", "invoice_data", *CN]),
        ("DE", {"values_in": {"EUR": 15_001}}, ["h1", "ens", "invoice_data", *CN]),
        ("DE", {"values_in": {}}, ["h1", "ens", "invoice_data", *CN]),
        ("NO", {}, ["ens", "invoice_data", *CN]),
        ("SG", {"kind": "postal"}, ["itmatt", *CN]),
        ("US", {}, ["us_informal", "invoice_data", *CN]),
        ("US", {"values_in": {"USD": 250_001}}, ["us_formal", "invoice_data", *CN]),
        ("US", {"kind": "postal"}, ["us_mail", "itmatt", *CN]),
        ("US", {"export_mode": "9710"}, ["us_informal", "invoice_data", "cn_9710"]),
        ("US", {"export_mode": "1210"}, ["us_informal", "invoice_data", *(k.replace("9610", "1210") for k in CN)]),
        ("CN", {}, []),
    ],
)
def test_destination_value_carrier_and_mode_decide_which_sets_a_parcel_needs(country, more, expected):
    assert kinds(goods_of(country, **more)) == expected


def test_the_american_relief_is_told_for_parcels_of_its_day_alone():
    assert "us_86" in kinds(goods_of("US"), dt.date(2025, 8, 28)) and "us_86" not in kinds(goods_of("US"))


def test_every_form_has_a_source_and_its_fields_are_filled_by_facts_that_exist():
    goods = goods_of()
    known = facts.head(goods, PARTIES, RecordExtras()) | facts.items(goods)[0]
    for form in FORMS.values():
        assert set(form.titles) == {"zh-hans"} and form.titles["zh-hans"] != form.title
        assert form.source and form.confidence in ("official", "secondary", "unverified"), form.kind
        for field in form.fields:
            assert field.fixed or field.by or field.fact in known, (form.kind, field.id)
            assert not (field.fact and field.fact not in known), (form.kind, field.id, field.fact)
            assert field.each or field.fact not in facts.items(goods)[0], (form.kind, field.id)
            assert set(field.required_where) <= set(known)
        for each in (True, False):
            ids = [f.id for f in form.fields if f.each is each]
            assert len(ids) == len(set(ids)), form.kind


def test_h7_under_ioss_names_procedure_role_and_number_and_without_number_it_is_open():
    record = filled("h7")
    assert not record.problems
    assert (told(record)["11 10"], told(record)["13 16 role"]) == ("F48", "FR5")
    number = next(value for value in record.head if value.field == "13 16 number")
    assert number.value == "IM1560000000" and number.secret
    without = filled("h7", goods_of(scheme_number=""))
    assert [(p.field, p.problem) for p in without.problems] == [("13 16 number", "missing")]
    plain = filled("h7", goods_of(scheme="standard_import", scheme_number=""))
    assert not plain.problems and told(plain)["13 16 role"] == ""


def test_the_number_of_a_scheme_stands_in_records_of_the_declarant_alone():
    with_number = {kind for kind in FORMS if any(v.secret and v.value for v in filled(kind).head)}
    assert with_number == {"h7", "itmatt"}


BREAKS = [
    ({"hs_code": ""}, "18 09 056", "missing"),
    ({"hs_code": "94AB21"}, "18 09 056", "form"),
    ({"description": ""}, "18 05", "missing"),
    ({"description": "Gift"}, "18 05", "vague"),
    ({"description": "Spare parts"}, "18 05", "vague"),
    ({"description": "x" * 513}, "18 05", "long"),
    ({"sku": "S" * 129}, "M-PID", "long"),
    ({"quantity": 0}, "18 02", "form"),
]


@pytest.mark.parametrize(("broken", "field", "problem"), BREAKS)
def test_a_field_that_breaks_its_rule_is_named_with_article_and_rule(broken, field, problem):
    goods = goods_of()
    lines = (goods.lines[0], msgspec.structs.replace(goods.lines[1], **broken))
    found = filled("h7", msgspec.structs.replace(goods, lines=lines)).problems
    assert (found[0].field, found[0].problem, found[0].item) == (field, problem, 2)
    assert found[0].sku == lines[1].sku and found[0].name


def test_an_incoterm_that_is_none_and_a_sum_that_is_none_are_named():
    assert [(p.field, p.problem) for p in filled("h1", goods_of(incoterm="XXX")).problems] == [("14 01 code", "code")]
    off = filled("h7", goods_of(goods_minor=1))
    assert [(p.field, p.problem) for p in off.problems] == [("14 14 sum", "sum")]


def test_a_dataset_from_before_addresses_had_parts_is_open_and_says_where():
    old = msgspec.structs.replace(PARTIES, consignee=msgspec.structs.replace(BUYER, parts={}))
    assert {p.fact for p in filled("ens", parties=old).problems} == {"consignee_street", "consignee_city"}


def test_fields_of_the_label_and_of_the_declarant_stop_nothing_and_come_with_the_label():
    before, after = filled("ens"), filled("ens", tracking_number="SBX1")
    assert not before.problems and told(before)["12 05"] == "" and told(after)["12 05"] == "SBX1"
    wrong = filled("itmatt", goods_of("SG", kind="postal"), tracking_number="SBX1")
    assert [(p.field, p.problem) for p in wrong.problems] == [("item", "form")], (
        "what is filled is checked all the same"
    )


def test_mail_to_the_united_states_needs_ten_digits():
    goods = goods_of("US", kind="postal")
    lines = tuple(msgspec.structs.replace(line, hs_code="940521") for line in goods.lines)
    anna = Party(
        "Ann", "", (), "US", parts={"street": "1 Pine St", "city": "Seattle", "region": "WA", "postcode": "98101"}
    )
    parties = msgspec.structs.replace(PARTIES, consignee=anna)
    short = filled("us_mail", msgspec.structs.replace(goods, lines=lines), parties)
    assert {(p.field, p.problem) for p in short.problems} == {("htsus", "form")}
    assert not filled("us_mail", goods, parties).problems


def test_long_names_and_streets_are_cut_into_the_lines_of_the_form():
    long = msgspec.structs.replace(BUYER, name="N" * 90, parts={**BUYER.parts, "street": "S" * 120})
    record = filled("h7", parties=msgspec.structs.replace(PARTIES, consignee=long))
    assert not record.problems
    assert told(record)["13 04 street"] + told(record)["13 04 street 2"] == "S" * 120
    assert len(told(record)["13 04 name"]) == 70


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(quotes(), st.data())
def test_every_sets_values_are_the_declared_ones_over_refunds_cash_and_splits(quote, data):
    left = shares_left(data.draw, quote)
    captured = data.draw(st.integers(0, quote.total_minor))
    refunded = data.draw(st.integers(0, captured))
    declared = [part for part in values.declared_values(quote, captured, refunded, left=left) if part.lines]
    places = Decimal(10) ** -exponent(quote.currency)
    for part in declared:
        consignment = next(c for c in quote.consignments if c.ref == part.ref)
        one = msgspec.structs.replace(quote, consignments=(consignment,))
        halves = values.share_out(
            part,
            [
                {line.ref: line.quantity // 2 for line in part.lines},
                {line.ref: -(-line.quantity // 2) for line in part.lines},
            ],
            [1, 2],
        )
        for kind in (
            "h7",
            "h1",
            "ens",
            "us_informal",
            "itmatt",
            "invoice_data",
            "cn_9610_order",
            "cn_9610_list",
            "cn_9710",
        ):
            total = Decimal(0)
            for half in halves:
                goods = goods_of(quote=one, declared=half)
                record = filled(kind, goods)
                assert not [p for p in record.problems if p.problem == "sum"]
                worth = {f.id for f in FORMS[kind].fields if f.fact == "item_value"}
                item_values = [v for item in record.items for v in item if v.field in worth]
                assert sum(Decimal(v.value) for v in item_values) == half.goods_minor * places
                total += sum((Decimal(v.value) for v in item_values), Decimal(0))
                masses = [v for item in record.items for v in item if v.field == "18 04 item"]
                assert not masses or sum(Decimal(v.value) for v in masses) == Decimal(goods.gross_mass_g) / 1000
            assert total == part.goods_minor * places


def test_a_set_is_written_as_json_and_csv_with_every_field_and_the_same_each_time():
    record = filled("h7")
    read = json.loads(write.written(record, "json"))
    assert read["set"] == "h7" and read["head"]["13 16 number"]["value"] == "IM1560000000"
    assert [item["11 03"]["value"] for item in read["items"]] == ["1", "2"] and "13 05 Declarant, EORI" in read["open"]
    rows = list(csv.reader(io.StringIO(write.written(record, "csv").decode("utf-8-sig"))))
    columns, first, second = rows
    assert len(columns) == len(first) == len(second) == 4 + len(record.head) + len(record.items[0])
    assert dict(zip(columns, second, strict=True))["14 14 Intrinsic value"] == "40.00"
    assert write.written(record, "csv") == write.written(filled("h7"), "csv")


def test_a_spreadsheet_runs_nothing_that_a_buyer_typed():
    rogue = msgspec.structs.replace(BUYER, name='=HYPERLINK("x")')
    record = filled("invoice_data", parties=msgspec.structs.replace(PARTIES, consignee=rogue))
    content = write.written(record, "csv").decode("utf-8-sig")
    assert "'=HYPERLINK" in content and ",=HYPERLINK" not in content and "+49 431 000000" in content


@pytest.mark.parametrize(
    "words", ["Shoes", "shoe", "SPARE PARTS", "General cargo", "gifts", "Freight, all kinds", "various goods"]
)
def test_terms_that_customs_of_the_union_publish_are_refused(words):
    assert is_vague(words, queries.wording())


@pytest.mark.parametrize(
    "words", ["Leather shoes for men", "Spare wheel of a bicycle", "Desk lamp", "Ceramic tea cup", "扬声器"]
)
def test_descriptions_that_say_something_are_not(words):
    assert not is_vague(words, queries.wording())
