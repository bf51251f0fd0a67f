"""Declarations as files: of an order, of stock that goes abroad, and China's refund file of a month; by command."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json

import pytest

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.flows.declare.export_refund import refund_lines
from entrepot.flows.declare.export_transfer import Transfer, TransferLine, transfer_sets
from entrepot.flows.declare.record_sets import hand_out, record_sets
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.interfaces.cli.commands import papers
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, NotFound, PermissionDenied
from tests import builders
from tests.fakes.carrier import carrying

pytestmark = pytest.mark.django_db
AT = builders.AT


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


def shipped(market="DE"):
    with carrying("sandbox"):
        placed = builders.a_confirmed_order({"SPK-MINI": 2}, market=market)
        shipment = fulfilment.shipments(order_id=placed.order_id)[0]
        for step in (pick_shipment, pack_shipment):
            step(actor=SYSTEM, shipment_id=shipment.id, at=AT)
        builders.deliver_all()
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
        builders.deliver_all()
    return shipment


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    papers.arguments(parser)
    return papers.run(parser.parse_args(list(words)))


def test_an_orders_declarations_are_written_by_command_and_the_refund_file_has_its_lines(tmp_path, capsys):
    shipment = shipped()
    assert command("export", "--order", shipment.order_number, "--out", str(tmp_path)) == 0
    names = {place.name.split("-")[0] for place in tmp_path.iterdir()}
    assert {
        "h7",
        "ens",
        "invoice_data",
        "cn_9610_order",
        "cn_9610_payment",
        "cn_9610_logistics",
        "cn_9610_list",
    } == names
    told = json.loads(next(tmp_path.glob("h7-*")).read_text())
    dataset = declarations.datasets(order_id=shipment.order_id)[0]
    assert told["dataset"] == dataset.id and told["dataset_version"] == dataset.version
    open_ = [line for line in capsys.readouterr().out.splitlines() if "to mend" in line]
    assert open_ and all("customs code: missing" in line or "Consignor, code" in line for line in open_), open_
    assert command("refund", "--month", "2026-11", "--out", str(tmp_path)) == 0
    said = capsys.readouterr().out
    assert "1 lines (9610: 1)" in said and "input VAT invoice" in said
    rows = list(csv.DictReader((tmp_path / "export-refund-2026-11.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0]["order_number"] == shipment.order_number and rows[0]["fob_cny"]
    assert refund_lines(month=dt.date(2026, 10, 1)) == () == refund_lines(month=dt.date(2026, 12, 31))
    with pytest.raises(InvalidInput, match="2026-11"):
        command("refund", "--month", "November")


def test_the_same_dataset_gives_the_same_declarations_and_only_who_may_takes_them():
    shipment = shipped()
    dataset = declarations.datasets(order_id=shipment.order_id)[0]
    assert record_sets(dataset=dataset) == record_sets(dataset=dataset)
    take = {"dataset": dataset, "kind": "h7", "file_format": "json", "at": AT}
    assert hand_out(actor=SYSTEM, **take) == hand_out(actor=SYSTEM, **take)
    with pytest.raises(PermissionDenied):
        hand_out(actor=Actor("staff", "s"), **take)
    with pytest.raises(NotFound):
        hand_out(actor=SYSTEM, **{**take, "kind": "us_mail"})
    with pytest.raises(InvalidInput):
        hand_out(actor=SYSTEM, **{**take, "file_format": "xml"})


def test_stock_for_a_warehouse_abroad_leaves_as_9810_and_is_imported_by_h1(tmp_path, capsys):
    move = Transfer(
        "T-1", "SZX", "RTM", "USD", (TransferLine("SPK-MINI", 50, 75_000), TransferLine("TEA-CUP", 10, 6_000))
    )
    found = {one.kind: one for one in transfer_sets(transfer=move, on=builders.DAY)}
    assert set(found) == {"h1", "ens", "invoice_data", "cn_9810"}
    head = {value.field: value.value for value in found["cn_9810"].head}
    assert head["tradeMode"] == "9810" and head["warehouse"] == "Rotterdam warehouse" and head["trafMode"] == "2"
    assert head["goodsValue"] == "810.00" and head["tradeMode"] == "9810"
    assert {problem.fact for problem in found["cn_9810"].problems} == {"seller_customs_code"}, (
        "of a company without one"
    )
    assert not any(found[kind].problems for kind in ("h1", "ens", "invoice_data"))
    file = tmp_path / "move.yaml"
    file.write_text(
        "{reference: T-1, start: SZX, end: RTM, currency: USD, lines: [{sku: SPK-MINI, quantity: 50, value_minor: 75000}]}"
    )
    assert command("transfer", str(file), "--set", "cn_9810", "--format", "csv", "--out", str(tmp_path)) == 0
    assert (tmp_path / "cn_9810-T-1.csv").read_text("utf-8-sig").count("\n") == 2
    file.write_text("{reference: T-1, stat: SZX}")
    with pytest.raises(InvalidInput, match="export-from-china"):
        command("transfer", str(file), "--out", str(tmp_path))
    for wrong, error in (
        ({"end": "XXX"}, NotFound),
        ({"start": "RTM", "end": "RTM"}, InvalidInput),
        ({"lines": ()}, InvalidInput),
        ({"lines": (TransferLine("NOPE", 1, 1),)}, NotFound),
        ({"lines": (TransferLine("TEA-CUP", 0, 1),)}, InvalidInput),
    ):
        told = {name: getattr(move, name) for name in move.__struct_fields__} | wrong
        with pytest.raises(error):
            transfer_sets(transfer=Transfer(**told), on=builders.DAY)
