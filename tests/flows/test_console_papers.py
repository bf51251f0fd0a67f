"""Papers in the console over HTTP: printing, boxes, parcels, the page where a refusal is mended."""

from __future__ import annotations

import re

import msgspec
import pytest

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders import queries as orders
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import db, pdf
from entrepot.infra.memo import forget_all
from entrepot.interfaces.console import counts, urls
from tests import builders
from tests.fakes.carrier import carrying
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    db.execute("UPDATE logistics_lane SET carrier = 'post'")
    forget_all()
    counts.forget()
    return store


def a_shipment(market="SA", lines=None):
    placed = builders.a_confirmed_order(lines or {"SPK-MINI": 2}, market=market)
    return fulfilment.shipments(order_id=placed.order_id)[0]


def take(browser, shipment, *steps, **more):
    for step in steps:
        answer = browser.post(f"/console/shipments/{shipment.id}/{step}", more)
        assert answer.status_code == 302
    builders.deliver_all()


def test_pick_list_papers_and_labels_are_one_pdf_of_the_chosen_parcels():
    one, two = a_shipment(), a_shipment("US", {"LAMP-OAK": 1, "SPK-MINI": 1})
    browser = logged_in("warehouse")
    page = words(browser.get("/console/shipments?state=to_pick"))
    assert "Print the pick list" in page and f'value="{one.id}"' in page
    answer = browser.get("/console/shipments/print", {"what": "pick", "shipment": [one.id, two.id]})
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    take(browser, one, "pick", "pack", "ship")
    for what, pages in (("labels", 1), ("papers", 2), ("all", 3)):
        answer = browser.get("/console/shipments/print", {"what": what, "shipment": [one.id]})
        assert answer.status_code == 200 and pdf.page_count(answer.content) == pages, what
    nothing = browser.get("/console/shipments/print", {"what": "pick", "shipment": [one.id]})
    assert nothing.status_code == 404 and "nothing to print" in words(nothing)


def test_who_works_in_another_warehouse_prints_nothing_of_this_one():
    shipment = a_shipment()
    browser = logged_in("warehouse", scope="warehouse:RTM")
    answer = browser.get("/console/shipments/print", {"what": "pick", "shipment": [shipment.id]})
    assert answer.status_code == 404


def test_no_page_shows_a_parcel_of_another_warehouse_to_who_is_bound_to_one():
    shipment = a_shipment()
    chief = logged_in()
    take(chief, shipment, "pick", "pack", "ship")
    (parcel, *_) = logistics.parcels(order_id=shipment.order_id)
    number = orders.order(order_id=shipment.order_id).number
    ids = {"shipment_id": shipment.id, "parcel_id": parcel.id, "order_id": shipment.order_id}
    places = [p.pattern.regex.groupindex or set(p.pattern.converters) for p in urls.urlpatterns]
    bound = logged_in("warehouse", scope="warehouse:RTM")
    walked = 0
    for pattern, names in zip(urls.urlpatterns, places, strict=True):
        if not names or not set(names) <= {*ids, "step", "deed"}:
            continue
        path = "/console/" + str(pattern.pattern)
        for name, value in {**ids, "step": "pick", "deed": "track"}.items():
            path = path.replace(f"<str:{name}>", value)
        answer = bound.get(path)
        assert answer.status_code in (403, 404, 405), path
        assert number not in words(answer) and "SPK-MINI" not in words(answer), path
        walked += 1
    assert walked >= 6
    assert chief.get(f"/console/shipments/{shipment.id}/boxes").status_code == 200


