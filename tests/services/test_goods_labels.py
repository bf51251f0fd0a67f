"""Labels and words of products: written once, read by somebody, and what is still missing."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.catalogue import queries, services
from entrepot.domains.catalogue.errors import UnknownProduct
from entrepot.domains.catalogue.types import (
    CategoryDraft,
    LabelDraft,
    ProductDraft,
    TextDraft,
    VariantDraft,
)
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)


@pytest.fixture
def knife() -> str:
    services.upsert_categories(actor=SYSTEM, drafts=[CategoryDraft("things", {"en": "Things"})])
    draft = ProductDraft(
        handle="knife",
        category="things",
        texts={"en": TextDraft("Knife", provenance="written"), "de": TextDraft("Messer", provenance="machine")},
        variants=(VariantDraft("K-1", {}, "821192", "CN", 300, 300, 60, 30, "Kitchen knife", assumed=("mass_g",)),),
    )
    return services.upsert_products(actor=SYSTEM, drafts=[draft]).ids["knife"]


def words(product_id: str, market: str, language: str) -> list[str]:
    return [row.words for row in queries.label(product_id=product_id, market=market, language=language)]


def test_labels_are_written_replaced_and_taken_off(knife):
    mark = LabelDraft("knife", "origin_mark", "en", ("Made in China",))
    warning = LabelDraft("knife", "warning", "en", ("Sharp.", "Keep dry."), market="US", source="16 CFR")
    assert services.write_labels(actor=SYSTEM, drafts=[mark, warning]) == 3
    assert services.write_labels(actor=SYSTEM, drafts=[mark, warning]) == 0
    assert words(knife, "US", "en") == ["Made in China", "Sharp.", "Keep dry."]
    assert words(knife, "GB", "en") == ["Made in China"]
    shorter = LabelDraft("knife", "warning", "en", ("Very sharp.",), market="US")
    assert services.write_labels(actor=SYSTEM, drafts=[shorter]) == 2
    assert words(knife, "US", "en") == ["Made in China", "Very sharp."]
    assert services.write_labels(actor=SYSTEM, drafts=[LabelDraft("knife", "warning", "en", (), market="US")]) == 1
    assert words(knife, "US", "en") == ["Made in China"]


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (LabelDraft("no-such-thing", "warning", "en", ("Hot.",)), UnknownProduct),
        (LabelDraft("knife", "poem", "en", ("Roses.",)), InvalidInput),
        (LabelDraft("knife", "warning", "en", (" ",)), InvalidInput),
        (LabelDraft("knife", "warning", "en", ("x" * 501,)), InvalidInput),
    ],
)
def test_what_no_label_can_bear_is_refused(knife, draft, error):
    with pytest.raises(error):
        services.write_labels(actor=SYSTEM, drafts=[draft])


def test_a_machine_s_words_wait_for_a_reader(knife):
    states = {state.language: state for state in queries.text_states(product_id=knife)}
    assert states["en"].reviewed and not states["de"].reviewed and states["de"].provenance == "machine"
    assert services.review_text(actor=SYSTEM, product_id=knife, language="de", at=AT)
    assert not services.review_text(actor=SYSTEM, product_id=knife, language="de", at=AT)
    read = {state.language: state for state in queries.text_states(product_id=knife)}["de"]
    assert read.reviewed and read.reviewed_at == AT and read.reviewed_by.startswith("system")
    with pytest.raises(UnknownProduct):
        services.review_text(actor=SYSTEM, product_id=knife, language="ja", at=AT)


def test_words_are_written_one_language_at_a_time(knife):
    text = TextDraft("包丁", "よく切れます。", provenance="machine")
    services.write_text(actor=SYSTEM, product_id=knife, language="ja", text=text, at=AT)
    assert queries.product(product_id=knife, language="ja").title == "包丁"
    mine = TextDraft("ペティナイフ", provenance="written")
    services.write_text(actor=SYSTEM, product_id=knife, language="ja", text=mine, at=AT)
    state = {state.language: state for state in queries.text_states(product_id=knife)}["ja"]
    assert (state.title, state.provenance, state.reviewed) == ("ペティナイフ", "written", True)
    with pytest.raises(InvalidInput):
        services.write_text(actor=SYSTEM, product_id=knife, language="ja", text=TextDraft(" "), at=AT)
    with pytest.raises(UnknownProduct):
        services.write_text(actor=SYSTEM, product_id="nothing", language="ja", text=mine, at=AT)


def test_gaps_say_what_is_missing_and_close_one_by_one(knife):
    gap = queries.gaps(languages=("en", "de", "ja"))[0]
    assert (gap.handle, gap.languages, gap.unread) == ("knife", ("ja",), ("de",))
    assert (gap.without_picture, gap.assumed, gap.labels) == (("K-1",), ("mass_g",), ("origin_mark", "material"))
    assert gap.percent < 100
    ja = TextDraft("包丁", provenance="written")
    services.write_text(actor=SYSTEM, product_id=knife, language="ja", text=ja, at=AT)
    services.review_text(actor=SYSTEM, product_id=knife, language="de", at=AT)
    services.confirm_customs_data(actor=SYSTEM, skus=["K-1"])
    services.set_pictures(actor=SYSTEM, product_id=knife, pictures=["/media/k.svg"])
    drafts = [LabelDraft("knife", kind, "en", ("Words",)) for kind in ("origin_mark", "material")]
    services.write_labels(actor=SYSTEM, drafts=drafts)
    assert queries.gaps(languages=("en", "de", "ja"))[0].percent == 100
    assert queries.gaps(languages=("ar",), market="SA")[0].labels == ("origin_mark", "material")
    assert queries.gaps(languages=("en",), after="knife") == ()
