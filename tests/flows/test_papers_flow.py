"""Papers of whole orders: post and courier, every gap refused by name, several boxes, labels anew, proofs, files at rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from django.conf import settings as live

from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations import services as declaration_services
from entrepot.domains.declarations.errors import (
    CustomsDataMissing,
    IncotermChanged,
    ReceiverIdMissing,
    RecordIncomplete,
)
from entrepot.domains.documents import queries as documents
from entrepot.domains.documents import services as document_services
from entrepot.domains.documents.errors import FileLost, NoSuchRetention
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.errors import TooHeavyToShip
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics import services as logistics_services
from entrepot.domains.logistics.engine import s10
from entrepot.domains.logistics.errors import LabelInUse, NoNumbers
from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.types import ProviderState
from entrepot.flows.declare.record_sets import record_sets
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.record_tracking import ask_carrier, enter_tracking, record_tracking
from entrepot.flows.fulfil.replace_label import replace_label
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.sell.refund_order import refund_order
from entrepot.infra import crypto, db
from entrepot.infra.memo import forget_all
from entrepot.interfaces.console.mending import page_of
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, PermissionDenied
from entrepot.kernel.money import exponent
from tests import builders
from tests.fakes.carrier import carrying

pytestmark = pytest.mark.django_db
AT = builders.AT
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


@pytest.fixture
def by_post():
    """Let every lane be carried by the postal operator without a wire."""
    db.execute("UPDATE logistics_lane SET carrier = 'post'")
    forget_all()


@pytest.fixture
def carrier():
    with carrying("sandbox") as fake:
        yield fake


def picked(lines: dict[str, int] | None = None, market: str = "US"):
    placed = builders.a_confirmed_order(lines or {"SPK-MINI": 1}, market=market)
    shipment = fulfilment.shipments(order_id=placed.order_id)[0]
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    return fulfilment.shipment(shipment_id=shipment.id)


def sent(shipment, **how):
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT, **how)
    builders.deliver_all()
    number = ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    builders.deliver_all()
    return number


def papers(shipment) -> dict[str, str]:
    return {paper.kind: paper.document_id for paper in declarations.papers(order_id=shipment.order_id)}


def test_by_post_a_small_parcel_gets_number_label_and_cn22(by_post):
    shipment = picked(market="SA")
    number = sent(shipment)
    assert s10.is_item_number(number) and number.startswith("LZ") and number.endswith("CN")
    goods = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref).goods
    assert goods.carrier_kind == "postal" and goods.papers == ("packing_list", "cn22")
    assert 0 < goods.value_sdr_cents <= 30_000 and "manual" in goods.sdr_rate
    drawn = papers(shipment)
    assert set(drawn) == {"packing_list", "cn22"} and all(drawn.values())
    assert declarations.invoices(order_id=shipment.order_id) == ()
    for document in drawn.values():
        assert documents.file(id=document)[0].startswith(b"%PDF")
    parcel = logistics.parcels(order_id=shipment.order_id)[0]
    assert documents.file(id=parcel.label_document)[0].startswith(b"%PDF")


def test_by_post_above_the_limit_it_is_a_cn23_with_the_invoices_number(by_post):
    shipment = picked({"SPK-MINI": 15}, market="SA")
    number = sent(shipment)
    assert set(papers(shipment)) == {"packing_list", "commercial_invoice", "cn23"} and all(papers(shipment).values())
    assert number.startswith("CZ")  # above 2 kg the operator's other range


def test_without_a_rate_for_special_drawing_rights_the_fuller_form_is_taken(by_post):
    with db.transaction():
        db.execute("DELETE FROM markets_fxrate WHERE currency = 'XDR'")
    forget_all()
    shipment = picked(market="SA")
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    goods = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref).goods
    assert "cn23" in goods.papers and goods.value_sdr_cents is None


def test_item_numbers_are_drawn_once_and_run_out_in_words(by_post):
    with db.transaction():
        db.execute("UPDATE logistics_numberrange SET last = next WHERE origin_country = 'CN'")
        draw = logistics_services.draw_item_number
        first = draw(actor=SYSTEM, carrier="post", origin_country="CN", mass_g=500, key="a")
        assert draw(actor=SYSTEM, carrier="post", origin_country="CN", mass_g=500, key="a") == first
        # The light range is used up; a light item may take a number of the heavy one.
        other = draw(actor=SYSTEM, carrier="post", origin_country="CN", mass_g=500, key="b")
        assert first[:2] == "LZ" and other[:2] == "CZ"
        with pytest.raises(NoNumbers, match="Ask the postal operator"):
            draw(actor=SYSTEM, carrier="post", origin_country="CN", mass_g=500, key="c")
        logistics_services.set_up_number_ranges(actor=SYSTEM)
        assert draw(actor=SYSTEM, carrier="post", origin_country="CN", mass_g=500, key="c") not in (first, other)


def test_by_courier_the_invoice_goes_with_the_parcel_and_the_declarant_gets_the_numbers(carrier):
    shipment = picked(market="DE")
    sent(shipment)
    assert set(papers(shipment)) == {"packing_list", "commercial_invoice"} and all(papers(shipment).values())
    asked = carrier.booked[shipment.id]
    assert asked.exporter_ids["eori"].startswith("DE0") and asked.scheme_number == "IM1560000000"
    assert asked.export_mode == "9610" and asked.order_number == shipment.order_number
    stored = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert stored.goods.export_mode == "9610" and stored.parties.importer


def test_a_lane_by_post_is_quoted_and_papered_as_post():
    db.execute("UPDATE logistics_lane SET carrier = 'sandbox_post', mode = 'post'")
    forget_all()
    with carrying("sandbox_post") as fake:
        fake.kind = "postal"
        shipment = picked(market="SA")
        sent(shipment)
    quoted = orders.order(order_id=shipment.order_id).quote.consignments[0]
    assert (quoted.carrier, quoted.mode, quoted.service) == ("sandbox_post", "post", "cn-standard")
    assert set(papers(shipment)) == {"packing_list", "cn22"} and all(papers(shipment).values())


GAPS = [
    ("hs_code", "assumed = ARRAY['hs_code']", "HS code", "only assumed"),
    ("origin", "assumed = ARRAY['origin']", "country of origin", "only assumed"),
    ("mass_g", "assumed = ARRAY['mass_g']", "net mass", "only assumed"),
    ("customs_description", "assumed = ARRAY['customs_description']", "customs description", "only assumed"),
    ("customs_description", "customs_description = ''", "customs description", "missing"),
    ("customs_description", "customs_description = 'Gift'", "customs description", "too vague"),
    ("material", "hs_code = '620520', customs_description = 'Shirt, woven'", "material", "missing"),
]


@pytest.mark.parametrize(("field", "planted", "named", "problem"), GAPS)
def test_no_label_while_a_field_is_open_and_the_refusal_names_it(carrier, field, planted, named, problem):
    shipment = picked()
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    db.execute(f"UPDATE catalogue_variant SET {planted} WHERE sku = 'SPK-MINI'")
    with pytest.raises(CustomsDataMissing) as caught:
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    told = caught.value.message()
    assert "SPK-MINI" in told and named in told and problem in told and "Customs data" in told
    assert caught.value.params["sku"] == "SPK-MINI" and carrier.calls == 0
    with db.transaction():
        catalogue.confirm_customs_data(
            actor=SYSTEM,
            skus=["SPK-MINI"],
            fields={
                "hs_code": "851822",
                "origin": "CN",
                "mass_g": 450,
                "customs_description": "Loudspeaker of plastic",
            },
        )
    assert ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)


def test_no_label_while_a_declaration_of_the_destination_would_be_refused(carrier):
    shipment = picked(market="DE")
    db.execute("UPDATE organisation_legalentity SET address = address - 'line1', tax_ids = tax_ids - 'ioss'")
    forget_all()
    with pytest.raises(RecordIncomplete) as caught:
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    told = caught.value.message()
    assert (
        "EU H7" in told
        and "13 01 street Exporter, street" in told
        and "missing" in told
        and "Settings → Company" in told
    )
    assert caught.value.params["count"] == 2, "the number under the scheme is open as well"
    assert fulfilment.shipment(shipment_id=shipment.id).state == "picked" and carrier.calls == 0
    assert page_of(caught.value) == "/console/settings/company"


def test_no_label_under_another_incoterm_than_was_sold(carrier):
    shipment = picked(market="DE")
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    db.execute("UPDATE logistics_lane SET incoterm = 'DAP'")
    forget_all()
    with pytest.raises(IncotermChanged, match="was sold DDP, but “Standard delivery” ships DAP") as caught:
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    assert page_of(caught.value) == "/console/settings/lanes" and carrier.calls == 0
    db.execute("UPDATE logistics_lane SET incoterm = 'DDP'")
    forget_all()
    assert ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)


def test_what_a_business_bought_leaves_china_as_9710(carrier, monkeypatch):
    shipment = picked(market="DE")
    known = orders.order
    monkeypatch.setattr(
        orders,
        "order",
        lambda **how: msgspec.structs.replace(
            known(**how), quote=msgspec.structs.replace(known(**how).quote, customer="business")
        ),
    )
    pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    stored = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert stored.goods.export_mode == "9710" and stored.parties.consignee.business
    assert stored.goods.mode == "courier" and set(stored.goods.values_in) == {"CNY", "EUR", "USD"}


def test_no_label_without_the_receivers_number_where_customs_ask_for_it(carrier, monkeypatch):
    rule = declarations.field_rules()[0]
    asked = type(rule)(field="receiver_id", source="a test", confidence="unverified", destinations=("US",))
    monkeypatch.setattr(declarations, "field_rules", lambda: (asked,))
    known = declarations.receiver_rules(on=AT.date())["BR"]
    monkeypatch.setattr(declarations, "receiver_rules", lambda *, on: {"US": known})
    monkeypatch.setattr(declaration_services, "receiver_rules", lambda *, on: {"US": known})
    shipment = picked()
    with pytest.raises(ReceiverIdMissing, match="CPF"):
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)

    def record(number, actor=SYSTEM):
        with db.transaction():
            declaration_services.record_receiver_id(
                actor=actor, order_id=shipment.order_id, country="US", number=number, at=AT
            )

    with pytest.raises(InvalidInput):
        record("529.982.247-24")
    with pytest.raises(PermissionDenied):
        record("529.982.247-25", Actor("staff", "s"))
    record("52998224725")
    sent(shipment)
    stored = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert stored.parties.consignee.tax_ids == {"cpf": "529.982.247-25"}
    sealed = db.fetch("SELECT number FROM declarations_receiverid")[0][0]
    assert sealed.startswith("v1:") and "529" not in sealed


def test_the_receivers_number_of_the_address_will_do(carrier, monkeypatch):
    monkeypatch.setitem(
        builders.ADDRESSES, "US", msgspec.structs.replace(builders.ADDRESSES["US"], tax_id="529.982.247-25")
    )
    known = declarations.receiver_rules(on=AT.date())["BR"]
    monkeypatch.setattr(declarations, "receiver_rules", lambda *, on: {"US": known})
    shipment = picked()
    sent(shipment)
    stored = declarations.dataset(order_id=shipment.order_id, consignment_ref=shipment.consignment_ref)
    assert stored.parties.consignee.tax_ids == {"cpf": "529.982.247-25"}


def test_what_is_too_heavy_for_one_parcel_is_split_after_a_persons_word(carrier):
    db.execute("UPDATE logistics_lane SET max_mass_g = 2500")
    forget_all()
    shipment = picked({"SPK-MINI": 4})  # 1.8 kg of goods, but 4 l each
    with pytest.raises(TooHeavyToShip, match="proposed split into 2 parcels"):
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT, mass_g=3001)
    assert fulfilment.shipment(shipment_id=shipment.id).state == "picked"
    sent(shipment, mass_g=3001, accept_split=True)
    seen = fulfilment.shipment(shipment_id=shipment.id)
    assert [sum(box.contents.values()) for box in seen.packages] == [3, 1] and seen.mass_g == 3001
    held = declarations.datasets(order_id=shipment.order_id)
    consignment = orders.order(order_id=shipment.order_id).quote.consignments[0]
    assert [(d.package, d.goods.package, d.goods.packages) for d in held] == [(1, 1, 2), (2, 2, 2)]
    assert sum(d.goods.goods_minor for d in held) == consignment.goods_minor
    assert sum(d.goods.freight_minor for d in held) == consignment.freight_minor
    assert sum(d.goods.gross_mass_g for d in held) == 3001
    parcels = logistics.parcels(shipment_ids=[shipment.id])
    assert len({p.tracking_number for p in parcels}) == 2 and len(carrier.booked) == 2
    assert len(declarations.invoices(order_id=shipment.order_id)) == 2
    record_tracking(carrier.message(shipment.id, "delivered", AT), at=AT)
    assert fulfilment.shipment(shipment_id=shipment.id).state == "shipped"
    record_tracking(carrier.message(f"{shipment.id}-2", "delivered", AT), at=AT)
    assert fulfilment.shipment(shipment_id=shipment.id).state == "delivered"


def test_a_label_is_voided_and_booked_anew_until_the_carrier_has_the_parcel(carrier):
    shipment = picked()
    first = sent(shipment)
    parcel = logistics.parcels(shipment_ids=[shipment.id])[0]
    second = replace_label(actor=SYSTEM, parcel_id=parcel.id, at=AT)
    assert second != first and carrier.cancelled == [first]
    now = logistics.parcels(shipment_ids=[shipment.id])
    assert [p.tracking_number for p in now] == [second]
    both = logistics.parcels(shipment_ids=[shipment.id], voided=True)
    assert [p.state for p in both] == ["voided", "booked"]
    record_tracking(carrier.message(f"{shipment.id}-v1", "handed_over", AT), at=AT)
    with pytest.raises(LabelInUse, match="has the parcel already"):
        replace_label(actor=SYSTEM, parcel_id=now[0].id, at=AT)
    with pytest.raises(PermissionDenied):
        replace_label(actor=Actor("staff", "s"), parcel_id=now[0].id, at=AT)


def test_tracking_is_entered_by_hand_and_proof_is_kept(by_post):
    shipment = picked(market="SA")
    sent(shipment)
    parcel = logistics.parcels(order_id=shipment.order_id)[0]

    def enter(code, signed_by="", actor=SYSTEM):
        return enter_tracking(
            actor=actor,
            parcel_id=parcel.id,
            code=code,
            place="Riyadh",
            words="told by phone",
            signed_by=signed_by,
            at=AT,
        )

    with pytest.raises(PermissionDenied):
        enter("handed_over", actor=Actor("staff", "s"))
    with pytest.raises(InvalidInput):
        enter("teleported")
    assert enter("handed_over") and not enter("handed_over")
    assert enter("delivered", signed_by="N. Al-Harbi")
    builders.deliver_all()
    done = logistics.parcels(order_id=shipment.order_id)[0]
    assert done.state == "delivered" and b"N. Al-Harbi" in documents.file(id=done.proof_document)[0]
    assert orders.order(order_id=shipment.order_id).state == "delivered"


def test_asking_the_carrier_records_what_is_new(carrier):
    shipment = picked()
    sent(shipment)
    parcel = logistics.parcels(order_id=shipment.order_id)[0]
    assert ask_carrier(actor=SYSTEM, parcel_id=parcel.id, at=AT) == 0
    carrier.message(shipment.id, "in_transit", AT)
    assert ask_carrier(actor=SYSTEM, parcel_id=parcel.id, at=AT) == 1
    assert ask_carrier(actor=SYSTEM, parcel_id=parcel.id, at=AT) == 0


def test_papers_labels_and_proofs_lie_encrypted_and_open_only_as_themselves(carrier):
    shipment = picked()
    sent(shipment)
    record_tracking(carrier.message(shipment.id, "delivered", AT), at=AT)
    parcel = logistics.parcels(order_id=shipment.order_id)[0]
    ids = [parcel.label_document, parcel.proof_document, *papers(shipment).values()]
    for key in ids:
        place = Path(live.MEDIA_ROOT) / key[:2] / key
        raw = place.read_bytes()
        assert crypto.is_sealed(raw) and b"%PDF" not in raw and b"Neighbour" not in raw
        info = documents.info(id=key)
        assert info.sealed and info.keep_until > AT.date()
    one, other = (Path(live.MEDIA_ROOT) / key[:2] / key for key in ids[:2])
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())  # a file put in another's place
    with pytest.raises(FileLost):
        documents.file(id=ids[0])
    one.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(FileLost):
        documents.file(id=ids[0])
    one.write_bytes(kept)
    assert documents.file(id=ids[0])[0].startswith(b"%PDF")


def test_files_that_lay_open_are_sealed_and_a_class_without_a_rule_is_refused():
    content = b"a label from before"
    with db.transaction():
        key = document_services.store_file(
            actor=SYSTEM, content=content, mime="application/pdf", name="old.pdf", retention="shipping_1_year"
        )
        place = Path(live.MEDIA_ROOT) / key[:2] / key
        place.write_bytes(content)
        assert documents.unsealed() == (key,) and documents.file(id=key)[0] == content
        assert document_services.seal_files(actor=SYSTEM, ids=documents.unsealed()) == 1
        assert documents.unsealed() == () and documents.file(id=key)[0] == content
        assert crypto.is_sealed(place.read_bytes())
        with pytest.raises(NoSuchRetention):
            document_services.store_file(actor=SYSTEM, content=b"x", mime="text/plain", name="x", retention="for ever")


def test_what_is_past_its_time_is_named():
    with db.transaction():
        key = document_services.store_file(
            actor=SYSTEM, content=b"label", mime="application/pdf", name="l.pdf", retention="shipping_1_year"
        )
    day = documents.info(id=key).keep_until
    assert documents.past_retention(on=day - dt.timedelta(days=1)) == ()
    assert [info.id for info in documents.past_retention(on=day + dt.timedelta(days=1))] == [key]


@pytest.mark.parametrize("market", ["DE", "US", "SA"])
def test_what_was_given_back_before_dispatch_is_not_declared(carrier, market):
    placed = builders.a_confirmed_order({"SPK-MINI": 3}, market=market)
    line = next(one for one in orders.open_lines(order_id=placed.order_id) if one.kind == "goods")
    back = {"actor": SYSTEM, "order_id": placed.order_id, "reason": "a test", "at": AT}
    refund_order(kind="release", units={("goods", line.ref): 1}, **back)
    refund_order(kind="goodwill", amount_minor=500, line=("goods", line.ref), **back)
    builders.deliver_all()
    left = orders.open_lines(order_id=placed.order_id)
    shipment = next(s for s in fulfilment.shipments(order_id=placed.order_id) if s.state == "to_pick")
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    sent(fulfilment.shipment(shipment_id=shipment.id))
    goods = declarations.dataset(order_id=placed.order_id, consignment_ref=shipment.consignment_ref).goods
    # What is declared is what is left of the price of goods and freight, to the cent; duty and tax are no part of it.
    assert [one.quantity for one in goods.lines] == [2]
    assert goods.goods_minor == sum(one.goods_minor for one in left if one.kind == "goods")
    assert goods.freight_minor == sum(one.goods_minor for one in left if one.kind == "freight")
    assert goods.goods_minor < line.goods_minor * 2 // 3 and carrier.booked[shipment.id].items[0].quantity == 2
    # And so say the electronic declarations, to the cent.
    dataset = declarations.dataset(order_id=placed.order_id, consignment_ref=shipment.consignment_ref)
    told = {record.kind: record for record in record_sets(dataset=dataset)}
    assert not any(record.problems for record in told.values() if record.gates)
    invoice = {value.field: value.value for value in told["invoice_data"].head}
    worth = [value.value for item in told["invoice_data"].items for value in item if value.field == "line_total"]
    places = exponent(goods.currency)
    assert Decimal(invoice["goods"]).scaleb(places) == sum(map(Decimal, worth)).scaleb(places) == goods.goods_minor
    assert Decimal(invoice["total"]).scaleb(places) == goods.total_minor


def test_cash_to_be_collected_is_declared_less_duty_and_tax(carrier):
    placed = builders.a_placed_order({"SPK-MINI": 2}, market="SA", method="cash_on_delivery")
    builders.deliver_all()
    attempt = payments.attempts(order_id=placed.order_id)[-1]
    promised = ProviderState(
        f"ref-{attempt.id}", "accepted", attempt.amount_minor, attempt.currency, attempt_id=attempt.id
    )
    with db.transaction():
        apply_answer(attempt.id, promised, AT)
    builders.deliver_all()
    shipment = fulfilment.shipments(order_id=placed.order_id)[0]
    pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
    sent(shipment)
    quote = orders.order(order_id=placed.order_id).quote
    goods = declarations.dataset(order_id=placed.order_id, consignment_ref=shipment.consignment_ref).goods
    assert payments.money(order_id=placed.order_id).captured_minor == 0
    assert goods.total_minor == quote.total_minor - quote.duty_minor - quote.fee_minor - quote.tax_minor > 0
