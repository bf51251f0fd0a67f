"""From the house's frozen nouns to shapes."""

from __future__ import annotations

from entrepot.domains.payments.types import AttemptView
from entrepot.interfaces.api.shapes import sale
from entrepot.interfaces.api.shapes.common import money
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment, QuotedLine
from entrepot.kernel.trade import Charge


def quote(found: FrozenQuote, *, frozen: bool, state: str = "open") -> sale.Quote:
    """Return a quote as the API writes it."""
    unit = found.currency
    return sale.Quote(
        id=found.id,
        frozen=frozen,
        state="placed" if state == "placed" else "open",
        market=found.market,
        country=found.country,
        region=found.region,
        postal_code=found.postcode,
        currency=unit,
        tax_display=found.tax_display,
        tax_point=found.tax_point,
        created_at=found.created_at,
        expires_at=found.expires_at,
        expires_because=found.expires_because,
        grade=found.grade,
        language=found.language,
        goods=money(found.goods_minor, unit),
        freight=money(found.freight_minor, unit),
        duty=money(found.duty_minor, unit),
        fee=money(found.fee_minor, unit),
        tax=money(found.tax_minor, unit),
        total=money(found.total_minor, unit),
        consignments=[_consignment(c, unit) for c in found.consignments],
        fx=[
            sale.Fx(
                source_currency=r.source_currency, target=r.target, rate=f"{r.rate:f}", source=r.source, date=r.date
            )
            for r in found.fx
        ],
        plans_considered=found.plans_considered,
        plan_note=found.plan_note,
        customer="business" if found.customer == "business" else "consumer",
    )


def _consignment(found: QuotedConsignment, unit: str) -> sale.Consignment:
    return sale.Consignment(
        ref=found.ref,
        warehouse=found.warehouse,
        warehouse_country=found.warehouse_country,
        warehouse_city=found.warehouse_city,
        service=found.service,
        service_name=found.service_name,
        carrier=found.carrier,
        incoterm=found.incoterm,
        importer_of_record=found.importer_of_record,
        scheme=found.scheme,
        lines=[_line(line, unit) for line in found.lines],
        charges=[_charge(charge, unit) for charge in found.charges],
        freight=money(found.freight_gross_minor, unit),
        total=money(found.total_minor, unit),
        arrives_first=found.promise.first,
        arrives_last=found.promise.last,
        order_by=found.promise.order_by,
    )


def _line(found: QuotedLine, unit: str) -> sale.QuotedLine:
    return sale.QuotedLine(
        ref=found.ref,
        sku=found.sku,
        title=found.title,
        option=found.option,
        picture=found.picture,
        quantity=found.quantity,
        goods=money(found.goods_minor, unit),
        duty=money(found.duty_minor, unit),
        fee=money(found.fee_minor, unit),
        tax=money(found.tax_minor, unit),
        gross=money(found.gross_minor, unit),
        hs_code=found.hs_code,
        origin=found.origin,
        mass_g=found.mass_g,
        assumed=list(found.assumed),
    )


def _charge(found: Charge, unit: str) -> sale.Charge:
    rule = found.rule
    return sale.Charge(
        kind=found.kind,
        name=found.name,
        line=found.line,
        amount=money(found.amount_minor, unit),
        base=money(found.base_minor, unit),
        rate_ppm=found.rate_ppm,
        reason=found.reason,
        collector=found.collector,
        rule=sale.Rule(
            table=rule.table,
            key=rule.key,
            value=rule.value,
            source=rule.source,
            confidence=rule.confidence,
            since=rule.since,
            until=rule.until,
        ),
    )


def payment(found: AttemptView) -> sale.Payment:
    """Return a try to pay as the API writes it."""
    action = found.next_action
    return sale.Payment(
        id=found.id,
        method=found.method,
        state=found.state,
        amount=money(found.amount_minor, found.currency),
        refusal=found.refusal,
        next_action=sale.NextAction(kind=action.kind, url=action.url, code=action.code, expires_at=action.expires_at),
    )
