"""Catalogue and documents through their services and queries: budgets of statements, languages, refusals."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.catalogue.errors import NotACustomsField, UnknownArticle, UnknownCategory, UnknownProduct
from entrepot.domains.catalogue.types import CategoryDraft, ProductDraft, TextDraft, VariantDraft
from entrepot.domains.documents import queries as documents
from entrepot.domains.documents import services as files
from entrepot.domains.documents.errors import FileLost, NoSuchFile
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, PermissionDenied

pytestmark = pytest.mark.django_db
ARTICLE = VariantDraft(
    "X-1", {"en": "red", "de": "rot"}, "940521", "CN", 900, 300, 200, 100, "Desk lamp, LED", ("origin", "mass_g")
)


def a_product(number: int = 1, **changes) -> ProductDraft:
    article = msgspec.structs.replace(ARTICLE, sku=f"X-{number}")
    draft = ProductDraft(
        handle=f"lamp-{number}",
        category="lamps",
        texts={
            "en": TextDraft("Desk lamp", "Turns.", "Zhongshan", "Colour", {"Material": "steel"}),
            "de": TextDraft("Leuchte", "Dreht sich.", "Zhongshan", "Farbe", {"Material": "Stahl"}),
        },
        variants=(article, msgspec.structs.replace(article, sku=f"X-{number}b", options={"en": "blue"}, assumed=())),
        pictures=("/media/a.svg",),
    )
    return msgspec.structs.replace(draft, **changes)


@pytest.fixture
def lamps() -> list[str]:
    shelves = [
        CategoryDraft("home", {"en": "Home", "de": "Wohnen", "zh-Hans": "家居"}, tile="sand"),
        CategoryDraft("lamps", {"en": "Lamps"}, parent="home", tile="sky"),
    ]
    with db.transaction():
        services.upsert_categories(actor=SYSTEM, drafts=shelves)
        done = services.upsert_products(actor=SYSTEM, drafts=[a_product(n) for n in range(1, 21)])
    return list(done.ids.values())


def statements(call) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


# ---- budgets


@pytest.mark.parametrize(
    ("most", "call"),
    [
        (1, lambda ids: catalogue.variant_facts(skus=["X-1", "X-2", "X-3b"], language="de")),
        (1, lambda ids: catalogue.facts_of_products(product_ids=ids)),
        (1, lambda ids: catalogue.is_published(["X-1"], "DE")),
        (1, lambda ids: catalogue.search_documents(product_ids=ids)),
        (2, lambda ids: catalogue.categories(language="de")),
        (2, lambda ids: catalogue.product(handle="lamp-1", language="de")),
        (2, lambda ids: catalogue.products(ids=ids, language="ar")),
    ],
)
def test_reads_take_few_statements(lamps, most, call):
    assert statements(lambda: call(lamps)) <= most


def test_an_upsert_takes_as_many_statements_for_two_hundred_as_for_two(lamps):
    def few():
        with db.transaction():
            services.upsert_products(actor=SYSTEM, drafts=[a_product(n, brand="A") for n in (1, 2)])

    def many():
        with db.transaction():
            services.upsert_products(actor=SYSTEM, drafts=[a_product(n, brand="B") for n in range(1, 201)])

    few()
    assert statements(many) <= statements(lambda: few()) + 3 <= 25


# ---- languages


def test_texts_come_in_the_language_asked_for_or_say_which_they_are(lamps):
    german = catalogue.product(handle="lamp-1", language="de-DE")
    assert (german.title, german.language, german.option_name, german.attributes) == (
        "Leuchte", "de", "Farbe", {"Material": "Stahl"},
    )  # fmt: skip
    assert [v.option for v in german.variants] == ["rot", "blue"]
    chinese = catalogue.product(product_id=german.id, language="zh-hans")
    assert (chinese.title, chinese.language) == ("Desk lamp", "en"), "a fallback is visible"
    assert chinese.tile == "sky"
    assert catalogue.variant_facts(skus=["X-1"], language="de")["X-1"].title == "Leuchte"


def test_attributes_keep_the_order_of_their_writer(lamps):
    words = {"Weight": "1 kg", "A": "1", "Zoom": "2", "Colour": "red"}
    with db.transaction():
        draft = a_product(1, texts={"en": TextDraft("Desk lamp", attributes=words)})
        services.upsert_products(actor=SYSTEM, drafts=[draft])
    assert list(catalogue.product(handle="lamp-1").attributes) == list(words)


def test_shelves_are_named_in_a_language_and_counted_with_what_is_below(lamps):
    home, shelf = catalogue.categories(language="zh_Hans")
    assert (home.slug, home.name, home.products) == ("home", "家居", 20)
    assert (shelf.parent, shelf.name, shelf.products) == ("home", "Lamps", 20)


def test_paging_over_skus_and_products(lamps):
    first = catalogue.all_skus(limit=15)
    rest = catalogue.all_skus(after=first[-1])
    assert len(first) + len(rest) == 40 and not set(first) & set(rest)
    ids = catalogue.product_ids(limit=12)
    assert set(ids) | set(catalogue.product_ids(after=ids[-1])) == set(lamps)
    assert set(catalogue.product_ids(category="lamps")) == set(lamps)


def test_unknown_things(lamps):
    assert catalogue.variant_facts(skus=["nope", "X-1"]).keys() == {"X-1"}
    with pytest.raises(UnknownProduct, match="nope"):
        catalogue.product(handle="nope")
    with pytest.raises(UnknownProduct):
        catalogue.product(product_id="not-a-uuid")
    with pytest.raises(UnknownCategory), db.transaction():
        services.upsert_products(actor=SYSTEM, drafts=[a_product(1, category="nowhere")])
    with pytest.raises(UnknownCategory), db.transaction():
        services.upsert_categories(actor=SYSTEM, drafts=[CategoryDraft("a", {}, parent="b")])


# ---- publication


def test_publication_tells_only_what_is_new_and_once_for_all_markets(lamps):
    with db.transaction():
        assert len(services.publish_products(actor=SYSTEM, product_ids=lamps[:2], market="DE")) == 2
        assert len(services.publish_products(actor=SYSTEM, product_ids=lamps[:3], markets=("DE", "US"))) == 3
    rows = db.fetch("SELECT payload FROM infra_outboxevent WHERE topic = 'catalogue.products_published.v1' ORDER BY id")
    told = [(len(p["product_ids"]), p["markets"]) for p in (db.as_json(row[0]) for row in rows)]
    assert sorted(told) == [(1, ["DE", "US"]), (2, ["DE"]), (2, ["US"])]
    assert catalogue.markets_of(product_ids=lamps[:4]) == {
        lamps[0]: ("DE", "US"), lamps[1]: ("DE", "US"), lamps[2]: ("DE", "US"),
    }  # fmt: skip
    with db.transaction():
        assert services.withdraw_products(actor=SYSTEM, product_ids=lamps, market="US") == tuple(sorted(lamps[:3]))
    assert catalogue.published(market="US") == ()


# ---- customs data


def test_confirming_takes_the_mark_away_and_is_asked_of_staff_only(lamps):
    assert {f.sku for f in catalogue.customs_to_confirm()} == {f"X-{n}" for n in range(1, 21)}
    assert catalogue.assumed_count() == 20
    with db.transaction():
        assert services.confirm_customs_data(actor=SYSTEM, skus=["X-1", "X-2"], fields=["origin"]) == 2
        assert services.confirm_customs_data(actor=SYSTEM, skus=["X-1", "X-2"], fields=["origin"]) == 0
        assert services.confirm_customs_data(actor=SYSTEM, skus=["X-1"], fields={"mass_g": "850"}) == 1
    facts = catalogue.variant_facts(skus=["X-1", "X-2"])
    assert (facts["X-1"].assumed, facts["X-1"].mass_g) == ((), 850)
    assert facts["X-2"].assumed == ("mass_g",)
    operator = Actor("staff", "7", frozenset({"catalogue.publish"}))
    with pytest.raises(PermissionDenied), db.transaction():
        services.confirm_customs_data(actor=operator, skus=["X-1"])


@pytest.mark.parametrize(
    ("error", "skus", "fields"),
    [
        (UnknownArticle, ["X-1", "nope"], ["origin"]),
        (NotACustomsField, ["X-1"], ["price"]),
        (NotACustomsField, ["X-1"], {"sku; DROP TABLE": "x"}),
        (InvalidInput, ["X-1"], {"hs_code": "12"}),
        (InvalidInput, ["X-1"], {"origin": "China"}),
        (InvalidInput, ["X-1"], {"mass_g": "-4"}),
        (InvalidInput, ["X-1"], {"customs_description": "x"}),
    ],
)
def test_wrong_customs_data_change_nothing(lamps, error, skus, fields):
    before = catalogue.variant_facts(skus=["X-1"])
    with pytest.raises(error), db.transaction():
        services.confirm_customs_data(actor=SYSTEM, skus=skus, fields=fields)
    assert catalogue.variant_facts(skus=["X-1"]) == before


# ---- files


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_file_is_stored_once_under_the_hash_of_its_bytes(folder):
    with db.transaction():
        one = files.store_file(actor=SYSTEM, content=b"<svg/>", mime="image/svg+xml", name="a.svg", retention="public")
        two = files.store_file(actor=SYSTEM, content=b"<svg/>", mime="image/svg+xml", name="b.svg", retention="public")
    assert one == two == hashlib.sha256(b"<svg/>").hexdigest()
    assert documents.file(id=one) == (b"<svg/>", "image/svg+xml", "a.svg")
    assert [p.name for p in folder.rglob("*") if p.is_file()] == [one]
    assert not documents.exists(id="0" * 64)
    with pytest.raises(NoSuchFile):
        documents.file(id="0" * 64)


def test_lost_or_altered_bytes_are_noticed(folder):
    with db.transaction():
        key = files.store_file(
            actor=SYSTEM, content=b"paper", mime="application/pdf", name="p.pdf", retention="tax_10_years"
        )
    place = folder / key[:2] / key
    place.write_bytes(b"other")
    with pytest.raises(FileLost):
        documents.file(id=key)
    place.unlink()
    with pytest.raises(FileLost):
        documents.file(id=key)


def test_pictures_are_served_for_ever_and_papers_are_not_found_there(client):
    with db.transaction():
        picture = files.store_file(
            actor=SYSTEM, content=b"<svg id='1'/>", mime="image/svg+xml", name="x", retention="public"
        )
        paper = files.store_file(
            actor=SYSTEM, content=b"%PDF", mime="application/pdf", name="x", retention="tax_10_years"
        )
    answer = client.get(f"/media/{picture}.svg")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"<svg id='1'/>", "image/svg+xml")
    assert "immutable" in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.get(f"/media/{picture}.svg", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    for name in (f"{paper}.svg", f"{paper}.pdf", "0" * 64 + ".svg", "../settings.py", "x.svg"):
        assert client.get(f"/media/{name}").status_code == 404
    assert client.post(f"/media/{picture}.svg").status_code in (403, 404, 405)
    assert django_settings.MEDIA_ROOT
