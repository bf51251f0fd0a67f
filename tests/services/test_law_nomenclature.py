"""Nomenclatures are imported, re-imported and searched; choices are recorded and learned from; pages show and store them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.errors import UnknownArticle
from entrepot.domains.customs import queries as customs
from entrepot.domains.customs import services
from entrepot.domains.customs.models import ClassificationChoice
from entrepot.domains.customs.types import NomenclatureRow
from entrepot.flows.bring_in.import_nomenclature import import_nomenclature
from entrepot.flows.declare.classify_article import classify_article
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.interfaces.console import counts
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, PermissionDenied
from tests import builders
from tests.flows.test_console_pages import logged_in
from tests.nomenclature import FILE, ROWS

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
MOST_STATEMENTS = 18


@pytest.fixture(autouse=True)
def fresh():
    forget_all()
    yield
    forget_all()


@pytest.fixture
def loaded(tmp_path):
    path = tmp_path / "hs.csv"
    path.write_text(FILE, "utf-8")
    return import_nomenclature(actor=SYSTEM, path=path, source="fixture"), path


@pytest.fixture
def sku():
    builders.seed_shop()
    counts.forget()
    return "TEA-CUP"


def test_an_import_touches_only_what_differs(loaded) -> None:
    done, path = loaded
    assert (done.read, done.changed) == (len(ROWS), len(ROWS))
    assert import_nomenclature(actor=SYSTEM, path=path, source="fixture").changed == 0
    path.write_text(FILE.replace("Ceramic products", "Products of clay"), "utf-8")
    assert import_nomenclature(actor=SYSTEM, path=path, source="fixture").changed == 1


def test_a_text_in_another_language_stands_beside_the_first(loaded) -> None:
    german = NomenclatureRow("691110", "6911", "HS", "de", "Geschirr aus Porzellan, Teekannen")
    with db.transaction():
        assert services.import_nomenclature(actor=SYSTEM, rows=[german], source="fixture") == 1
    assert customs.codes_found(text="Teekannen")[0].code == "691110"
    assert customs.codes_found(text="691110")[0].text.startswith("Tableware")


def test_search_takes_digits_and_words_and_leafing_goes_down(loaded) -> None:
    assert [step.code for step in customs.codes_found(text="6109")] == ["6109", "610910", "610990"]
    assert customs.codes_found(text="100%_") == ()
    assert [step.code for step in customs.codes_below()] == ["VIII", "XI", "XIII"]
    assert [step.code for step in customs.codes_below(parent="69")] == ["6911", "6912"]


def test_a_choice_is_stored_with_the_article_and_raises_its_code(loaded, sku) -> None:
    text = "harbour mug of glazed clay"
    assert "611020" not in [one.hs6 for one in customs.candidates(description=text)]
    classify_article(actor=SYSTEM, sku=sku, description=text, code="611020", at=AT)
    facts = catalogue.variant_facts(skus=[sku])[sku]
    assert facts.hs_code == "611020" and "hs_code" not in facts.assumed
    best = customs.candidates(description="harbour mug of glazed clay, blue")[0]
    assert best.hs6 == "611020" and best.reasons[0].kind == "choice"
    stored = ClassificationChoice.objects.get()
    assert (stored.sku, stored.actor_kind, stored.chosen_at) == (sku, "system", AT)


def test_nothing_is_stored_when_half_of_it_is_wrong(loaded, sku) -> None:
    with pytest.raises(UnknownArticle):
        classify_article(actor=SYSTEM, sku="NO-SUCH", description="mug", code="691200", at=AT)
    for description, code in (("mug", "69"), ("£5", "691200")):
        with pytest.raises(InvalidInput):
            classify_article(actor=SYSTEM, sku=sku, description=description, code=code, at=AT)
    with pytest.raises(PermissionDenied):
        classify_article(actor=Actor("staff", "1"), sku=sku, description="mug", code="691200", at=AT)
    assert not ClassificationChoice.objects.exists()


def test_the_page_proposes_with_reasons_and_duty_and_stores(loaded, sku) -> None:
    browser = logged_in("operator")
    browser.get("/console/codes")  # what the rail counts is kept for seconds
    customs.nomenclature_index()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = browser.get("/console/codes", {"d": "cotton t-shirt", "sku": sku, "origin": "CN"})
    page = answer.content.decode()
    assert answer.status_code == 200 and len(asked) <= MOST_STATEMENTS, [one["sql"][:90] for one in asked]
    assert page.index("code-610910") < page.index("code-610990")
    assert "cotton" in page and "12 %" in page and "fixture" in page
    browser.post("/console/codes/use", {"d": "cotton t-shirt", "sku": sku, "code": "610910"})
    assert catalogue.variant_facts(skus=[sku])[sku].hs_code == "610910"
    assert "You chose this for" in browser.get("/console/codes", {"d": "cotton t-shirt"}).content.decode()


def test_the_page_says_what_is_missing(sku) -> None:
    page = logged_in().get("/console/codes", {"d": "lamp"}).content.decode()
    assert "No nomenclature is loaded" in page and "No code was found" in page


def test_who_may_not_confirm_may_not_choose(loaded, sku) -> None:
    before = catalogue.variant_facts(skus=[sku])[sku].hs_code
    assert logged_in("warehouse").get("/console/codes").status_code == 403
    logged_in("finance").post("/console/codes/use", {"d": "cotton t-shirt", "sku": sku, "code": "610910"})
    assert catalogue.variant_facts(skus=[sku])[sku].hs_code == before
