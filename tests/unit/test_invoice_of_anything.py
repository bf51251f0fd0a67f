"""Invoices and credit notes of whatever is sold anywhere, changed at random: they sum to what was charged and keep every rule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import invoice, invoice_shares
from entrepot.domains.finance.engine.en16931 import ubl
from entrepot.domains.finance.engine.en16931.rules import broken
from entrepot.domains.finance.types import TaxInvoice
from entrepot.domains.orders.engine import refunds
from entrepot.domains.orders.types import LineShares
from entrepot.domains.tax.errors import NotRegistered
from entrepot.domains.tax.types import RegistrationInfo, TaxRules
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.flows.settle import invoice_facts
from entrepot.kernel.quote import FxQuote
from entrepot.kernel.trade import Consignment
from tests import invoice_builders, law_builders
from tests.unit.test_law_all_regimes import FX, shipments

HELD = [RegistrationInfo("vat", place, "-", dt.date(2000, 1, 1), None) for place in ("DE", "NL", "GB")]


def documents(parcels: list[Consignment], duty: CustomsRules, vat: TaxRules, on: dt.date, data: st.DataObject):
    """The invoice of an order and the credit notes after it, with what is left at the end."""
    quote = invoice_builders.quote_of([(one, landed_cost(one, duty, vat, on, fx=FX)) for one in parcels], on)
    head = invoice_builders.head(routes=invoice_facts.routes(quote, HELD), union=invoice_facts.in_union(quote))
    if quote.customer == "business":
        head = msgspec.structs.replace(head, buyer=msgspec.structs.replace(head.buyer, vat_id="DE999999999"))
    left, found, changes = invoice_shares.as_placed(quote), [], ()
    before = data.draw(st.integers(0, 2))
    for number in range(4):
        if number == before:
            if not refunds.total(left):
                return
            made = msgspec.structs.replace(head, changes=changes, paid_minor=data.draw(st.integers(0, 10_000)))
            found.append(compose(made, quote, left))
            assert found[0].totals.gross_minor == refunds.total(left)
        taken = change(left, data)
        if not taken:
            continue
        left = fold(left, taken)
        changes = (*changes, f"change-{number}")
        if found and refunds.total(taken):
            made = msgspec.structs.replace(
                head, code="381", preceding=found[0].number, preceding_on=on, changes=changes, paid_minor=10**12
            )
            found.append(compose(made, quote, invoice_shares.taken(taken)))
    yield from found
    assert sum(d.totals.gross_minor * (1 if d.code == "380" else -1) for d in found) == refunds.total(left)


def compose(head: invoice.Head, quote, shares) -> TaxInvoice:
    return invoice.compose(head, quote, shares, finance.tax_categories(), lambda text: text)


def change(left: tuple[LineShares, ...], data: st.DataObject) -> tuple[LineShares, ...]:
    """Some units or an amount of what is left, () where nothing is."""
    total = refunds.total(left)
    if not total:
        return ()
    if data.draw(st.booleans()):
        return refunds.by_amount(left, data.draw(st.integers(1, total)))
    with_units = [line for line in left if line.quantity]
    if not with_units:
        return ()
    line = data.draw(st.sampled_from(with_units))
    return refunds.by_units(left, {refunds.key(line): data.draw(st.integers(1, line.quantity))})


def fold(left: tuple[LineShares, ...], taken: tuple[LineShares, ...]) -> tuple[LineShares, ...]:
    gone = {refunds.key(line): line for line in taken}
    names = ("quantity", "goods_minor", "duty_minor", "fee_minor", "tax_minor", "gross_minor")
    return tuple(
        msgspec.structs.replace(x, **{n: getattr(x, n) + getattr(gone[refunds.key(x)], n) for n in names})
        if refunds.key(x) in gone
        else x
        for x in left
    )


@settings(max_examples=120, deadline=None)
@given(shipments(), st.sampled_from(("", "CN", "NL", "US")), st.data())
def test_whatever_is_sold_its_documents_sum_and_keep_every_rule(shipment, second, data):
    parcel, duty, vat, on = shipment
    parcels = [parcel]
    if second:
        lines = tuple(msgspec.structs.replace(x, ref=f"x{x.ref}") for x in parcel.lines)
        parcels.append(msgspec.structs.replace(parcel, ref="d", dispatch_country=second, lines=lines))
    try:
        found = list(documents(parcels, duty, vat, on, data))
    except NotRegistered:
        return
    for document in found:
        assert broken(document) == (), (broken(document), document)
        assert document.totals.gross_minor >= 0 and all(g.tax_minor >= 0 for g in document.groups)
        assert bool(document.why_own) is (document.profile == "own")
        if document.profile == "en16931":
            root = ET.fromstring(ubl.document(document))
            due = root.find("cac:LegalMonetaryTotal/cbc:PayableAmount", ubl.NAMESPACES)
            assert due is not None and due.text == ubl.digits(document.totals.due_minor, document.currency)


def test_the_tax_is_also_told_in_the_currency_of_the_law(monkeypatch):
    goods = law_builders.lines((10_000, "940521"))
    parcel = law_builders.parcel(goods, to="SE", sent_from="NL", freight=500)
    vat = law_builders.tax_rules("SE", law_builders.DAY, registered=["oss@EU"])
    cost = landed_cost(parcel, law_builders.customs_rules("SE", law_builders.DAY, goods), vat, law_builders.DAY, fx=FX)
    quote = invoice_builders.quote_of([(parcel, cost)], law_builders.DAY)
    day = law_builders.DAY
    rate = FxQuote("EUR", "SEK", Decimal("11.0500"), "ECB", day, day)
    monkeypatch.setattr(invoice_facts.markets, "fx_quote", lambda **_: rate)
    head = invoice_builders.head(routes=invoice_facts.routes(quote, HELD), union=True, deliver_to="SE")
    shares = invoice_shares.as_placed(quote)
    document = invoice_facts.composed(head, SimpleNamespace(quote=quote), shares, "en", day)
    assert (document.totals.tax_minor, document.home_tax.tax_minor, document.home_tax.rate) == (2_625, 29_006, "11.05")
    assert broken(document) == ()
    told = ubl.document(document).decode()
    assert "<cbc:TaxCurrencyCode>SEK" in told and '<cbc:TaxAmount currencyID="SEK">290.06' in told
