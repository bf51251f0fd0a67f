"""Importing catalogue files: whole products in, bad rows out, nothing twice, nothing by halves."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services as price_services
from entrepot.flows.bring_in import import_catalogue as flow
from entrepot.flows.bring_in import import_catalogue_batch
from entrepot.flows.bring_in.import_catalogue_files import ErrorFile, load_defaults, open_lines
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import DataFault, InvalidInput, NotFound
from tests.goods_builders import DAY, a_file, bare_store, bring

pytestmark = pytest.mark.django_db
SHARED = Path(os.environ.get("ENTREPOT_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
HOWTO = Path(__file__).parents[2] / "docs" / "howto"
TABLES = ("catalogue_product", "catalogue_producttext", "catalogue_variant", "catalogue_publication",
          "catalogue_category", "pricing_price", "inventory_stock", "inventory_movement")  # fmt: skip


@pytest.fixture
def store():
    return bare_store()


def versions() -> dict[str, list[tuple]]:
    """Return id and xmin of every row an import may touch."""
    return {table: db.fetch(f"SELECT id, xmin::text FROM {table} ORDER BY id") for table in TABLES}


def events(topic: str) -> list[dict]:
    rows = db.fetch("SELECT payload FROM infra_outboxevent WHERE topic = %s ORDER BY id", [topic])
    return [db.as_json(row[0]) for row in rows]


def price(store, sku: str) -> Decimal:
    return pricing.prices(skus=[sku], currency="USD", store_id=store.id, on=DAY)[sku].unit_price


# ---- once, again, and changed


def test_whole_products_go_in(store):
    report, refused = bring(store, a_file(3))
    assert refused == []
    assert (report.added, report.variants, report.prices_changed, report.stock_received, report.published) == (
        3,
        6,
        6,
        6,
        3,
    )
    facts = catalogue.variant_facts(skus=["L1-red", "L1-blue"])
    assert facts["L1-red"].category == "lamps"
    assert "hs_code" in facts["L1-red"].assumed
    assert facts["L1-red"].picture.startswith("/media/") and facts["L1-red"].picture != facts["L1-blue"].picture
    assert price(store, "L2-red") == Decimal("25")
    assert inventory.available(skus=["L0-red"])["L0-red"] == {"SZX": 8}
    assert catalogue.is_published(["L0-red", "L2-blue"], "DE") == {"L0-red", "L2-blue"}
    assert catalogue.is_published(["L0-red"], "SA") == set()


def test_the_same_file_again_touches_no_row(store):
    bring(store, a_file(4))
    before, told = versions(), len(events("catalogue.products_changed.v1"))
    report, _ = bring(store, a_file(4))
    assert (report.added, report.changed, report.unchanged, report.prices_changed, report.stock_received) == (
        0,
        0,
        4,
        0,
        0,
    )
    assert versions() == before
    assert len(events("catalogue.products_changed.v1")) == told
    assert inventory.available(skus=["L0-red"])["L0-red"] == {"SZX": 8}, "opening stock is not doubled"


def test_a_later_day_sets_no_price_that_is_the_same(store):
    bring(store, a_file(2))
    report, _ = bring(store, a_file(2), on=DAY.replace(month=12))
    assert (report.unchanged, report.prices_changed) == (2, 0)


def test_a_changed_file_touches_only_what_differs(store):
    bring(store, a_file(5))
    before = versions()
    text = (
        a_file(5)
        .replace("Desk lamp 3", "Reading lamp 3")
        .replace("L4-red,Desk lamp 4,red,25.00", "L4-red,Desk lamp 4,red,26.00")
    )
    report, _ = bring(store, text)
    assert (report.added, report.changed, report.unchanged, report.prices_changed) == (0, 2, 3, 1)
    after = versions()
    differ = {table: len(set(after[table]) ^ set(before[table])) for table in TABLES}
    assert differ["catalogue_producttext"] == 2, "one text, seen before and after"
    assert differ["catalogue_variant"] == differ["inventory_stock"] == differ["catalogue_publication"] == 0
    assert price(store, "L4-red") == Decimal("26")
    (told,) = events("catalogue.products_changed.v1")[-2:][:1] or [None]
    changed = {key for event in events("catalogue.products_changed.v1") for key in event["product_ids"]}
    assert changed == {catalogue.product(handle="lamp-3").id, catalogue.product(handle="lamp-4").id}
    assert told is not None


def test_a_preview_says_what_would_be_done_and_does_nothing(store):
    bring(store, a_file(2))
    before = versions()
    count = db.fetch("SELECT count(*) FROM infra_outboxevent")
    files = db.fetch("SELECT count(*) FROM documents_storedfile")
    text = a_file(4).replace("Desk lamp 1", "Night light 1") + "bad,B-1,,red,1,1\n"
    report, refused = bring(store, text, preview=True)
    assert (report.added, report.changed, report.unchanged, report.refused_products) == (2, 1, 1, 1)
    assert [p.field for p in refused] == ["title"]
    assert versions() == before
    assert db.fetch("SELECT count(*) FROM infra_outboxevent") == count
    assert db.fetch("SELECT count(*) FROM documents_storedfile") == files
    done, _ = bring(store, text)
    assert (done.added, done.changed, done.unchanged) == (report.added, report.changed, report.unchanged)


# ---- bad rows


def test_good_rows_go_in_and_bad_rows_come_out_with_their_rule(store, tmp_path):
    text = (
        "handle,sku,title,price,hs_code,description\n"
        "good,G-1,Good lamp,10,940521,fine\n"
        "none,N-1,,10,,\n"
        "minus,M-1,Lamp,-3,,\n"
        "hs,H-1,Lamp,3,12x,\n"
        f"long,L-1,Lamp,3,,{'z' * 1_000_000}\n"
        "script,S-1,<script>alert(1)</script>,3,,\n"
        "twice,G-1,Lamp,3,,\n"
        'sql,Q-1,"Robert\'); DROP TABLE catalogue_product;--",3,,"\' OR 1=1 --"\n'
    ).encode() + b"latin,A-1,L\xe4mpchen,3,,\n"
    path = tmp_path / "dirty.csv"
    path.write_bytes(text)
    errors = ErrorFile(tmp_path / "bad.csv")
    with open_lines(path) as (form, lines, _):
        report, refused = bring(store, list(lines), form)
    for problem in refused:
        errors(problem)
    errors.close()
    assert report.added == 2
    assert [(p.row, p.field) for p in refused] == [
        (3, "title"), (4, "price"), (5, "hs_code"), (6, "description"), (7, "title"), (8, "sku"), (10, "title"),
    ]  # fmt: skip
    assert catalogue.product(handle="sql").title == "Robert'); DROP TABLE catalogue_product;--"
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0]) == ["row", "field", "value", "rule"]
    assert (rows[1]["value"], "above zero" in rows[1]["rule"]) == ("'-3", True), "no cell of it runs as a formula"
    assert (tmp_path / "bad.csv").stat().st_size < 3000


def test_a_sku_of_another_product_is_refused_and_nothing_of_that_product_goes_in(store):
    bring(store, a_file(1))
    report, refused = bring(store, "handle,sku,title,option,price\nnew,L0-red,New,a,5\nnew,N-2,,b,5\n")
    assert (report.added, report.refused_products, report.refused_rows) == (0, 1, 2)
    assert (refused[0].row, refused[0].value) == (2, "L0-red")
    assert "lamp-0" in refused[0].rule
    assert catalogue.owners_of(skus=["L0-red", "N-2"]) == {"L0-red": "lamp-0"}


def test_wrong_settings_are_said_before_anything_is_read(store, tmp_path):
    with pytest.raises(InvalidInput, match="Known forms"):
        bring(store, "", "xml")
    with pytest.raises(NotFound), open_lines(tmp_path / "nothing.csv"):
        pass
    (tmp_path / "odd.txt").write_text("hello\n")
    with pytest.raises(InvalidInput, match="--form"), open_lines(tmp_path / "odd.txt"):
        pass
    (tmp_path / "d.yaml").write_text("a: [")
    with pytest.raises(DataFault, match=r"d\.yaml"):
        load_defaults(tmp_path / "d.yaml")


def test_odd_and_damaged_files(store, tmp_path):
    excel = tmp_path / "excel.txt"
    excel.write_text("handle\tsku\ttitle\tprice\nu\tU-1\tLämpchen\t5\n", encoding="utf-16")
    with open_lines(excel) as (form, lines, _):
        report, refused = bring(store, lines, form)
    assert (report.added, refused) == (1, [])
    assert catalogue.product(handle="u").title == "Lämpchen"
    packed = gzip.compress(a_file(3000).encode())
    (tmp_path / "half.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InvalidInput, match="damaged"), open_lines(tmp_path / "half.csv.gz") as (form, lines, _):
        bring(store, lines, form)
    with pytest.raises(InvalidInput, match="cannot be read"), open_lines(tmp_path):
        pass
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InvalidInput), open_lines(tmp_path / "empty.csv"):
        pass


# ---- defaults and confirmation


def test_a_defaults_file_may_extend_the_standard(store, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "extends: standard\nshelves:\n- {slug: lamps, customs: {mass_g: 777}}\n"
        "- {slug: kites, parent: toys, names: {en: Kites}, match: [kite], kind: train}\n"
    )
    text = "handle,sku,title,price\nk,K-1,Box kite,5\nl,L-1,Desk lamp,5\n"
    bring(store, text, defaults=load_defaults(own))
    facts = catalogue.variant_facts(skus=["K-1", "L-1"])
    assert (facts["K-1"].category, facts["K-1"].hs_code) == ("kites", "950300")
    assert (facts["L-1"].mass_g, facts["L-1"].hs_code) == (777, "940521")
    assert {c.slug for c in catalogue.categories()} == {"kites", "toys", "lamps", "home"}, "no empty shelves"


def test_what_a_person_confirmed_is_not_put_back_by_a_default(store):
    bring(store, a_file(2))
    with db.transaction():
        touched = services.confirm_customs_data(
            actor=SYSTEM, skus=["L0-red"], fields={"hs_code": "940529", "mass_g": 900}
        )
    assert touched == 1
    report, _ = bring(store, a_file(2))
    assert report.unchanged == 2
    facts = catalogue.variant_facts(skus=["L0-red", "L0-blue"])
    assert (facts["L0-red"].hs_code, facts["L0-red"].mass_g) == ("940529", 900)
    assert not {"hs_code", "mass_g"} & set(facts["L0-red"].assumed)
    assert "hs_code" in facts["L0-blue"].assumed
    report, _ = bring(store, a_file(2, hs_code="940541"))
    assert catalogue.variant_facts(skus=["L0-red"])["L0-red"].hs_code == "940541", "the file's own word counts"
    assert report.changed == 2


# ---- halves


def test_a_fault_in_the_middle_leaves_whole_products_and_the_next_run_does_the_rest(store, monkeypatch):
    monkeypatch.setattr(flow, "BATCH", 10)
    real, calls = import_catalogue_batch._receive, []

    def fails_in_the_third(*args):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the plug was pulled")
        return real(*args)

    monkeypatch.setattr(import_catalogue_batch, "_receive", fails_in_the_third)
    with pytest.raises(RuntimeError, match="plug"):
        bring(store, a_file(40))
    assert whole() == 20
    monkeypatch.undo()
    report, _ = bring(store, a_file(40))
    assert (report.added, report.unchanged) == (20, 20)
    assert whole() == 40


def whole() -> int:
    """Return the number of products; fail if one lacks its texts, both articles, a price, stock or publication."""
    rows = db.fetch(
        "SELECT p.handle, (SELECT count(*) FROM catalogue_producttext t WHERE t.product_id = p.id),"
        " (SELECT count(*) FROM catalogue_variant v JOIN pricing_price r ON r.sku = v.sku"
        "  JOIN inventory_stock s ON s.sku = v.sku AND s.on_hand = 8 WHERE v.product_id = p.id),"
        " (SELECT count(*) FROM catalogue_publication u WHERE u.product_id = p.id) FROM catalogue_product p"
    )
    assert {row[1:] for row in rows} <= {(1, 2, 2)}
    return len(rows)


@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_leaves_whole_products(tmp_path):
    bare_store()
    path = tmp_path / "many.csv"
    path.write_text(a_file(1500))
    command = [sys.executable, "-m", "tests.goods_import_child", str(path)]
    names = connection.settings_dict
    user = f"{names['USER']}@" if not names["PASSWORD"] else f"{names['USER']}:{names['PASSWORD']}@"
    host = f"?host={names['HOST']}&port={names['PORT']}" if "/" in names["HOST"] else ""
    place = "" if host else f"{names['HOST']}:{names['PORT']}"
    env = {**os.environ, "DATABASE_URL": f"postgresql://{user}{place}/{names['NAME']}{host}", "DATABASE_APP_URL": ""}
    child = subprocess.Popen(command, env=env, cwd=Path(__file__).parents[2])
    until = time.monotonic() + 60
    while db.fetch("SELECT count(*) FROM catalogue_product")[0][0] == 0 and child.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert 0 < whole() < 1500
    assert subprocess.run(command, env=env, cwd=Path(__file__).parents[2], check=False).returncode == 0
    assert whole() == 1500


# ---- real files


def test_the_example_shop_of_the_how_to_goes_in_whole(store):
    with open_lines(HOWTO / "example-shop.csv") as (form, lines, _):
        report, refused = bring(store, lines, form, stock=25)
    assert (form, report.added, refused) == ("shopify", 12, [])


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not on this machine")
@pytest.mark.parametrize("name", ["apparel", "home-and-garden", "jewelery"])
def test_real_shopify_files_go_in_whole(store, name):
    with open_lines(SHARED / "catalogue" / "shopify-product-csvs" / f"{name}.csv") as (form, lines, _):
        report, refused = bring(store, list(lines), form, stock=5)
    assert (report.added, refused) == (20, [])
    assert report.assumed == report.variants, "these files tell nothing about customs"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not on this machine")
def test_two_thousand_real_icecat_products(store, tmp_path):
    path = tmp_path / "part.jsonl.gz"
    with (
        gzip.open(SHARED / "search-relevance-icecat" / "products.jsonl.gz", "rt") as source,
        gzip.open(path, "wt") as out,
    ):
        out.writelines(line for number, line in enumerate(source) if number < 2000)
    with open_lines(path) as (form, lines, _):
        report, refused = bring(store, lines, form, stock=5)
    assert (form, report.products + report.refused_products) == ("icecat", 2000)
    assert [(p.row, p.field) for p in refused] == [(395, "title")]
    shelves = {c.slug: c.products for c in catalogue.categories()}
    assert shelves["electronics"] > 1500 and shelves["cables"] > 200
    assert shelves["various"] < 300, "nine of ten find their shelf"


def test_prices_of_another_currency_go_to_its_list(store):
    with db.transaction():
        price_services.set_up_price_list(actor=SYSTEM, code="main-eur", store_code="main", currency="EUR")
    record = {
        "handle": "x",
        "title": "Desk lamp",
        "variants": [{"sku": "X-1", "price": "10"}, {"sku": "X-2", "price": "9", "currency": "EUR"}],
    }
    report, refused = bring(store, [json.dumps(record)])
    assert (report.variants, refused) == (2, [])
    fact = pricing.prices(skus=["X-2"], currency="EUR", store_id=store.id, on=DAY)["X-2"]
    assert (fact.unit_price, fact.price_list) == (Decimal("9"), "main-eur")
