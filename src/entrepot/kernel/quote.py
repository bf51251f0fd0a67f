"""A landed-cost quote: what checkout freezes, orders keep, declarations and books follow.

A `FrozenQuote` is stored whole, as JSON, and reads back the same for ever. Amounts are minor units of its currency.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec

from entrepot.kernel.trade import Charge, RuleRef


class FxQuote(msgspec.Struct, frozen=True):
    """A rate with its source and day: units of `target` per unit of `source_currency`."""

    source_currency: str
    target: str
    rate: Decimal
    source: str
    date: dt.date
    usable_until: dt.date


class Promise(msgspec.Struct, frozen=True):
    """The first and last day of arrival, and the moment until which it holds."""

    first: dt.date
    last: dt.date
    order_by: dt.datetime


class QuotedLine(msgspec.Struct, frozen=True):
    """A line of a consignment, with its shares. All amounts are of the whole line, in the quote's currency.

    gross_minor = goods + duty + fee + tax on goods, duty and fees (what the buyer pays for the line without freight).
    `tax_category` and `tax_scheme` say under which rate and scheme it was taxed; a return is led by them.
    """

    ref: str
    sku: str
    title: str
    option: str
    picture: str
    quantity: int
    goods_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    gross_minor: int
    hs_code: str
    origin: str
    mass_g: int
    customs_description: str
    assumed: tuple[str, ...]
    tax_category: str = "standard"
    tax_scheme: str = ""


class QuotedConsignment(msgspec.Struct, frozen=True):
    """Goods of one warehouse to the buyer, with freight, its tax, a service and a promise.

    freight_gross_minor = freight + tax on freight. total_minor = Σ line gross + freight_gross.
    `charges` is the cascade in order (goods, freight, duty, fee, tax), each row with its rule; it sums to total_minor.
    `scheme` names the consignment on papers (perhaps after its customs entry), `tax_scheme` the tax scheme of its freight and,
    where they do not differ, of its lines. `mode` is how it crosses the border (courier, post, air, sea, road).
    """

    ref: str
    warehouse: str
    warehouse_country: str
    warehouse_city: str
    service: str
    service_name: str
    carrier: str
    incoterm: str
    importer_of_record: str
    scheme: str
    lines: tuple[QuotedLine, ...]
    goods_minor: int
    freight_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    freight_gross_minor: int
    total_minor: int
    charges: tuple[Charge, ...]
    promise: Promise
    tax_scheme: str = ""
    mode: str = "courier"


class FrozenQuote(msgspec.Struct, frozen=True):
    """A landed cost that binds: charged to the cent when placed before `expires_at`.

    total_minor = Σ consignment totals. `tax_in_display` says whether tax is inside the prices shown (EU, SA) or added
    at the end (US). `rules` are the rule rows used, for replay. `plan_note` says in words why this split won.
    `customer` is consumer or business; `tax_proof` is the public id of the stored answer that showed a business's tax number
    to be valid, "" without one. `price_policy` is same_net or same_gross, as the market's was.
    """

    id: str
    store_id: str
    entity_id: str
    market: str
    country: str
    region: str
    postcode: str
    currency: str
    tax_display: str
    tax_point: dt.date
    created_at: dt.datetime
    expires_at: dt.datetime
    expires_because: str
    consignments: tuple[QuotedConsignment, ...]
    goods_minor: int
    freight_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    total_minor: int
    fx: tuple[FxQuote, ...]
    rules: tuple[RuleRef, ...]
    plans_considered: int = 1
    plan_note: str = ""
    grade: str = "standard"
    language: str = "en"
    customer: str = "consumer"
    tax_proof: str = ""
    price_policy: str = "same_net"
