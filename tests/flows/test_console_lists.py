"""Lists of the console: filters, orders and pages in the address, saved views and who sees them, deeds on many rows."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.identity import queries as identity
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.orders import queries as orders
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts
from entrepot.interfaces.console.views import orders as order_list
from tests import builders
from tests.flows.test_console_pages import MOST_STATEMENTS, logged_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    return store


def numbers(page):
    return re.findall(r'row-link" href="/console/orders/[^"]+">(E-\d+)<', page)


# ---- filters, orders, pages


@pytest.mark.parametrize("path", [
    "/console/orders?sort=due&market=DE&since=2026-01-01&until=2030-01-01", "/console/orders?sort=oldest&state=placed",
    "/console/shipments?sort=calm&late=1&q=1", "/console/products?q=lamp&customs=assumed&sort=newest&market=DE",
    "/console/stock?sort=least&band=few", "/console/stock?sort=least&band=out&q=TEA",
])  # fmt: skip
def test_each_filter_is_drawn_as_it_was_asked_within_the_statements(path):
    builders.a_confirmed_order()
    browser = logged_in()
    with CaptureQueriesContext(connection) as statements:
        answer = browser.get(path)
    assert answer.status_code == 200 and len(statements) <= MOST_STATEMENTS
    for name, value in re.findall(r"(\w+)=([\w-]+)", path.partition("?")[2]):
        assert re.search(rf'value="{value}"( selected)?', words(answer)), (name, value)


@pytest.mark.parametrize("sort", ["newest", "oldest", "due"])
def test_pages_of_orders_follow_each_other_whatever_their_order(sort, monkeypatch):
    monkeypatch.setattr(order_list, "PAGE", 2)
    for minutes in (30, 10, 20, 40, 15):
        builders.a_placed_order(at=clock.now() + dt.timedelta(minutes=minutes), email=f"b{minutes}@example.com")
    browser, path, seen = logged_in(), f"/console/orders?sort={sort}", []
    while path:
        page = words(browser.get(path))
        seen += numbers(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/console/orders" + found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 5
    if sort == "due":
        holds = [orders.order(number=number).hold_until for number in seen]
        assert holds == sorted(holds)


def test_pages_of_stock_and_shipments_follow_each_other():
    whole = inventory.stock_levels(least_first=True, limit=100)
    seen, after = [], ""
    while page := inventory.stock_levels(least_first=True, after=after, limit=2):
        seen += page
        after = page[-1].key_by_least
    assert seen == list(whole) and [r.available for r in whole] == sorted(r.available for r in whole)
    for _ in range(3):
        builders.a_confirmed_order({"SPK-MINI": 1}, market="US", email=f"{_}@example.com")
    db.execute("UPDATE fulfilment_shipment SET dispatch_by = NULL WHERE id = (SELECT min(id) FROM fulfilment_shipment)")
    for last in (False, True):
        seen, after = [], ""
        while page := fulfilment.shipment_page(at=clock.now(), urgent_last=last, after=after, limit=1):
            seen += [one.id for one in page]
            after = page[-1].id
        assert len(seen) == len(set(seen)) == 3


def test_a_day_that_is_none_is_said_and_wrong_pages_are_not_there():
    browser = logged_in()
    answer = browser.get("/console/orders?since=yesterday")
    assert answer.status_code == 422 and "year-month-day" in words(answer)
    for path in ("shipments?before=x", "products?before=x", "stock?sort=least&before=x|y|z"):
        assert browser.get(f"/console/{path}").status_code in (200, 404)


def test_products_are_found_by_title_sku_and_hs_code():
    fact = catalogue.variant_facts(skus=["TEA-CUP"])["TEA-CUP"]
    for text in (fact.title[2:7], "tea-c", fact.hs_code[:6]):
        assert fact.product_id in catalogue.find_products(text=text), text
    assert catalogue.find_products(text="100% nothing_") == ()


def test_the_list_says_what_an_order_needs_next():
    builders.a_confirmed_order()
    builders.a_placed_order(method="code")
    page = words(logged_in().get("/console/orders"))
    assert "Buyer pays" in page and ">Pick</span>" in page


# ---- saved views


def kept(browser, **form):
    return browser.post(
        "/console/views", {"page": "orders", "query": "state=placed&market=DE&evil=1&q=ada%40example.com", **form}
    )


def test_a_view_is_kept_opens_first_and_goes():
    browser = logged_in()
    assert (
        kept(browser, name=" Unpaid  German ", is_default="1")["Location"] == "/console/orders?state=placed&market=DE"
    )
    assert browser.get("/console/orders")["Location"] == "/console/orders?state=placed&market=DE"
    page = words(browser.get("/console/orders?state=placed&market=DE"))
    assert "Unpaid German" in page and "opens first" in page
    kept(browser, name="Other", is_default="1", query="sort=due")
    assert browser.get("/console/orders")["Location"] == "/console/orders?sort=due"
    (member,) = identity.all_staff()
    for view in identity.saved_views(user_id=member.id, page="orders"):
        browser.post(f"/console/views/{view.id}/remove")
    assert browser.get("/console/orders").status_code == 200


def test_own_views_are_own_and_only_some_roles_share():
    owner, warehouse = logged_in("owner"), logged_in("warehouse")
    kept(owner, name="Mine alone")
    kept(owner, name="For all", shared="1")
    kept(warehouse, name="Not to be shared", shared="1")
    page = words(warehouse.get("/console/orders"))
    assert "For all" in page and "Mine alone" not in page and "Not to be shared" not in page
    assert "Show it to all" not in page
    by_name = {v.name: v for m in identity.all_staff() for v in identity.saved_views(user_id=m.id, page="orders")}
    assert warehouse.post(f"/console/views/{by_name['For all'].id}/remove").status_code == 302
    assert warehouse.post(f"/console/views/{by_name['Mine alone'].id}/remove").status_code == 302
    page = words(owner.get("/console/orders"))
    assert "For all" in page and "Mine alone" in page, "another's views stay"


def test_a_view_without_a_name_is_not_kept_and_one_of_no_list_neither():
    browser = logged_in()
    kept(browser, name="  ")
    assert "Give the view a name" in words(browser.get("/console/orders"))
    assert kept(browser, name="x", page="nowhere").status_code == 302
    (member,) = identity.all_staff()
    assert identity.saved_views(user_id=member.id, page="orders") == ()


# ---- deeds on many rows


def test_unpaid_orders_are_called_off_together_and_the_paid_one_is_named():
    unpaid = [builders.a_placed_order(method="code", email=f"u{n}@example.com").order_id for n in (1, 2)]
    paid = builders.a_confirmed_order().order_id
    browser = logged_in("operator")
    form = {"deed": "cancel", "row": [*unpaid, paid]}
    preview = words(browser.post("/console/bulk/orders", form))
    assert "3 rows were ticked." in preview and "1 of them stays as it is." in preview
    assert orders.counts()["placed"] == 2, "a preview changes nothing"
    builders.money_comes(unpaid[1])  # while the preview was being read
    answer = browser.post("/console/bulk/orders/do", form)
    page = words(browser.get(answer["Location"]))
    assert "1 row done" in page and "2 rows refused" in page
    states = [orders.brief(order_id=i).state for i in (*unpaid, paid)]
    assert states == ["cancelled", "confirmed", "confirmed"]
    for order_id in (unpaid[1], paid):
        assert orders.brief(order_id=order_id).number in page.partition("row done")[0]
    done = [e for e in identity.audit_entries() if e.action == "orders.cancel"]
    assert len(done) == 1 and done[0].actor_kind == "staff"


def test_one_parcel_that_refuses_stops_no_other():
    with db.transaction():
        db.execute("UPDATE catalogue_variant SET assumed = '{hs_code}' WHERE sku = 'SPK-MINI'")
    for number, sku in enumerate(("SPK-MINI", "TEA-CUP", "SPK-MINI")):
        builders.a_confirmed_order({sku: 1}, market="US", email=f"p{number}@example.com")
    shipments = fulfilment.shipments(state="to_pick")
    browser = logged_in("operator")
    rows = [s.id for s in shipments]
    browser.post("/console/bulk/shipments/do", {"deed": "pick", "row": rows})
    assert {s.state for s in fulfilment.shipments(shipment_ids=rows)} == {"picked"}
    answer = browser.post("/console/bulk/shipments/do", {"deed": "pack", "row": rows})
    page = words(browser.get(answer["Location"]))
    packed = {s.lines[0].sku for s in fulfilment.shipments(state="packed")}
    assert packed == {"TEA-CUP"} and "1 row done" in page and "2 rows refused" in page
    assert "customs" in page.lower(), "the reason is said"


def test_who_works_in_one_place_does_it_there_alone():
    builders.a_confirmed_order({"SPK-MINI": 1}, market="US")
    (shipment,) = fulfilment.shipments()
    form = {"deed": "pick", "row": [shipment.id]}
    elsewhere = logged_in("warehouse", "warehouse:RTM")
    elsewhere.post("/console/bulk/shipments/do", form)
    assert fulfilment.shipment(shipment_id=shipment.id).state == "to_pick"
    logged_in("auditor").post("/console/bulk/shipments/do", form)
    assert fulfilment.shipment(shipment_id=shipment.id).state == "to_pick"
    logged_in("warehouse", "warehouse:SZX").post("/console/bulk/shipments/do", form)
    assert fulfilment.shipment(shipment_id=shipment.id).state == "picked"


def test_products_are_published_withdrawn_and_confirmed_together():
    with db.transaction():
        db.execute("UPDATE catalogue_variant SET assumed = '{hs_code}' WHERE sku = 'TEA-CUP'")
    ids = list(catalogue.product_ids())[:3]
    browser = logged_in("operator")
    preview = words(browser.post("/console/bulk/products", {"deed": "withdraw", "market": "DE", "row": ids}))
    assert "Germany" in preview
    browser.post("/console/bulk/products/do", {"deed": "withdraw", "market": "DE", "row": ids})
    assert all("DE" not in catalogue.markets_of(product_ids=ids).get(i, ()) for i in ids)
    browser.post("/console/bulk/products/do", {"deed": "publish", "market": "DE", "row": ids})
    assert all("DE" in catalogue.markets_of(product_ids=ids)[i] for i in ids)
    answer = browser.post("/console/bulk/products/do", {"deed": "confirm", "row": ids})
    assert catalogue.assumed_count() == 0
    assert "Everything is confirmed already." in words(browser.get(answer["Location"]))


def test_nothing_ticked_and_unknown_deeds_do_nothing():
    browser = logged_in()
    browser.post("/console/bulk/orders", {"deed": "cancel", "next": "/console/orders"})
    assert "No row was ticked" in words(browser.get("/console/orders"))
    assert browser.post("/console/bulk/orders", {"deed": "explode", "row": ["x"]}).status_code == 302
    assert browser.get("/console/bulk/done").status_code == 404


# ---- how it looks


def test_light_or_dark_is_kept_for_the_person_and_for_the_log_in():
    browser = logged_in()
    assert "data-theme" not in words(browser.get("/console/"))
    browser.post("/console/theme", {"theme": "dark", "next": "/console/"})
    assert 'data-theme="dark"' in words(browser.get("/console/"))
    assert identity.all_staff()[0].theme == "dark"
    browser.post("/console/logout")
    assert 'data-theme="dark"' in words(browser.get("/console/login"))
    browser.post("/console/theme", {"theme": 'dark"><script>', "next": "/console/"})
    assert "<script>" not in words(browser.get("/console/login"))
