"""Tables of law: read whole or not at all, and a country is nothing but data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.engine import tables
from entrepot.domains.customs.errors import BadLaw as BadCustomsLaw
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.engine import tables as tax_tables
from entrepot.domains.tax.engine.nexus import reached
from entrepot.domains.tax.engine.returns import due_date
from entrepot.domains.tax.errors import BadLaw, NotCovered, OutsideTerritory
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.period import GapOrOverlap
from tests.law_builders import DAY, customs_rules, lines, parcel, tax_rules

ATLANTIS_TAX = """
jurisdiction: QA
currency: EUR
time_zone: UTC
schemes:
  - {key: standard_import, name: import_vat, movement: import, collector: customs, from: , until: , source: s, confidence: test}
rates:
  - {category: standard, rate: "10", from: 2020-01-01, until: 2027-01-01, source: gazette 1, confidence: test}
  - {category: standard, rate: "12.5", from: 2027-01-01, until: , source: gazette 2, confidence: test}
"""
ATLANTIS_CUSTOMS = """
territory: QA
currency: EUR
time_zone: UTC
countries: [QA]
free_movement: {source: s, confidence: test}
treatments:
  - {key: low, kind: flat_per_item, limit: "20.00", amount: "1.50", digits: 4, from: , until: , source: s, confidence: test}
  - {key: tariff, kind: ad_valorem, valuation: fob, from: , until: , source: s, confidence: test}
entries:
  - {key: paper, importer_of_record: carrier, from: , until: , source: s, confidence: test}
merchant_duty:
  - {rate: "8", from: , until: , source: own, confidence: merchant}
"""


def tidy(text: str) -> str:
    """An empty value inside braces is written as null."""
    return text.replace("from: ,", "from: null,").replace("until: ,", "until: null,")


def tax_file(folder: Path, text: str, name: str = "QA.yaml") -> Path:
    (folder / name).write_text(tidy(text), "utf-8")
    return folder


def test_the_tables_that_come_with_the_program_are_whole() -> None:
    assert {"DE", "US", "SA"} <= set(tax.covered_countries()) and len(tax.covered_countries()) >= 30
    assert {"EU", "US", "SA"} <= set(customs.law())


def test_every_state_has_a_rate_on_the_day() -> None:
    states = {row.fields["region"] for row in tax.law()["US"].rates if row.fields.get("region")}
    assert len(states) == 51
    for state in states:
        rules = tax_rules("US", DAY, region=state, registered=[f"sales_tax@US-{state}"])
        rate = rules.rates["standard"]
        assert rate.rule.table == f"tax.US-{state}" and (rate.rate_ppm or rate.reason == "no_state_sales_tax")


def test_a_gap_is_refused_naming_file_and_rows(tmp_path: Path) -> None:
    text = ATLANTIS_TAX.replace("from: 2027-01-01, until: ,", "from: 2027-02-01, until: ,")
    with pytest.raises(
        GapOrOverlap, match=r"QA\.yaml, rate  standard \(rows 1, 2\): no row is in force from 2027-01-01"
    ):
        tax.load_law(tax_file(tmp_path, text))


def test_an_overlap_is_refused_naming_file_and_rows(tmp_path: Path) -> None:
    text = ATLANTIS_TAX.replace("until: 2027-01-01", "until: 2027-03-01")
    with pytest.raises(GapOrOverlap, match=r"QA\.yaml.*two rows are in force on 2027-01-01"):
        tax.load_law(tax_file(tmp_path, text))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("source: gazette 2, ", "", r"QA\.yaml, row rates 2: no source"),
        ('rate: "12.5"', "rate: 12.5", r"row rates 2: a rate is written as text"),
        ('rate: "12.5"', 'rate: "-3"', r"row rates 2: -3 % is no rate"),
        (
            "confidence: test}\n  - {cat",
            "confidence: test, colour: red}\n  - {cat",
            r"row rates 1: unknown field colour",
        ),
        ("name: import_vat", "name: tribute", r"row schemes 1: name is one of"),
        (
            "from: 2020-01-01, until: 2027-01-01",
            "from: 2027-01-01, until: 2020-01-01",
            r"row rates 1: it ends before it begins",
        ),
        ("from: 2020-01-01", 'from: "early"', r"row rates 1: early is no civil date"),
        ("movement: import", "movement: sideways", r"row schemes 1: movement is one of"),
        ("movement: import", "taxed: false", r"row schemes 1: it takes no tax and gives no reason"),
        ("movement: import", "limit: 22.5", r"row schemes 1: limit is written as text"),
        ("movement: import", 'limit: "much"', r"row schemes 1: limit much is no amount"),
        ("movement: import", "customers: consumer", r"row schemes 1: customers is a list"),
    ],
)
def test_a_bad_row_of_tax_is_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in ATLANTIS_TAX
    with pytest.raises(BadLaw, match=words):
        tax.load_law(tax_file(tmp_path, ATLANTIS_TAX.replace(old, new)))


FURTHER = """
further:
  - {key: local, name: pst, rate: "7", from: 2020-01-01, until: 2026-01-01, source: s, confidence: test}
  - {key: local, name: pst, rate: "8", from: 2026-01-01, until: , source: s, confidence: test}
