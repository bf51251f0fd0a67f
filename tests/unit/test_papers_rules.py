"""Which papers a parcel needs, what must be known for them, and the numbers and bars they bear."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.declarations import queries
from entrepot.domains.declarations.engine import forms, modes, packing, papers, receiver, required
from entrepot.domains.declarations.types import GoodsData, Party
from entrepot.domains.fulfilment.engine import boxes
from entrepot.domains.fulfilment.errors import TooHeavyArticle, WrongContents
from entrepot.domains.logistics.engine import s10
from entrepot.infra import barcode, pdf
from entrepot.kernel.errors import InvalidInput
from tests.unit.test_parcels_paper import AT, GOODS, PARTIES

DAY = dt.date(2026, 11, 25)
GOOD = GoodsData("CUP", "6911100010", "CN", 250, "Cup of porcelain")
LANE = required.Lane("CN", "DE", "courier")


def facts(**changes) -> papers.ParcelFacts:
    base = papers.ParcelFacts(True, "postal", "DE", 900, 2, 12_000)
    return msgspec.structs.replace(base, **changes)


def needed(**changes) -> tuple[str, ...]:
    return papers.needed(facts(**changes), queries.paper_rules(), on=DAY)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("packing_list", "cn22")),
        ({"value_sdr_cents": 30_000, "gross_mass_g": 2000}, ("packing_list", "cn22")),
        ({"value_sdr_cents": 30_001}, ("packing_list", "commercial_invoice", "cn23")),
        ({"gross_mass_g": 2001}, ("packing_list", "commercial_invoice", "cn23")),
        ({"value_sdr_cents": None}, ("packing_list", "commercial_invoice", "cn23")),
        ({"lines": 5}, ("packing_list", "cn23")),
        ({"carrier_kind": "courier"}, ("packing_list", "commercial_invoice")),
        ({"carrier_kind": "courier", "value_sdr_cents": 99_999}, ("packing_list", "commercial_invoice")),
        ({"crosses_border": False}, ("packing_list",)),
        ({"crosses_border": False, "carrier_kind": "courier"}, ("packing_list",)),
    ],
)
def test_papers_follow_from_the_parcel(changes, expected):
    assert needed(**changes) == expected


@given(st.builds(facts, value_sdr_cents=st.none() | st.integers(0, 100_000), gross_mass_g=st.integers(1, 40_000),
                 lines=st.integers(1, 12), carrier_kind=st.sampled_from(["postal", "courier"])))  # fmt: skip
def test_by_post_exactly_one_form_goes_with_goods_across_a_border(parcel):
    found = papers.needed(parcel, queries.paper_rules(), on=DAY)
    assert ("cn22" in found) + ("cn23" in found) == (parcel.carrier_kind == "postal")
    assert len(set(found)) == len(found) and found[0] == "packing_list"


def test_a_paper_rule_ends_with_its_period():
    rule = papers.PaperRule("x", "any", "s", "unverified", start=DAY, end=DAY + dt.timedelta(days=1))
    days = [DAY - dt.timedelta(days=1), DAY, DAY + dt.timedelta(days=1)]
    assert [papers.needed(facts(), [rule], on=day) for day in days] == [(), ("x",), ()]


def trouble(lane: required.Lane = LANE, on: dt.date = DAY, **changes) -> list[tuple[str, str]]:
    rules = required.in_force(queries.field_rules(), lane, on=on)
    found = required.problems([msgspec.structs.replace(GOOD, **changes)], rules, queries.wording())
    return [(problem.field, problem.problem) for problem in found]


SHIRT = {"hs_code": "620520", "customs_description": "Men's shirt, woven"}
US_POST = required.Lane("CN", "US", "postal")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"hs_code": ""}, [("hs_code", "missing")]),
        ({"hs_code": "12"}, [("hs_code", "missing")]),
        ({"assumed": ("hs_code",)}, [("hs_code", "assumed")]),
        ({"origin": ""}, [("origin", "missing")]),
        ({"assumed": ("origin",)}, [("origin", "assumed")]),
        ({"mass_g": 0}, [("mass_g", "missing")]),
        ({"assumed": ("mass_g",)}, [("mass_g", "assumed")]),
        ({"customs_description": ""}, [("customs_description", "missing")]),
        ({"customs_description": "Spare parts"}, [("customs_description", "vague")]),
        ({"customs_description": "GIFT (2 pcs)"}, [("customs_description", "vague")]),
        ({"assumed": ("customs_description",)}, [("customs_description", "assumed")]),
        (SHIRT, [("material", "missing")]),
        ({**SHIRT, "customs_description": "Men's shirt, woven, cotton"}, []),
        ({"assumed": ("colour",)}, []),
    ],
)
def test_each_gap_stops_a_label(changes, expected):
    assert trouble(**changes) == expected


def test_mail_to_the_united_states_needs_ten_digits_since_its_day():
    assert trouble(US_POST, hs_code="691110") == [("hs_code", "short")]
    assert trouble(US_POST) == [] and trouble(US_POST, on=dt.date(2026, 7, 23), hs_code="691110") == []
    assert trouble(required.Lane("CN", "US", "courier"), hs_code="691110") == []


def test_a_receivers_number_is_asked_where_the_data_say_so():
    def asked(country: str) -> bool:
        lane = required.Lane("CN", country, "courier")
        return required.needs_receiver(required.in_force(queries.field_rules(), lane, on=DAY))

    assert asked("BR") and not asked("DE")
    # Every country that is asked for has a rule of how the number looks.
    countries = {c for r in queries.field_rules() if r.field == required.RECEIVER for c in r.destinations}
    assert countries <= set(queries.receiver_rules(on=DAY))


def test_a_receivers_number_is_checked_to_its_digits():
    rule = queries.receiver_rules(on=DAY)["BR"]
    assert receiver.checked("52998224725", rule) == "529.982.247-25"
    assert receiver.checked("11.222.333/0001-81", rule) == "11.222.333/0001-81"
    for wrong in ("", "529.982.247-24", "x", "000"):
        with pytest.raises(InvalidInput) as caught:
            receiver.checked(wrong, rule)
        assert not wrong or wrong not in caught.value.message()
    korean = queries.receiver_rules(on=DAY)["KR"]
    assert receiver.checked("p1234 5678 9012", korean) == "P123456789012"


def test_every_row_says_where_it_comes_from():
    for rows in (queries.paper_rules(), queries.field_rules(), queries.mode_rules()):
        assert rows and all(row.source and row.confidence for row in rows)
    assert all(rule.source and rule.confidence for rule in queries.receiver_rules(on=DAY).values())


@pytest.mark.parametrize(
    ("country", "warehouse", "sale", "mode"),
    [("CN", "bonded", "consumer", "1210"), ("CN", "domestic", "consumer", "9610"), ("CN", "domestic", "business", "9710"),
     ("CN", "domestic", "stock", "9810"), ("CN", "domestic", "gift", "0110"), ("NL", "overseas", "consumer", "")],
)  # fmt: skip
def test_the_export_mode_follows_from_warehouse_and_sale(country, warehouse, sale, mode):
    found, reason = modes.export_mode(country, warehouse, sale, queries.mode_rules(), on=DAY)
    assert found == mode and bool(reason) == bool(mode)


def test_check_digits_of_item_numbers():
    # 47312482 → 9 is the standard's example; the others reach the two exceptions (10 → 0, 11 → 5).
    assert s10.item_number("RR", 47312482, "CN") == "RR473124829CN"
    digits = {serial: s10.check_digit(serial) for serial in range(200)}
    rests = {serial: 11 - sum(w * int(d) for w, d in zip((8, 6, 4, 2, 3, 5, 9, 7), f"{serial:08d}", strict=True)) % 11
             for serial in digits}  # fmt: skip
    assert {digits[s] for s, rest in rests.items() if rest == 10} == {0}
    assert {digits[s] for s, rest in rests.items() if rest == 11} == {5}
    assert s10.grouped("RR473124829CN") == "RR 473 124 829 CN" and s10.grouped("SBX01") == "SBX01"
    for wrong in ("RR473124820CN", "R473124829CN", "rr473124829cn", ""):
        assert not s10.is_item_number(wrong)
    with pytest.raises(InvalidInput):
        s10.item_number("R", 1, "CN")


@given(st.integers(0, 99_999_999))
def test_one_wrong_digit_shows(serial):
    number = s10.item_number("LZ", serial, "NL")
    assert s10.is_item_number(number)
    other = str((int(number[5]) + 1) % 10)
    assert not s10.is_item_number(number[:5] + other + number[6:])


def decoded(bars: barcode.Bars) -> str:
    """Read Code 128 (subsets B and C, digits and capitals) back from its bars: an independent reading."""
    widths, at = [], 0
    for start, width in bars.bars:
        if start > at:
            widths.append(start - at)
        widths.append(width)
        at = start + width
    symbols = ["".join(map(str, widths[i : i + 6])) for i in range(0, len(widths) - 7, 6)]
    values = [PATTERNS.index(symbol) for symbol in symbols]
    assert (values[0] + sum(i * v for i, v in enumerate(values[1:-1], 1))) % 103 == values[-1]
    subset, text = {104: "B", 105: "C"}[values[0]], ""
    for value in values[1:-1]:
        if value == 99 and subset == "B":
            subset = "C"
        elif value == 100:
            subset = "B"
        else:
            text += f"{value:02d}" if subset == "C" else chr(value + 32)
    return text


# ISO/IEC 15417: the widths of bar and space of each symbol, in order of value.
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
PATTERNS = _TABLE.split()


@given(st.integers(0, 99_999_999), st.sampled_from(["LZ", "CZ", "RR"]), st.sampled_from(["CN", "NL", "US"]))
def test_bars_read_back_as_the_number(serial, indicator, country):
    number = s10.item_number(indicator, serial, country)
    assert decoded(barcode.code128(number)) == number


def test_bars_refuse_what_they_cannot_bear():
    for wrong in ("", "深圳"):
        with pytest.raises(InvalidInput):
            barcode.code128(wrong)
    with pytest.raises(InvalidInput):
        barcode.gs1_128("[00]069012345600000012")
    assert barcode.gs1_128("[00]069012345600000015").text == "(00)069012345600000015"


def test_the_forms_say_what_the_union_asks():
    consignee = Party("João", "", ("Rua A 1", "01310-100 São Paulo"), "BR", "+55 11", {"cpf": "529.982.247-25"})
    parties = msgspec.structs.replace(PARTIES, consignee=consignee)
    goods = msgspec.structs.replace(GOODS, destination_country="BR", package=2, packages=3)
    told = forms.cn23_content(goods, parties, item_number="RR473124829CN", posted_on=DAY, invoice_number="CI-1")
    assert told["importer_reference"] == "529.982.247-25" and told["invoice"] == "CI-1"
    assert (
        told["customs_reference"] == "E-100001/2" and told["value"] == "SAR 140.00" and told["postage"] == "SAR 25.00"
    )
    assert [words for words, on in told["categories"] if on] == ["Sale of goods|Vente de marchandises"]
    assert told["lines"][0] == {"description": "Cup of stoneware", "quantity": "3", "mass": "0.750",
                                "value": "SAR 100.00", "hs": "6911 10 0010", "origin": "CN"}  # fmt: skip
    assert all("|" in words for words in forms.CN22_WORDS["columns"] + forms.CN23_WORDS["columns"])


@pytest.mark.parametrize("kind", ["cn22", "cn23", "packing_list"])
@pytest.mark.parametrize("name", ["Jonas Weber", "محمد العتيبي", "山田 太郎", "刘伟"])
def test_every_paper_is_set_in_every_script_and_takes_text_for_text(kind, name):
    consignee = Party(name, "", ('#panic("x") $ \\ ]', "1 Road"), "SA")
    parties = msgspec.structs.replace(PARTIES, consignee=consignee)
    content = {
        "cn22": lambda: forms.cn22_content(GOODS, parties, item_number="RR473124829CN", posted_on=DAY),
        "cn23": lambda: forms.cn23_content(GOODS, parties, item_number="RR473124829CN", posted_on=DAY),
        "packing_list": lambda: packing.packing_content(
            GOODS, parties, on=DAY, say=str, language="ar", country_name=str
        ),
    }[kind]()
    content["bars"] = msgspec.to_builtins(barcode.code128("RR473124829CN"))
    first = pdf.typeset(queries.template(kind), content, at=AT)
    assert first.startswith(b"%PDF") and first == pdf.typeset(queries.template(kind), content, at=AT)


UNITS = st.lists(
    st.builds(boxes.Unit, line_ref=st.uuids().map(str), sku=st.just("S"), quantity=st.integers(1, 6),
              mass_g=st.integers(1, 5_000), volume_mm3=st.integers(0, 20_000_000)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(UNITS)
def test_proposed_boxes_hold_everything_and_none_is_too_heavy(units):
    proposed = boxes.proposal(units, max_g=5_000, divisor=5_000)
    boxes.refuse_wrong_contents(proposed, {unit.line_ref: unit.quantity for unit in units})
    known = {unit.line_ref: unit for unit in units}
    for box in proposed:
        mass = sum(known[ref].mass_g * n for ref, n in box.contents.items())
        volume = sum(known[ref].volume_mm3 * n for ref, n in box.contents.items())
        assert box.mass_g == mass and boxes.counted_g(mass, volume, 5_000) <= 5_000
    assert sum(box.mass_g for box in proposed) == sum(unit.mass_g * unit.quantity for unit in units)


def test_what_is_too_heavy_alone_or_packed_wrongly_is_refused():
    with pytest.raises(TooHeavyArticle):
        boxes.proposal([boxes.Unit("L1", "ANVIL", 1, 6_000)], max_g=5_000)
    box = boxes.proposal([boxes.Unit("L1", "CUP", 2, 100)], max_g=5_000)
    for lines in ({"L1": 1}, {"L1": 3}, {"L1": 2, "L2": 1}, {}):
        with pytest.raises(WrongContents):
            boxes.refuse_wrong_contents(box, lines)