def test_a_parcel_has_its_page_with_papers_steps_and_deeds():
    shipment = a_shipment()
    browser = logged_in("warehouse")
    take(browser, shipment, "pick", "pack", "ship")
    parcel = logistics.parcels(order_id=shipment.order_id)[0]
    assert f"/console/parcels/{parcel.id}" in words(browser.get(f"/console/orders/{shipment.order_id}"))
    page = words(browser.get(f"/console/parcels/{parcel.id}"))
    assert "CN 22 customs declaration" in page and "Packing list" in page and "Void it and book another" in page
    for document in re.findall(r"/console/documents/([0-9a-f]{64})", page):
        assert browser.get(f"/console/documents/{document}").content.startswith(b"%PDF")
    answer = browser.post(f"/console/parcels/{parcel.id}/void")
    new = logistics.parcels(order_id=shipment.order_id)[0]
    assert answer["Location"] == f"/console/parcels/{new.id}" and new.tracking_number != parcel.tracking_number
    assert "takes its place" in words(browser.get(answer["Location"]))
    told = {"code": "delivered", "place": "Riyadh", "words": "by phone", "signed_by": "N. Al-Harbi"}
    browser.post(f"/console/parcels/{new.id}/track", told)
    page = words(browser.get(f"/console/parcels/{new.id}"))
    assert "Proof of delivery" in page and "Written down" in page and "Write down a step" not in page
    assert browser.get(f"/console/parcels/{shipment.order_id}").status_code == 404


def test_a_refusal_leads_to_the_page_where_it_is_mended():
    shipment = a_shipment()
    db.execute("UPDATE catalogue_variant SET customs_description = 'Gift' WHERE sku = 'SPK-MINI'")
    browser = logged_in("operator")
    take(browser, shipment, "pick", "pack", next=f"/console/orders/{shipment.order_id}")
    page = words(browser.get(f"/console/orders/{shipment.order_id}"))
    assert "SPK-MINI cannot be labelled" in page and "too vague" in page and "/console/customs?sku=SPK-MINI" in page
    page = words(browser.get("/console/customs?sku=SPK-MINI"))
    assert 'name="customs_description:SPK-MINI"' in page and "A label waits" in page
    browser.post("/console/customs/confirm", {"sku": ["SPK-MINI"], "customs_description:SPK-MINI": "Loudspeaker"})
    take(browser, shipment, "pack")
    assert fulfilment.shipment(shipment_id=shipment.id).state == "packed"


def test_confirming_with_nothing_chosen_says_so_in_right_words():
    browser = logged_in("operator")
    browser.post("/console/customs/confirm", {})
    page = words(browser.get("/console/customs"))
    assert "Nothing was chosen" in page and "cannot be used" not in page


def test_goods_stand_in_the_operators_language():
    shipment = a_shipment()
    db.execute(
        "INSERT INTO catalogue_producttext (product_id, language, title, description, maker_place, option_name, attributes, provenance,"
        " reviewed) SELECT product_id, 'zh-Hans', '小音箱', '', '', '', '[]', 'written', true FROM catalogue_variant"
        " WHERE sku = 'SPK-MINI'"
    )
    browser = logged_in("operator", language="zh-hans")
    for path in ("/console/shipments?state=to_pick", f"/console/orders/{shipment.order_id}"):
        assert "小音箱" in words(browser.get(path))


def test_a_shipment_too_heavy_for_one_parcel_is_split_after_a_look():
    shipment = a_shipment("SA", {"SPK-MINI": 4})
    db.execute("UPDATE logistics_lane SET max_mass_g = 2500")
    forget_all()
    browser = logged_in("warehouse")
    take(browser, shipment, "pick")
    take(browser, shipment, "pack", mass_g="3001", next=f"/console/orders/{shipment.order_id}")
    page = words(browser.get(f"/console/orders/{shipment.order_id}"))
    assert "proposed split" in page and f"/console/shipments/{shipment.id}/boxes?mass_g=3001" in page
    page = words(browser.get(f"/console/shipments/{shipment.id}/boxes?mass_g=3001"))
    assert "Box 2 of 2" in page and "Packed in 2 parcels" in page
    take(browser, shipment, "pack", mass_g="3001", accept_split="1")
    take(browser, shipment, "ship")
    assert len(logistics.parcels(order_id=shipment.order_id)) == 2
    papers = declarations.papers(order_id=shipment.order_id)
    assert {paper.package for paper in papers} == {1, 2} and all(paper.document_id for paper in papers)
    wrong = browser.post(f"/console/shipments/{shipment.id}/pack", {"mass_g": "a lot"})
    assert wrong.status_code == 302 and "Write whole grams" in words(browser.get("/console/shipments"))


