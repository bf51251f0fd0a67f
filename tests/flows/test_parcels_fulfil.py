"""From a confirmed order to the buyer's door: each step once, every interruption mended, no label without papers."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.errors import CustomsDataMissing, NoDataset
from entrepot.domains.documents import queries as documents
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment import services as fulfilment_services
from entrepot.domains.fulfilment.errors import StepRefused
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.errors import CarrierRefused, CarrierUnavailable
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderConfirmed
from entrepot.domains.organisation import services as organisation
from entrepot.flows.declare.issue_commercial_invoice import issue_commercial_invoice
from entrepot.flows.fulfil.open_shipments import open_shipments
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.record_tracking import record_tracking
from entrepot.flows.fulfil.ship_shipment import finish_bookings, ship_shipment
from entrepot.infra import db, pdf
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import NotFound, PermissionDenied
from tests import builders
from tests.fakes.carrier import carrying

pytestmark = pytest.mark.django_db
AT = builders.AT
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


@pytest.fixture
def carrier():
    with carrying("sandbox") as fake:
        yield fake


def a_shipment(lines: dict[str, int] | None = None, market: str = "US"):
    """Return a fresh shipment to pick: goods that lie in Shenzhen only, unless lines say otherwise."""
    placed = builders.a_confirmed_order(lines or {"SPK-MINI": 2}, market=market)
    return fulfilment.shipments(order_id=placed.order_id)[0]


def packed(**how):
    shipment = a_shipment(**how)
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT, mass_g=1100)
    builders.deliver_all()
    return fulfilment.shipment(shipment_id=shipment.id)


def on_hand(sku="SPK-MINI"):
    level = next(level for level in inventory.stock_levels(warehouse="SZX") if level.sku == sku)
    return level.on_hand, level.reserved


def test_a_confirmed_order_opens_each_consignment_once():
    placed = builders.a_confirmed_order({"SPK-MINI": 1, "LAMP-OAK": 1, "TEA-CUP": 2})
    order = orders.order(order_id=placed.order_id)
    shipments = fulfilment.shipments(order_id=placed.order_id)
    assert {s.consignment_ref for s in shipments} == {c.ref for c in order.quote.consignments}
    for shipment in shipments:
        consignment = next(c for c in order.quote.consignments if c.ref == shipment.consignment_ref)
        assert [(line.line_ref, line.quantity) for line in shipment.lines] == [
            (line.ref, line.quantity) for line in consignment.lines
        ]
        assert shipment.state == "to_pick" and shipment.dispatch_by >= order.confirmed_at
    with db.transaction():
        open_shipments(OrderConfirmed(placed.order_id))
    assert fulfilment.shipments(order_id=placed.order_id) == shipments


def test_the_whole_way_takes_stock_once_and_keeps_proof(carrier):
    before = on_hand()
    shipment = packed()
    number = ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT) == number and carrier.calls == 1
    assert on_hand() == (before[0] - 2, before[1])
    parcel = logistics.parcels(order_id=shipment.order_id)[0]
    assert (parcel.state, parcel.tracking_number, parcel.shipment_id) == ("booked", number, shipment.id)
    assert documents.file(id=parcel.label_document)[0].startswith(b"%PDF")
    builders.deliver_all()
    assert orders.order(order_id=shipment.order_id).state == "shipped"

    asked = carrier.booked[shipment.id]
    assert asked.mass_g == 1100 and asked.invoice_number.startswith("CI-2026-")
    assert [item.quantity for item in asked.items] == [2]

    for code in ("in_transit", "delivered", "handed_over", "delivered"):
        record_tracking(carrier.message(shipment.id, code, AT), at=AT)
    builders.deliver_all()
    parcel = logistics.parcels(order_id=shipment.order_id)[0]
    assert parcel.state == "delivered" and len(parcel.steps) == 3
    assert b"A. Neighbour" in documents.file(id=parcel.proof_document)[0]
    assert fulfilment.shipment(shipment_id=shipment.id).state == "delivered"
    assert orders.order(order_id=shipment.order_id).state == "delivered"


def test_steps_out_of_turn_are_refused_with_a_reason(carrier):
    shipment = a_shipment()
    with pytest.raises(StepRefused, match="pick its goods first"):
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    with pytest.raises(StepRefused, match="pick and pack"):
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    with pytest.raises(StepRefused, match="was taken before"):
        pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    with pytest.raises(PermissionDenied):
        pick_shipment(actor=Actor("staff", "s"), shipment_id=shipment.id, at=AT)
    with pytest.raises(NotFound):
        pick_shipment(actor=SYSTEM, shipment_id=shipment.order_id, at=AT)
    assert carrier.calls == 0


def test_a_silent_carrier_is_asked_again_by_the_schedule_and_nobody_cancels_meanwhile(carrier):
    shipment, before = packed(), on_hand()
    carrier.silent = 1
    with pytest.raises(CarrierUnavailable):
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert on_hand() == before and fulfilment.shipment(shipment_id=shipment.id).booking_since == AT
    with pytest.raises(StepRefused, match="being asked"), db.transaction():
        fulfilment_services.cancel_shipments(actor=SYSTEM, order_id=shipment.order_id, at=AT)
    assert finish_bookings(AT) == 0  # too early
    assert finish_bookings(AT + MINUTE) == 1 and finish_bookings(AT + MINUTE) == 0
    assert fulfilment.shipment(shipment_id=shipment.id).state == "shipped"
    assert on_hand() == (before[0] - 2, before[1] - 2) and carrier.calls == 2


def test_a_kill_between_booking_and_recording_is_mended(carrier, monkeypatch):
    shipment, before = packed(), on_hand()

    class Killed(BaseException):
        pass

    def die(**_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("entrepot.flows.fulfil.ship_shipment.documents.store_file", die)
        with pytest.raises(Killed):
            ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert shipment.id in carrier.booked and on_hand() == before
    with pytest.raises(NotFound):  # the carrier is faster than we are: it sends again
        record_tracking(carrier.message(shipment.id, "handed_over", AT), at=AT)
    assert finish_bookings(AT + MINUTE) == 1
    assert record_tracking(carrier.message(shipment.id, "handed_over", AT), at=AT)
    assert len(logistics.parcels(order_id=shipment.order_id)) == 1
    assert on_hand() == (before[0] - 2, before[1] - 2)


def test_a_refusal_is_shown_and_leaves_the_shipment_free(carrier):
    shipment = packed()
    carrier.refuse = "No such street."
    with pytest.raises(CarrierRefused):
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    seen = fulfilment.shipment(shipment_id=shipment.id)
    assert seen.state == "packed" and seen.booking_since is None and "No such street" in seen.booking_problem
    carrier.refuse = ""
    ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert fulfilment.shipment(shipment_id=shipment.id).booking_problem == ""


def test_no_papers_while_a_customs_field_is_only_assumed():
    shipment = a_shipment()
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    _assume("SPK-MINI", "hs_code")
    with pytest.raises(CustomsDataMissing) as caught:
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    told = caught.value.message()
    assert "SPK-MINI" in told and "HS code" in told and "only assumed" in told and "Customs data" in told
    assert fulfilment.shipment(shipment_id=shipment.id).state == "picked"
    with pytest.raises(NoDataset):
        declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    with db.transaction():
        catalogue.confirm_customs_data(actor=SYSTEM, skus=["SPK-MINI"], fields={"hs_code": "851822"})
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    stored = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert [line.hs_code for line in stored.goods.lines] == ["851822"]


def test_what_turns_doubtful_after_packing_gets_no_label(carrier):
    shipment = packed()
    _assume("SPK-MINI", "origin")
    with pytest.raises(CustomsDataMissing):
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert carrier.calls == 0 and fulfilment.shipment(shipment_id=shipment.id).booking_since is None


def test_a_booking_cut_off_whose_data_turn_doubtful_is_given_up_and_may_be_cancelled(carrier):
    shipment = packed()
    carrier.silent = 1
    with pytest.raises(CarrierUnavailable):
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    _assume("SPK-MINI", "origin")
    with pytest.raises(CustomsDataMissing):  # the first one may be asking the carrier at this moment
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert fulfilment.shipment(shipment_id=shipment.id).booking_since == AT
    assert finish_bookings(AT + MINUTE) == 0
    seen = fulfilment.shipment(shipment_id=shipment.id)
    assert seen.state == "packed" and seen.booking_since is None and "only assumed" in seen.booking_problem
    assert fulfilment.unfinished_bookings(begun_before=AT + 9 * MINUTE) == ()
    with db.transaction():
        assert fulfilment_services.cancel_shipments(actor=SYSTEM, order_id=shipment.order_id, at=AT) == 1


def test_the_paper_bears_the_number_drawn_and_is_made_before_it_is(monkeypatch):
    steps = []
    typeset, draw = pdf.typeset, organisation.draw_number

    def overtaken(**asked):
        """Let somebody else draw a number between the paper and our drawing."""
        if not steps.count("drawn"):
            draw(**asked)
        steps.append("drawn")
        return draw(**asked)

    def printed(template, data, *, at):
        if "number" in data:  # the packing list bears none
            steps.append(data["number"])
        return typeset(template, data, at=at)

    monkeypatch.setattr("entrepot.flows.declare.issue_commercial_invoice.organisation.draw_number", overtaken)
    monkeypatch.setattr("entrepot.flows.declare.issue_commercial_invoice.pdf.typeset", printed)
    for _ in range(2):
        packed()
    assert steps == ["CI-2026-000001", "drawn", "CI-2026-000002", "CI-2026-000003", "drawn"]


def _assume(sku: str, field: str) -> None:
    db.execute("UPDATE catalogue_variant SET assumed = ARRAY[%s] WHERE sku = %s", [field, sku])


def test_goods_within_one_customs_territory_need_no_papers(carrier):
    placed = builders.a_confirmed_order({"TEA-CUP": 1}, market="DE")
    shipment = fulfilment.shipments(order_id=placed.order_id)[0]
    assert shipment.warehouse == "RTM"
    _assume("TEA-CUP", "hs_code")
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    builders.deliver_all()
    assert not declarations.dataset(
        order_id=placed.order_id, consignment_ref=shipment.consignment_ref
    ).goods.crosses_border
    assert declarations.invoices(order_id=placed.order_id) == ()
    ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert logistics.parcels(order_id=placed.order_id)[0].tracking_number


@pytest.mark.parametrize("market", ["DE", "US", "SA"])
def test_the_invoice_follows_the_money(market):
    shipment = packed(market=market)
    quote = orders.order(order_id=shipment.order_id).quote
    consignment = next(c for c in quote.consignments if c.ref == shipment.consignment_ref)
    stored = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert stored.goods.goods_minor == consignment.goods_minor == sum(line.goods_minor for line in stored.goods.lines)
    assert stored.goods.freight_minor == consignment.freight_minor
    assert stored.goods.total_minor == quote.total_minor - quote.duty_minor - quote.fee_minor - quote.tax_minor
    assert bool(stored.goods.scheme_number) == (consignment.scheme == "ioss")
    invoice = declarations.invoices(order_id=shipment.order_id)[0]
    content, mime, name = documents.file(id=invoice.document_id)
    assert content.startswith(b"%PDF") and mime == "application/pdf" and invoice.number in name
    again = issue_commercial_invoice(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert again == invoice.document_id and len(declarations.invoices(order_id=shipment.order_id)) == 1


def test_invoice_numbers_have_no_gap():
    made = [packed() for _ in range(3)]
    numbers = [declarations.invoices(order_id=shipment.order_id)[0].number for shipment in made]
    assert numbers == ["CI-2026-000001", "CI-2026-000002", "CI-2026-000003"]


def test_papers_are_versions_and_never_rewritten():
    shipment = packed()
    with db.transaction():
        catalogue.confirm_customs_data(
            actor=SYSTEM, skus=["SPK-MINI"], fields={"customs_description": "Loudspeaker, small"}
        )
    with carrying("sandbox"):
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    builders.deliver_all()
    stored = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert stored.version == 2 and stored.goods.lines[0].description == "Loudspeaker, small"
    assert [invoice.dataset_version for invoice in declarations.invoices(order_id=shipment.order_id)] == [1, 2]
    sealed = db.fetch("SELECT parties FROM declarations_dataset")[0][0]
    assert sealed.startswith("v1:") and stored.parties.consignee.name not in sealed
