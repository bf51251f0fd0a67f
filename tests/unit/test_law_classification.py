"""Finding HS codes: terms, files, index, ranking, reasons, choices; and the real nomenclature where it is there."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.classify import plain_bm25, read_cases, score
from entrepot.domains.customs.engine import classify, nomenclature
from entrepot.domains.customs.engine.nomenclature_files import read_rows
from entrepot.domains.customs.engine.terms import included, tokens
from entrepot.domains.customs.queries import trade_words
from entrepot.domains.customs.types import PastChoice
from entrepot.kernel.errors import InvalidInput
from tests.nomenclature import ROWS, SCHEDULE

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "hs-tariffs"
NOTHING = classify.memory(())
INDEX = nomenclature.build(ROWS)


def codes(text: str, past: classify.Memory = NOTHING) -> list[str]:
    return [one.hs6 for one in classify.classify(text, INDEX, trade_words(), past)]


def test_words_are_folded_stemmed_and_pieced() -> None:
    assert tokens("Lámps of 500ml, T-shirts") == ["lamp", "tshirt", "shirt"]
    assert tokens("陶瓷茶壶") == ["陶瓷", "瓷茶", "茶壶"]


def test_what_a_text_excludes_is_no_part_of_it() -> None:
    assert "wood" not in included("Furniture (excl. of wood), for offices")
    assert "cotton" not in included("Shirts; of textiles other than cotton")


def test_the_thing_and_its_material_find_the_subheading() -> None:
    assert codes("cotton t-shirt")[0] == "610910"
    assert codes("t-shirt of polyester")[0] == "610990"
    assert codes("porcelain teapot")[0] == "691110"


def test_a_trade_word_finds_the_words_of_the_nomenclature() -> None:
    assert codes("backpack")[0][:4] == "4202"
    assert codes("陶瓷茶壶")[0][:2] == "69"


def test_a_cut_word_is_completed() -> None:
    assert codes("porcel tablew")[0] == "691110"


def test_reasons_name_the_words_and_the_texts() -> None:
    best = classify.classify("cotton t-shirt for men", INDEX, trade_words(), NOTHING)[0]
    own = next(reason for reason in best.reasons if reason.code == "610910")
    assert "cotton" in own.words and own.source == "fixture"
    assert [step.code for step in best.path] == ["XI", "61", "6109", "610910"]


def test_a_matching_note_is_a_reason() -> None:
    best = classify.classify("bone china plate", INDEX, trade_words(), NOTHING)[0]
    assert any(reason.kind == "note" and "bone" in reason.words for reason in best.reasons)


def test_a_choice_raises_its_code_and_says_so() -> None:
    text = "harbour mug glazed stoneware"
    past = classify.memory([PastChoice("691200", text, tuple(tokens(text)))])
    best = classify.classify("harbour mug glazed blue", INDEX, trade_words(), past)[0]
    assert best.hs6 == "691200" and best.reasons[0].kind == "choice" and best.reasons[0].text == text
    assert "691200" not in codes("cotton t-shirt", past)


def test_a_description_without_a_known_word_has_no_candidates() -> None:
    assert codes("") == codes("£5") == codes("zzqx") == []


@given(st.text(max_size=60))
def test_any_text_gives_each_code_once_best_first(text: str) -> None:
    found = classify.classify(text, INDEX, trade_words(), NOTHING)
    assert len({one.hs6 for one in found}) == len(found) <= 5
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.score > 0 for one in found)


def test_lines_of_a_schedule_carry_the_headings_above_them() -> None:
    reader = csv.DictReader(io.StringIO(SCHEDULE))
    rows = list(read_rows(reader.fieldnames or (), reader))
    assert [(row.code, row.text) for row in rows] == [
        ("0101", "Live horses, asses"),
        ("01012100", "Horses / Purebred"),
        ("01013000", "Asses"),
    ]


def test_a_file_of_no_known_form_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read_rows(["heading_id", "title"], [])


def test_the_score_counts_headings_and_subheadings() -> None:
    cases = [("a", "one", "610910"), ("a", "two", "6912"), ("a", "three", "420292")]
    answers = {"one": ["610990", "610910"], "two": ["691200"], "three": []}
    figures, _ = score(cases, lambda text: answers[text])
    assert figures["accuracy_at_1.hs4"] == round(2 / 3, 4)
    assert (figures["accuracy_at_1.hs6"], figures["accuracy_at_5.hs6"]) == (0.0, 0.5)


def test_the_helper_beats_plain_bm25_on_a_sample_of_the_real_cases() -> None:
    if not (REAL / "hs-un").is_dir():
        pytest.skip("the nomenclature files are not here")
    rows = []
    for name in ("sections.csv", "harmonized-system.csv.gz"):
        path = REAL / "hs-un" / name
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as handle
        ):
            reader = csv.DictReader(handle)
            rows += read_rows(reader.fieldnames or (), reader)
    index, cases = nomenclature.build(rows), list(read_cases(REAL / "uk-classification-hmrc"))[::25]
    ours, _ = score(cases, lambda text: classify.ranking(text, index, trade_words(), NOTHING))
    theirs, _ = score(cases, plain_bm25(rows))
    assert all(ours[name] > theirs[name] for name in ours)
