"""Words of products in the console: side by side, two writers, two readers, labels, pictures, completeness."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.offers import queries as offers
from entrepot.domains.organisation import services as organisation
from entrepot.flows.price.publish_offers import publish_offers
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    return store


@pytest.fixture
def owner():
    return logged_in()


@pytest.fixture
def cup():
    return catalogue.variant_facts(skus=["TEA-CUP"])["TEA-CUP"].product_id


def form(cup, language="de", **changes):
    known = catalogue.texts(product_id=cup).get(language)
    return {
        "title": "Teetasse", "description": "Aus Porzellan.", "maker_place": "Jingdezhen", "option_name": "Farbe",
        "attributes": "Höhe: 8 cm\nGlasur： Celadon", "provenance": "written", "mark": known.mark if known else "", **changes,
    }  # fmt: skip


def test_a_text_is_written_and_shop_and_badges_follow(owner, cup):
    page = f"/console/products/{cup}/texts?from=en&to=de"
    with CaptureQueriesContext(connection) as statements:
        assert owner.get(page).status_code == 200
    assert len(statements) <= MOST_STATEMENTS
    publish_offers(actor=SYSTEM, at=clock.now(), product_ids=[cup])
    assert owner.post(page, form(cup)).status_code == 302
    text = catalogue.texts(product_id=cup)["de"]
    assert (text.title, text.provenance, text.reviewed) == ("Teetasse", "written", True)
    assert text.attributes == {"Höhe": "8 cm", "Glasur": "Celadon"}
    shown = words(owner.get(page))
    assert "Entered by Lin Lan" in shown and 'value="Teetasse"' in shown
    builders.deliver_all()
    assert [card.title for card in offers.cards(market="DE", language="de", product_ids=[cup])] == ["Teetasse"]


def test_two_who_write_at_once_lose_nothing(owner, cup):
    page = f"/console/products/{cup}/texts?to=de"
    first = second = form(cup)
    assert owner.post(page, {**first, "title": "Tasse für Tee"}).status_code == 302
    answer = owner.post(page, {**second, "title": "Becher"})
    shown = words(answer)
    assert answer.status_code == 409 and "Somebody else has saved this text" in shown
    assert 'value="Becher"' in shown and "Tasse für Tee" in shown
    assert catalogue.texts(product_id=cup)["de"].title == "Tasse für Tee"
    assert owner.post(page, form(cup, title="Teebecher")).status_code == 302  # after comparing
    assert catalogue.texts(product_id=cup)["de"].title == "Teebecher"


def test_a_machines_words_wait_for_somebody_else(owner, cup):
    page = f"/console/products/{cup}/texts"
    owner.post(f"{page}?to=de", form(cup, provenance="machine"))
    assert not catalogue.texts(product_id=cup)["de"].reviewed
    owner.post(f"{page}/review", {"language": "de"})
    assert not catalogue.texts(product_id=cup)["de"].reviewed
    assert "Somebody else has to read it" in words(owner.get(f"{page}?to=de"))
    logged_in("operator").post(f"{page}/review", {"language": "de"})
    assert catalogue.texts(product_id=cup)["de"].reviewed


def test_the_switch_asks_a_second_reader_of_everybody(owner, cup):
    with db.transaction():
        organisation.set_switch(actor=SYSTEM, name="catalogue.second_reader", on=True)
    owner.post(f"/console/products/{cup}/texts?to=de", form(cup))
    assert not catalogue.texts(product_id=cup)["de"].reviewed


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"title": "  "}, "A title has 1 to 300"), ({"title": "x" * 301}, "A title has 1 to 300"),
     ({"attributes": "no colon"}, "name: value")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_stays(owner, cup, changes, why):
    answer = owner.post(f"/console/products/{cup}/texts?to=de", form(cup, description="Kept here.", **changes))
    shown = words(answer)
    assert answer.status_code == 422 and why in shown and "Kept here." in shown and 'aria-invalid="true"' in shown
    assert (
        "Kept here." not in catalogue.texts(product_id=cup).get("de", catalogue.texts(product_id=cup)["en"]).description
    )


def test_who_may_not_write_sees_and_cannot(cup):
    auditor = logged_in("auditor")
    shown = words(auditor.get(f"/console/products/{cup}/texts?to=de"))
    assert "Your role may not write texts of products" in shown and 'name="description"' not in shown
    before = catalogue.texts(product_id=cup)
    auditor.post(f"/console/products/{cup}/texts?to=de", form(cup))
    assert catalogue.texts(product_id=cup) == before
    assert auditor.post(f"/console/products/{cup}/texts/review", {"language": "de"}).status_code == 403


def test_a_label_is_written_for_one_market_alone(owner, cup):
    page = f"/console/products/{cup}/labels?market=DE&language=de"
    assert owner.post(page, {"origin_mark": "Hergestellt in China", "material": "Porzellan\nGlasur"}).status_code == 302
    seen = catalogue.label(product_id=cup, market="DE", language="de")
    assert [(row.kind, row.words) for row in seen] == [
        ("origin_mark", "Hergestellt in China"), ("material", "Porzellan"), ("material", "Glasur"),
    ]  # fmt: skip
    assert "Porzellan" not in {r.words for r in catalogue.label(product_id=cup, market="US", language="de")}
    assert owner.post(page, {"origin_mark": "x" * 501}).status_code == 422


def test_pictures_are_known_by_their_bytes_ordered_and_removed(owner, cup):
    page = f"/console/products/{cup}/pictures"
    before = catalogue.product(product_id=cup).pictures
    owner.post(page, {"file": SimpleUploadedFile("cup.png", b"<script>alert(1)</script>")})
    assert catalogue.product(product_id=cup).pictures == before
    assert "Send a PNG, JPEG or WebP" in words(owner.get(f"/console/products/{cup}/texts"))
    owner.post(page, {"file": SimpleUploadedFile("odd.txt", PNG)})
    added = catalogue.product(product_id=cup).pictures[-1]
    assert added.endswith(".png") and owner.get(added)["Content-Type"] == "image/png"
    owner.post(page, {"deed": "first", "picture": added})
    assert catalogue.product(product_id=cup).pictures == (added, *before)
    owner.post(page, {"deed": "remove", "picture": added})
    assert catalogue.product(product_id=cup).pictures == before


def test_completeness_counts_by_language_and_market(owner, cup):
    owner.post(f"/console/products/{cup}/texts?to=de", form(cup, provenance="machine"))
    found = {(c.market, c.language): c for c in catalogue.coverage(languages=["en", "de"])}
    assert found["DE", "en"].told == found["DE", "en"].products > 0
    assert found["DE", "de"].told - found["DE", "de"].read >= 1
    with CaptureQueriesContext(connection) as statements:
        shown = words(owner.get("/console/completeness?market=DE"))
    assert len(statements) <= MOST_STATEMENTS
    assert f"/console/products/{cup}/texts?to=de" in shown


def test_a_product_says_what_each_market_lacks(owner, cup):
    with CaptureQueriesContext(connection) as statements:
        shown = words(owner.get(f"/console/products/{cup}"))
    assert len(statements) <= MOST_STATEMENTS
    assert f'no words in <a class="link" href="/console/products/{cup}/texts?to=de">' in shown
    owner.post(f"/console/products/{cup}/texts?to=de", form(cup))
    assert f"/console/products/{cup}/texts?to=de" not in words(owner.get(f"/console/products/{cup}"))
