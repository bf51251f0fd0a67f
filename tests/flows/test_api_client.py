"""The how-to run as it stands, and a typed client generated and used, both against a live server."""

from __future__ import annotations

import importlib
import re
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.messages.engine.webhooks import sign
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.infra import clock, db
from entrepot.kernel.actor import SYSTEM
from tests import api_builders as api
from tests import builders
from tests.fakes.carrier import carrying
from tools import client as generator

pytestmark = pytest.mark.django_db(transaction=True)
STORY = settings.ROOT / "docs" / "howto" / "use-the-api.md"


@pytest.fixture
def key(live_server):
    api.shop_with_offers()
    return api.key()


def test_the_how_to_works_word_by_word(live_server, key, monkeypatch, capsys):
    monkeypatch.setenv("SHOP", live_server.url)
    monkeypatch.setenv("SHOP_KEY", key)
    code = "\n".join(re.findall(r"```python\n(.*?)```", STORY.read_text(encoding="utf-8"), re.DOTALL))
    told: dict = {}
    exec(compile(code, str(STORY), "exec"), told)
    assert told["order"]["number"] in capsys.readouterr().out
    header = sign(["old", "new"], int(time.time()), "{}")
    assert told["genuine"](header, "{}", "new") and told["genuine"](header, "{}", "old")
    assert not told["genuine"](header, "{}", "other") and not told["genuine"](header, "{ }", "new")
    assert not told["genuine"](sign(["new"], 1, "{}"), "{}", "new")


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    return generator.generate(tmp_path_factory.mktemp("client"))


def test_a_generated_client_buys_and_follows(live_server, key, package, monkeypatch):
    monkeypatch.syspath_prepend(str(package.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == generator.PACKAGE]:
        del sys.modules[name]

    def operation(tag: str, name: str):
        return importlib.import_module(f"{generator.PACKAGE}.api.{tag}.{name}").sync

    models = importlib.import_module(f"{generator.PACKAGE}.models")
    whole = importlib.import_module(generator.PACKAGE)
    shop = whole.AuthenticatedClient(live_server.url, key, timeout=httpx.Timeout(20))

    place = models.Destination(country="DE", postal_code="10969")
    line = models.LineIn(sku="SPK-MINI", quantity=2)
    quote = operation("quotes", "create_quote")(
        client=shop, body=models.QuoteIn(market="DE", lines=[line], destination=place)
    )
    cart = operation("carts", "create_cart")(client=shop, body=models.CartIn(market="DE", lines=[line]))
    kept = operation("carts", "quote_cart_for_order")(
        cart_id=cart.id, client=shop, body=models.CartQuoteIn(destination=place)
    )
    assert kept.total.amount_minor == quote.total.amount_minor
    body = models.OrderIn(
        quote_id=kept.id, email="mara@example.com", address=models.Address(**api.ADDRESS), payment_method="card"
    )
    order = operation("orders", "place_order")(client=shop, body=body, idempotency_key="one")
    assert operation("orders", "place_order")(client=shop, body=body, idempotency_key="one").id == order.id

    sent_off(order.id)
    seen = operation("orders", "get_order")(order_id=order.id, client=shop)
    (parcel,) = operation("tracking", "list_parcels")(order_id=order.id, client=shop).items
    assert (seen.state, seen.total.amount_minor) == ("shipped", order.total.amount_minor)
    step = models.TrackingIn(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        event_id="e-1",
        code=models.TrackingInCode.DELIVERED,
        at=clock.now(),
    )
    assert operation("tracking", "record_tracking")(client=shop, body=step).recorded is True
    assert operation("tracking", "record_tracking")(client=shop, body=step).recorded is False
    tracked = operation("tracking", "get_tracking")(tracking_number=parcel.tracking_number, client=shop)
    assert tracked.state == "delivered" and tracked.order_id == order.id

    problem = operation("orders", "get_order")(order_id=cart.id, client=shop)
    assert isinstance(problem, models.Problem) and problem.code == "NOT_FOUND"


def sent_off(order_id: str) -> None:
    """Pay an order and let the warehouse send it."""
    with db.transaction():
        catalogue.confirm_customs_data(actor=SYSTEM, skus=["SPK-MINI"])
    builders.money_comes(order_id, at=clock.now())
    builders.deliver_all()
    with carrying("sandbox"):
        for shipment in fulfilment.shipments(order_id=order_id):
            pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=clock.now())
            pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=clock.now(), mass_g=1100)
            builders.deliver_all()
            ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=clock.now())
    builders.deliver_all()