"""


@pytest.mark.parametrize(
    ("old", "new", "fault", "words"),
    [
        ("from: 2026-01-01", "from: 2026-02-01", GapOrOverlap, r"further  local \(rows 1, 2\): no row is in force"),
        ("until: 2026-01-01", "until: 2026-02-01", GapOrOverlap, "two rows are in force on 2026-01-01"),
        ('rate: "8"', 'share: "22/78", rate: "8"', BadLaw, "row further 2: it has a rate of the base or a share"),
        ('rate: "8"', 'share: "22/0"', BadLaw, "row further 2: a share is two numbers"),
        ("name: pst", "name: tithe", BadLaw, "row further 1: name is one of"),
    ],
)
def test_a_tax_beside_the_main_one_is_checked_too(
    tmp_path: Path, old: str, new: str, fault: type[Exception], words: str
) -> None:
    tax.load_law(tax_file(tmp_path, ATLANTIS_TAX + FURTHER))
    assert old in FURTHER
    with pytest.raises(fault, match=words):
        tax.load_law(tax_file(tmp_path, ATLANTIS_TAX + FURTHER.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "source: s, confidence: test}\n  - {key: tariff",
            "confidence: test}\n  - {key: tariff",
            "treatments 1: no source",
        ),
        ('rate: "8"', "rate: 8.5", "merchant_duty 1: a rate is written as text"),
        ("valuation: fob", 'limit: "90.00"', "the last row must fit every consignment on every day"),
        (
            "importer_of_record: carrier, from: ,",
            "importer_of_record: carrier, from: 2020-01-01,",
            "entries 1: the last row",
        ),
        ("kind: ad_valorem", "kind: guesswork", "treatments 2: kind is one of"),
        ("kind: ad_valorem", "kind: one_rate", "treatments 2: a treatment of one rate has a rate"),
        ("valuation: fob", "modes: [post]", "the last row must fit every consignment on every day"),
        ('amount: "1.50"', 'amount: "-1.50"', "treatments 1: amount -1.50 is no amount"),
    ],
)
def test_a_bad_row_of_customs_is_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in ATLANTIS_CUSTOMS
    with pytest.raises(BadCustomsLaw, match=words):
        customs.load_law(tax_file(tmp_path, ATLANTIS_CUSTOMS.replace(old, new)))


def test_an_invented_country_and_its_new_rate_are_data_only(tmp_path: Path) -> None:
    (tmp_path / "tax").mkdir()
    (tmp_path / "customs").mkdir()
    rates = tax.load_law(tax_file(tmp_path / "tax", ATLANTIS_TAX))
    border = customs.load_law(tax_file(tmp_path / "customs", ATLANTIS_CUSTOMS))["QA"]
    rows = lines((1_000, "610910"), (1_000, "610990"), (500, "640399"))
    sent = parcel(rows, to="QA", freight=300)

    def total(day: dt.date) -> tuple[int, int, dt.date | None]:
        rules = customs_law.compile_rules(
            border, destination="QA", pairs={(row.hs_code, row.origin) for row in rows}, on=day
        )
        vat = tax_law.compile_rules(rates, destination="QA", region="", on=day)
        cost = landed_cost(sent, rules, vat, day)
        return cost.duty_minor, cost.tax_minor, cost.next_boundary

    # 25.00 of goods are above 20.00: 8 % of the goods alone; 10 % on goods, duty and freight; then 12.5 %
    assert total(dt.date(2026, 12, 31)) == (200, 300, dt.date(2027, 1, 1))
    assert total(dt.date(2027, 1, 1)) == (200, 376, None)
    with pytest.raises(NotCovered):
        total(dt.date(2019, 12, 31))


def test_flat_duty_per_item_of_four_digits_is_data_too(tmp_path: Path) -> None:
    border = customs.load_law(tax_file(tmp_path, ATLANTIS_CUSTOMS))["QA"]
    rows = lines((500, "610910"), (500, "610990"), (500, "640399"))
    rules = customs_law.compile_rules(border, destination="QA", pairs={(r.hs_code, r.origin) for r in rows}, on=DAY)
    vat = tax_tables.law_of(yaml.safe_load(tidy(ATLANTIS_TAX)), "QA.yaml")
    tax_of_day = tax_law.compile_rules({"QA": vat}, destination="QA", region="", on=DAY)
    cost = landed_cost(parcel(rows, to="QA"), rules, tax_of_day, DAY)
    assert cost.duty_minor == 300  # two items of four digits


def test_a_country_without_tables_is_not_covered() -> None:
    with pytest.raises(NotCovered):
        tax_rules("QQ", DAY)


def test_longest_code_wins_and_the_merchant_is_last() -> None:
    law = customs.law()["EU"]
    stored = [
        tables.TariffRow("610910", "", 120_000, False, "", None, None, "file", "dataset"),
        tables.TariffRow("61091010", "", 90_000, False, "", None, None, "file", "dataset"),
        tables.TariffRow("61091010", "TR", 0, False, "", None, None, "file", "dataset"),
    ]
    pairs = [("6109101000", "CN"), ("6109101000", "TR"), ("610910", "CN"), ("999900", "CN")]
    rates = customs_law.compile_rules(law, destination="DE", pairs=pairs, on=DAY, stored=stored).rates
    assert [rates[pair].rate_ppm for pair in pairs] == [90_000, 0, 120_000, 45_000]
    assert rates[pairs[3]].rule.confidence == "merchant"


def test_origin_decides_what_is_added_in_the_united_states() -> None:
    goods = (*lines((1_000, "610910")), *lines((1_000, "610910"), origin="DE"), *lines((1_000, "610910"), origin="BR"))
    rates = customs_rules("US", DAY, goods).rates
    assert [a.rate_ppm for a in rates["610910", "CN"].added] == [125_000]
    assert rates["610910", "DE"].added[0].net_of_base and rates["610910", "DE"].rate_ppm == 165_000  # nothing is added
    assert [a.rate_ppm for a in rates["610910", "BR"].added] == [250_000]


def test_the_doubt_stands_beside_the_source() -> None:
    fee = customs_rules("DE", DAY, ()).fees[0]
    assert "doubt:" in fee.rule.source and fee.rule.confidence == "secondary" and fee.rule.since == "2026-11-01"


def test_a_list_that_is_not_loaded_is_said_beside_the_rate_of_the_goods_it_may_touch(tmp_path: Path) -> None:
    goods = (*lines((4_000, "610910")), *lines((4_000, "999900")), *lines((4_000, "610910"), origin="DE"))
    rates = customs_rules("US", DAY, goods).rates
    for code in ("610910", "999900"):  # the tariff's rate and the merchant's own alike
        told = rates[code, "CN"].rule.source
        assert "doubt: section 301 list duties not loaded" in told and "entrepot tariff import" in told
    assert "not loaded" not in rates["610910", "DE"].rule.source
    assert "not loaded" not in customs_rules("DE", DAY, goods).rates["610910", "CN"].rule.source

    cost = landed_cost(
        parcel(lines((4_000, "610910")), to="US", currency="USD", region="OR"),
        customs_rules("US", DAY, lines((4_000, "610910"))),
        tax_rules("US", DAY, region="OR"),
        DAY,
        fx={},
    )
    assert [c.amount_minor for c in cost.charges if c.kind == "duty"] == [660, 500]  # the figures are what they were
    assert "not loaded" in next(c for c in cost.charges if c.kind == "duty").rule.source

    loaded = customs_law.compile_rules(
        customs.law()["US"], destination="US", pairs=[("610910", "CN")], on=DAY, lists=["section_301_china_lists"]
    )
    assert "not loaded" not in loaded.rates["610910", "CN"].rule.source

    text = tidy(ATLANTIS_CUSTOMS) + "not_loaded:\n  - {key: l, source: s, confidence: test}\n"
    with pytest.raises(BadCustomsLaw, match="not_loaded 1: no doubt"):
        customs.load_law(tax_file(tmp_path, text))


def test_the_merchants_cover_for_lists_not_loaded_is_switched_on_in_data(tmp_path: Path) -> None:
    text = (Path(customs.__file__).parent / "refdata" / "US.yaml").read_text("utf-8")
    (tmp_path / "US.yaml").write_text(text.replace("in_use: false", "in_use: true"), "utf-8")
    law = customs.load_law(tmp_path)["US"]
    rates = customs_law.compile_rules(law, destination="US", pairs=[("610910", "CN"), ("610910", "BR")], on=DAY).rates
    cover = rates["610910", "CN"].added[-1]
    assert (cover.rate_ppm, cover.rule.key, cover.rule.confidence) == (250_000, "section_301_china_cover", "merchant")
    assert all(added.rule.confidence != "merchant" for added in rates["610910", "BR"].added)


OUTSIDE = [
    ("DE", "27498", "Helgoland"), ("DE", " 27 498", "Helgoland"), ("DE", "78266", "Büsingen"), ("DE", "DE-78266", "Büsingen"),
    ("ES", "35001", "Canarias"), ("ES", "51001", "Ceuta"), ("FR", "97400", "outre-mer"), ("FI", "22100", "Åland"),
    ("IT", "23041", "Livigno"), ("GR", "630 86", "Όρος"), ("DE", "２７４９８", "Helgoland"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "postcode", "place"), OUTSIDE)
def test_a_place_outside_the_tax_territory_is_refused_by_name(country: str, postcode: str, place: str) -> None:
    with pytest.raises(OutsideTerritory) as caught:
        tax_tables.refuse_outside(tax.law(), destination=country, postcode=postcode, on=DAY)
    told = caught.value
    assert isinstance(told, NotCovered) and told.status == 422 and told.params["field"] == "postal_code"
    assert place in told.message() and "outside the tax territory" in told.message()


@pytest.mark.parametrize(
    ("country", "postcode"),
    [("DE", "24105"), ("DE", ""), ("DE", "27499"), ("DE", "78267"), ("FR", "98000"), ("ES", "28013"), ("US", "27498")],
)
def test_other_postcodes_are_inside(country: str, postcode: str) -> None:
    tax_tables.refuse_outside(tax.law(), destination=country, postcode=postcode, on=DAY)


def test_an_exclusion_is_a_dated_row_of_postcodes(tmp_path: Path) -> None:
    row = '  - {place: Isle, postcodes: ["9"], from: 2026-01-01, until: 2027-01-01, source: s, confidence: test}\n'
    laws = tax.load_law(tax_file(tmp_path, ATLANTIS_TAX + "outside:\n" + row))
    with pytest.raises(OutsideTerritory):
        tax_tables.refuse_outside(laws, destination="QA", postcode="91", on=DAY)
    tax_tables.refuse_outside(laws, destination="QA", postcode="91", on=dt.date(2027, 1, 1))
    rules = tax_law.compile_rules(laws, destination="QA", region="", on=DAY)
    assert rules.next_boundary == dt.date(2027, 1, 1)  # a quote does not outlive the exclusion
    for bad in ("[]", "[27498]", '[""]'):
        with pytest.raises(BadLaw, match="outside 1: postcodes are beginnings"):
            tax.load_law(tax_file(tmp_path, ATLANTIS_TAX + "outside:\n" + row.replace('["9"]', bad)))


def test_the_handling_fee_can_be_switched_off_in_data(tmp_path: Path) -> None:
    folder = Path(customs.__file__).parent / "refdata"
    text = (folder / "EU.yaml").read_text("utf-8").replace("in_use: true", "in_use: false")
    (tmp_path / "EU.yaml").write_text(text, "utf-8")
    law = customs.load_law(tmp_path)["EU"]
    assert not customs_law.compile_rules(law, destination="DE", pairs=(), on=DAY).fees


def test_nexus() -> None:
    from_law = tax.law()["US"]
    yes, rule = reached(from_law, region="IN", on=dt.date(2023, 12, 31), sales=90_000, transactions=300)  # type: ignore[arg-type]
    no, _ = reached(from_law, region="IN", on=dt.date(2024, 1, 1), sales=90_000, transactions=300)  # type: ignore[arg-type]
    assert yes and not no and rule.table == "tax.US-IN"
    with pytest.raises(NotCovered):
        reached(from_law, region="OR", on=DAY, sales=10**9, transactions=9)  # type: ignore[arg-type]


def test_due_dates() -> None:
    assert due_date("2026-12") == dt.date(2027, 1, 31) and due_date("2026-Q1") == dt.date(2026, 4, 30)
    with pytest.raises(InvalidInput):
        due_date("2026-13")


# ---- duties added by origin and code, and readings that stand side by side


def _added(rows: str, origin: str, code: str) -> list[str]:
    law = tables.law_of(yaml.safe_load(ADDED + rows), "XX.yaml")
    found = customs_law.compile_rules(law, destination="XX", pairs={(code, origin)}, on=dt.date(2026, 11, 25))
    return [f"{added.rule.key} {added.rate_ppm}" for added in found.rates[code, origin].added]


ADDED = """
territory: XX
currency: USD
time_zone: UTC
countries: [XX]
free_movement: {source: s, confidence: c}
treatments: [{key: tariff, kind: ad_valorem, from: , until: , source: s, confidence: c}]
entries: [{key: any, importer_of_record: seller, from: , until: , source: s, confidence: c}]
merchant_duty: [{rate: "5", from: , until: , source: s, confidence: c}]
added_duties:
"""
GENERAL = '- {key: general, rate: "10", from: , until: , source: s, confidence: c}\n'


def test_an_added_duty_is_for_a_range_of_codes_and_leaves_others_out() -> None:
    metals = '- {key: metals, rate: "25", codes: ["7201-7229", "8302"], not_codes: ["72044"], from: , until: , source: s, confidence: c}\n'
    assert _added(metals, "CN", "720851") == ["metals 250000"]
    assert _added(metals, "CN", "722990") == ["metals 250000"] and _added(metals, "CN", "830210") == ["metals 250000"]
    assert _added(metals, "CN", "720449") == [] and _added(metals, "CN", "723010") == []


def test_an_added_duty_may_take_the_place_of_another() -> None:
    instead = '- {key: metals, rate: "25", chapters: ["72"], instead_of: [general], from: , until: , source: s, confidence: c}\n'
    assert _added(GENERAL + instead, "CN", "720851") == ["metals 250000"]
    assert _added(GENERAL + instead, "CN", "610910") == ["general 100000"]


def test_readings_of_one_rule_may_stand_side_by_side_and_nothing_else() -> None:
    one = '- {key: general, rate: "10", choice: g, option: a, from: , until: , source: s, confidence: c}\n'
    other = (
        '- {key: general, rate: "12", choice: g, option: b, in_use: false, from: , until: , source: s, confidence: c}\n'
    )
    assert _added(one + other, "CN", "610910") == ["general 100000"]
    with pytest.raises(GapOrOverlap):
        _added(one + one, "CN", "610910")
    with pytest.raises(BadCustomsLaw, match="go together"):
        _added('- {key: general, rate: "10", choice: g, from: , until: , source: s, confidence: c}\n', "CN", "610910")