def test_the_receivers_number_is_recorded_where_customs_ask_for_it(monkeypatch):
    shipment = a_shipment()
    known = declarations.receiver_rules(on=builders.AT.date())["BR"]
    monkeypatch.setattr(declarations, "receiver_rules", lambda *, on: {"SA": known})
    monkeypatch.setattr("entrepot.domains.declarations.services.receiver_rules", lambda *, on: {"SA": known})
    browser = logged_in("operator")
    path = f"/console/orders/{shipment.order_id}"
    assert "No label is printed without it" in words(browser.get(path))
    browser.post(f"{path}/receiver", {"number": "529.982.247-24", "next": path})
    assert "A digit is wrong" in words(browser.get(path))
    browser.post(f"{path}/receiver", {"number": "52998224725", "next": path})
    page = words(browser.get(path))
    assert "529.982.247-25" in page and "recorded" in page


def test_a_couriers_parcel_can_be_asked_about():
    db.execute("UPDATE logistics_lane SET carrier = 'sandbox'")
    forget_all()
    with carrying("sandbox") as fake:
        shipment = a_shipment()
        browser = logged_in("warehouse")
        take(browser, shipment, "pick", "pack", "ship")
        parcel = logistics.parcels(order_id=shipment.order_id)[0]
        fake.message(shipment.id, "in_transit", builders.AT)
        assert "Ask the carrier" in words(browser.get(f"/console/parcels/{parcel.id}"))
        browser.post(f"/console/parcels/{parcel.id}/ask")
        assert "1 new step" in words(browser.get(f"/console/parcels/{parcel.id}"))


