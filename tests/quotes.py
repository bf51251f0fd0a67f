"""Quotes on paper: whole FrozenQuotes without a database, for tests of what follows from a quote."""

from __future__ import annotations

import datetime as dt

from entrepot.kernel.quote import FrozenQuote, Promise, QuotedConsignment, QuotedLine
from entrepot.kernel.trade import Charge, RuleRef

RULE = RuleRef("test", "rule", "1", "a test", "unverified")
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)


def a_paper_quote(*, goods_minor: int = 4000, freight_minor: int = 500, lines: int = 2) -> FrozenQuote:
    """Return a quote of one consignment whose lines cost `goods_minor` each, with 10 % duty and 20 % tax on all."""
    duty = goods_minor // 10
    tax = (goods_minor + duty) // 5
    quoted = tuple(
        QuotedLine(
            ref=f"C1-L{n}",
            sku=f"SKU-{n}",
            title=f"Thing {n}",
            option="",
            picture="",
            quantity=n,
            goods_minor=goods_minor,
            duty_minor=duty,
            fee_minor=0,
            tax_minor=tax,
            gross_minor=goods_minor + duty + tax,
            hs_code="940521",
            origin="CN",
            mass_g=500 * n,
            customs_description="thing",
            assumed=(),
        )
        for n in range(1, lines + 1)
    )
    total = sum(line.gross_minor for line in quoted) + freight_minor
    consignment = QuotedConsignment(
        ref="C1",
        warehouse="SZX",
        warehouse_country="CN",
        warehouse_city="Shenzhen",
        service="standard",
        service_name="Standard",
        carrier="sandbox",
        incoterm="DDP",
        importer_of_record="seller",
        scheme="standard_import",
        lines=quoted,
        goods_minor=goods_minor * lines,
        freight_minor=freight_minor,
        duty_minor=duty * lines,
        fee_minor=0,
        tax_minor=tax * lines,
        freight_gross_minor=freight_minor,
        total_minor=total,
        charges=(Charge("goods", "Goods", "", total, RULE),),
        promise=Promise(AT.date(), AT.date(), AT),
    )
    return FrozenQuote(
        id="01a211d8-0000-7000-8000-000000000001",
        store_id="01a211d8-0000-7000-8000-000000000002",
        entity_id="01a211d8-0000-7000-8000-000000000003",
        market="DE",
        country="DE",
        region="",
        postcode="22767",
        currency="EUR",
        tax_display="incl",
        tax_point=AT.date(),
        created_at=AT,
        expires_at=AT + dt.timedelta(minutes=30),
        expires_because="",
        consignments=(consignment,),
        goods_minor=consignment.goods_minor,
        freight_minor=freight_minor,
        duty_minor=consignment.duty_minor,
        fee_minor=0,
        tax_minor=consignment.tax_minor,
        total_minor=total,
        fx=(),
        rules=(RULE,),
    )
