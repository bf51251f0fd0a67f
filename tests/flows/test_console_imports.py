"""A file sent in the console: previewed and brought in by the worker, never in the request; refused rows can be fetched."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entrepot.domains.catalogue import queries as catalogue
from entrepot.flows.bring_in.import_sent_files import import_sent_files
from entrepot.infra import clock, schedule
from entrepot.interfaces.console import counts
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
FILE = "handle,sku,title,price,stock\nmug,MUG-1,Mug,12.50,5\nbad,BAD-1,Bad,lots,1\n"


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    return store


@pytest.fixture
def owner():
    return logged_in()


def send(browser, content=FILE, name="goods.csv", **form):
    return browser.post("/console/imports", {"file": SimpleUploadedFile(name, content.encode()), **form})


def test_a_file_is_previewed_confirmed_and_brought_in_by_the_worker(owner):
    page = send(owner, market=["DE"], language="en")["Location"]
    assert owner.get(page)["Refresh"] == "3" and not catalogue.variant_facts(skus=["MUG-1"])
    assert "bring_in.import_sent_files" in {entry.name for entry in schedule.entries()}
    assert import_sent_files(clock.now()) == 1
    (sent,) = catalogue.file_imports()
    assert (sent.state, sent.report["added"], sent.report["refused_rows"]) == ("previewed", 1, 1)
    assert not catalogue.variant_facts(skus=["MUG-1"]), "a preview writes nothing"
    assert "Bring it in" in words(owner.get(page))
    refused = owner.get(f"{page}/errors")
    assert "lots" in refused.content.decode("utf-8-sig") and "attachment" in refused["Content-Disposition"]
    owner.post(f"{page}/confirm")
    assert import_sent_files(clock.now()) == 1
    assert catalogue.file_import(import_id=sent.id).state == "done"
    product = catalogue.variant_facts(skus=["MUG-1"])["MUG-1"].product_id
    assert catalogue.markets_of(product_ids=[product]) == {product: ("DE",)}
    assert import_sent_files(clock.now()) == 0
    owner.post(f"{page}/confirm")
    assert catalogue.file_import(import_id=sent.id).state == "done"


def test_a_file_nobody_can_read_fails_with_the_reason(owner):
    page = send(owner, "hello\n", "odd.txt")["Location"]
    import_sent_files(clock.now())
    shown = words(owner.get(page))
    assert (
        "Could not be read" in shown
        and "fits no form known" in shown
        and "Bring it in" not in shown.split("Done")[0][-400:]
    )
    assert catalogue.file_imports()[0].state == "failed"


def test_an_empty_file_and_who_may_not(owner):
    answer = owner.post("/console/imports", {"file": SimpleUploadedFile("empty.csv", b"")}, follow=True)
    assert "Choose a file that is not empty" in words(answer)
    send(logged_in("auditor"))
    assert catalogue.file_imports() == ()