def test_a_parcels_page_shows_its_declarations_and_hands_them_out_on_the_record():
    db.execute("UPDATE logistics_lane SET carrier = 'sandbox'")
    forget_all()
    with carrying("sandbox"):
        shipment = a_shipment("DE", {"SPK-MINI": 1})
        browser = logged_in("operator")
        take(browser, shipment, "pick", "pack", "ship")
    parcel = logistics.parcels(order_id=shipment.order_id)[0]
    page = words(browser.get(f"/console/parcels/{parcel.id}"))
    assert "EU H7, customs declaration of low-value consignments" in page and "ICS2 entry summary" in page
    assert ("China 9610: declaration list" in page and "second hand" in page) or "not verified" in page
    assert "IM1560000000" not in page and "in the file alone" in page and "Left to the declarant" in page
    place = f"/console/parcels/{parcel.id}/declarations/h7"
    assert browser.get(f"{place}.json").status_code == 405
    given = browser.post(f"{place}.json")
    told = given.json()
    assert given["Content-Disposition"].startswith("attachment") and told["set"] == "h7"
    assert told["head"]["13 16 number"]["value"] == "IM1560000000"
    assert told["head"]["12 05"]["value"] == parcel.tracking_number
    goods = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref).goods
    assert int(told["head"]["14 14 sum"]["value"].replace(".", "")) == goods.goods_minor
    rows = browser.post(f"{place}.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and "IM1560000000" in rows[1]
    paid = browser.post(f"/console/parcels/{parcel.id}/declarations/cn_9610_payment.json").json()["head"]
    order = orders.order(order_id=shipment.order_id)
    assert int(paid["charge"]["value"].replace(".", "")) == order.quote.total_minor
    taken = db.fetch("SELECT kind, file_format FROM declarations_recordexport ORDER BY id")
    assert taken == [("h7", "json"), ("h7", "csv"), ("cn_9610_payment", "json")]
    seen = db.fetch("SELECT count(*) FROM identity_auditentry WHERE action = 'declarations.hand_out'")
    assert seen == [(3,)]
    assert "Last handed out" in words(browser.get(f"/console/parcels/{parcel.id}"))
    assert browser.post(f"/console/parcels/{parcel.id}/declarations/us_mail.json").status_code in (302, 404)
    reader = logged_in("auditor")
    assert reader.post(f"{place}.json").status_code == 403


def test_the_refund_file_has_a_page_with_what_it_lacks():
    shipment = a_shipment("SA", {"SPK-MINI": 1})
    browser = logged_in("operator")
    take(browser, shipment, "pick", "pack", "ship")
    page = words(browser.get("/console/customs/refund?month=2026-11"))
    assert "an estimate on the FOB value" in page
    assert shipment.order_number in page and "input VAT invoice" in page and "9610" in page
    given = browser.get("/console/customs/refund?month=2026-11&take=csv")
    assert given["Content-Disposition"].endswith('"export-refund-2026-11.csv"')
    assert shipment.order_number in given.content.decode("utf-8-sig")
    assert "Nothing left in this month" in words(browser.get("/console/customs/refund?month=2026-09"))
    wrong = browser.get("/console/customs/refund?month=soon")
    assert wrong.status_code in (400, 422) and "2026-11" in words(wrong)
    assert logged_in("finance").get("/console/customs/refund").status_code == 403


def test_an_order_says_its_mass_once_and_in_a_word_and_where_a_parcel_goes_without_a_city(monkeypatch):
    shipment = a_shipment("SA", {"SPK-MINI": 2})
    browser = logged_in()
    page = words(browser.get(f"/console/orders/{shipment.order_id}"))
    assert re.search(r"Net mass: 900\s?g", page) and "1.8" not in page, "a quoted line's mass is of all its units"
    take(browser, shipment, "pick")
    take(browser, shipment, "pack", mass_g="1040")
    assert re.search(r"Gross mass: 1.04\s?kg", words(browser.get(f"/console/orders/{shipment.order_id}")))
    known = orders.order
    bare = {"city": "", "country_area": "東京都"}
    monkeypatch.setattr(
        orders,
        "order",
        lambda **how: msgspec.structs.replace(
            known(**how), address=msgspec.structs.replace(known(**how).address, **bare)
        ),
    )
    assert "→ 東京都" in words(browser.get(f"/console/orders/{shipment.order_id}"))
    bare["country_area"] = ""
    assert "→ Saudi Arabia" in words(browser.get(f"/console/orders/{shipment.order_id}"))


def test_the_companys_record_is_mended_where_a_refusal_leads():
    browser = logged_in()
    page = words(browser.get("/console/settings/company"))
    assert "Lingang Trading" in page and "IM1560000000" not in page
    form = words(browser.get("/console/settings/company/set-up"))
    assert "IM1560000000" not in form
    told = {
        "name": "Lingang Trading Ltd.", "line1": "1 Quay", "city": "Shenzhen", "postcode": "518067", "eori": "NL000000000",
        "uscc": "91440300DEMO00000X", "scheme_number": "",
    }  # fmt: skip
    wrong = browser.post("/console/settings/company/set-up", {**told, "scheme_number": "12"})
    assert "IM and ten digits" in words(wrong)
    browser.post("/console/settings/company/set-up", told)
    entity = organisation.store().entity
    assert (entity.name, entity.address["line1"], entity.tax_ids["eori"]) == (
        "Lingang Trading Ltd.",
        "1 Quay",
        "NL000000000",
    )
    assert entity.tax_ids["ioss"] == "IM1560000000" and entity.tax_ids["uscc"] == "91440300DEMO00000X"
    browser.post("/console/settings/company/set-up", {**told, "scheme_number": "im 0000000001"})
    forget_all()
    assert organisation.store().entity.tax_ids["ioss"] == "IM0000000001"
