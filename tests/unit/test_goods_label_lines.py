"""Which lines a label bears, and how whole a product is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.catalogue.engine import labels
from entrepot.domains.catalogue.types import LABEL_KINDS, LabelRow

ROWS = (
    LabelRow("origin_mark", "", "en", "Made in China"),
    LabelRow("origin_mark", "", "de", "Hergestellt in China"),
    LabelRow("warning", "", "en", "Sharp."),
    LabelRow("warning", "US", "en", "WARNING: sharp."),
    LabelRow("warning", "US", "en", "Not for children."),
    LabelRow("material", "", "de", "Stahl"),
)


def said(market: str, language: str) -> list[str]:
    return [row.words for row in labels.lines(ROWS, market=market, language=language)]


def test_a_market_s_own_lines_stand_in_place_of_the_general_ones():
    assert said("US", "en") == ["Made in China", "Stahl", "WARNING: sharp.", "Not for children."]
    assert said("DE", "de") == ["Hergestellt in China", "Stahl", "Sharp."]


def test_a_missing_language_is_english_and_else_whichever_there_is():
    assert said("JP", "ja") == ["Made in China", "Stahl", "Sharp."]


@given(
    st.lists(
        st.builds(
            LabelRow,
            st.sampled_from(LABEL_KINDS),
            st.sampled_from(["", "US", "DE"]),
            st.sampled_from(["en", "de", "ja"]),
            st.text(min_size=1),
        )
    )
)
def test_every_kind_that_is_written_for_a_market_is_on_its_label_in_one_language(rows):
    shown = labels.lines(rows, market="US", language="de")
    written = {row.kind for row in rows if row.market in ("", "US")}
    assert {row.kind for row in shown} == written
    for kind in written:
        assert len({(row.market, row.language) for row in shown if row.kind == kind}) == 1


@given(st.integers(1, 60), st.integers(0, 60))
def test_only_what_lacks_nothing_is_whole(asked, missing):
    assert (labels.percent(asked=asked, missing=missing) == 100) == (missing == 0)
    assert 0 <= labels.percent(asked=asked, missing=missing) <= 100
