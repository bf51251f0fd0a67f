"""Prices in the console: what every buyer would see first, then the shelves as promised, the log, the lowest of 30 days."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.offers import queries as offers
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services
from entrepot.flows.price.publish_offers import publish_offers
from entrepot.flows.price.set_prices import preview_prices, set_prices
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    publish_offers(actor=SYSTEM, at=clock.now(), product_ids=catalogue.product_ids())
    return store


@pytest.fixture
def owner():
    return logged_in()


def base():
    return next(p for p in pricing.all_price_lists(store_id=organisation.store().id) if p.base)


def own(sku="TEA-CUP"):
    return pricing.own_prices(skus=[sku], store_id=organisation.store().id, on=clock.today())[sku]


def test_the_table_shows_each_shelf_within_its_statements(owner):
    with CaptureQueriesContext(connection) as statements:
        page = words(owner.get("/console/prices"))
    assert len(statements) <= MOST_STATEMENTS
    assert 'name="p:TEA-CUP"' in page and page.count('scope="col"') >= 5
    assert words(owner.get("/console/prices/TEA-CUP")).count("<tr data-row>") >= 3
    assert owner.get("/console/prices/NO-SUCH").status_code == 404


def test_what_the_preview_says_is_what_the_shelves_then_show(owner):
    chosen, before = base(), offers.shelf_prices(skus=["TEA-CUP"])
    doubled = own()[chosen.currency] * 2
    form = {"list": chosen.code, "from_date": str(clock.today()), "p:TEA-CUP": str(doubled)}
    page = words(owner.post("/console/prices/preview", form))
    assert "Nothing is saved yet" in page and own()[chosen.currency] * 2 == doubled
    assert offers.shelf_prices(skus=["TEA-CUP"]) == before
    told = preview_prices(
        actor=SYSTEM, price_list=chosen.code, rows=[("TEA-CUP", doubled)], from_date=clock.today(), at=clock.now()
    )
    assert owner.post("/console/prices/set", form).status_code == 302
    builders.deliver_all()
    after = offers.shelf_prices(skus=["TEA-CUP"])
    assert after == {(o.after.sku, o.after.market): (o.after.price_minor, o.after.currency) for o in told}
    assert all(after[key][0] > before[key][0] for key in before) and len(after) >= 3
    assert {(o.before.price_minor, o.before.currency) for o in told} == set(before.values())


def test_the_log_and_the_lowest_price_of_30_days(owner):
    chosen = base()
    now = own()[chosen.currency]
    with db.transaction():
        services.set_prices(
            actor=SYSTEM, price_list=chosen.code, rows=[("TEA-CUP", now / 2)],
            from_date=clock.today() - dt.timedelta(days=20),
        )  # fmt: skip
    form = {"list": chosen.code, "from_date": str(clock.today()), "p:TEA-CUP": str(now * 3)}
    owner.post("/console/prices/set", form)
    log = pricing.price_log(sku="TEA-CUP")
    assert (log[0].unit_price, log[0].actor.partition(":")[0]) == (now * 3, "staff")
    page = words(owner.get("/console/prices/TEA-CUP"))
    assert page.index("Lowest price of 30 days") < page.index(f"{(now / 2).normalize():f}")


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"p:TEA-CUP": "cheap"}, "This is no price"), ({"p:TEA-CUP": "-1"}, "This is no price"),
     ({"from_date": "soon"}, "This is no date"), ({"from_date": "2020-01-01"}, "begin in the past")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_stays(owner, changes, why):
    form = {"list": base().code, "from_date": str(clock.today()), "p:TEA-CUP": "77", **changes}
    answer = owner.post("/console/prices/preview", form)
    assert answer.status_code == 422 and why in words(answer)
    assert f'value="{form["p:TEA-CUP"]}"' in words(answer)


def test_nothing_changed_and_unknown_goods_are_said(owner):
    chosen = base()
    form = {"list": chosen.code, "from_date": str(clock.today()), "p:TEA-CUP": str(own()[chosen.currency])}
    assert "No price differs" in words(owner.post("/console/prices/preview", form))
    with pytest.raises(Exception, match="no article"):
        set_prices(actor=SYSTEM, price_list=chosen.code, rows=[("NO-SUCH", Decimal(1))], from_date=clock.today())
    with pytest.raises(InvalidInput):
        set_prices(
            actor=SYSTEM, price_list=chosen.code, rows=[("TEA-CUP", Decimal("0.1234567"))], from_date=clock.today()
        )


def test_who_may_not_sees_no_field_and_cannot_write():
    auditor = logged_in("auditor")
    assert "p:TEA-CUP" not in words(auditor.get("/console/prices"))
    form = {"list": base().code, "from_date": str(clock.today()), "p:TEA-CUP": "1"}
    assert auditor.post("/console/prices/set", form).status_code == 403
    assert own()[base().currency] != 1
