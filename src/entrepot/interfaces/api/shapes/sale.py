"""Quotes, carts, orders and parcels."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from entrepot.interfaces.api.shapes.common import (
    Address,
    Code,
    Country,
    Grade,
    In,
    KnownAddress,
    Language,
    Minor,
    Money,
    Out,
    PublicId,
    Sku,
    Text,
    Word,
)

Quantity = Annotated[int, Field(ge=1, le=99)]


class LineIn(In):
    """So many of a SKU."""

    sku: Sku
    quantity: Quantity


class Destination(In):
    """Where the goods go. Tax may depend on region and postal code: a quote without them binds for no address that has them."""

    country: Country | None = Field(default=None, description="left out: the market's own")
    region: Word = ""
    postal_code: Word = ""


TaxNumber = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]


class QuoteIn(In):
    """Goods to a place in a market."""

    market: Code
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=50)]
    destination: Destination | None = Field(default=None, description="left out: somewhere in the market's country")
    grade: Grade = "standard"
    language: Language | None = None
    freeze: bool = Field(default=False, description="keep it, so that it can be ordered by its id until it expires")
    tax_number: TaxNumber = Field(
        default="",
        description="of a company in the country of delivery, checked with its register; left out: a consumer buys",
    )


class CartQuoteIn(In):
    """Where a cart's goods go and how fast; the quote is kept and can be ordered by its id until it expires."""

    destination: Destination | None = Field(default=None, description="left out: somewhere in the market's country")
    grade: Grade = "standard"
    tax_number: TaxNumber = Field(
        default="",
        description="of a company in the country of delivery, checked with its register; left out: a consumer buys",
    )


class Rule(Out):
    """The row of law or of a price list behind a figure."""

    table: str
    key: str
    value: str
    source: str
    confidence: str
    since: str
    until: str


class Charge(Out):
    """A row of the cascade. `line` is "" for the whole consignment; `reason` says why a row is nought."""

    kind: str
    name: str
    line: str
    amount: Money
    base: Money
    rate_ppm: int
    reason: str
    collector: str
    rule: Rule


class QuotedLine(Out):
    """A line with its shares; `gross` is goods, duty, fee and the tax on them."""

    ref: str
    sku: str
    title: str
    option: str
    picture: str
    quantity: int
    goods: Money
    duty: Money
    fee: Money
    tax: Money
    gross: Money
    hs_code: str
    origin: str
    mass_g: int
    assumed: list[str]


class Consignment(Out):
    """Goods of one warehouse with freight and promise. `charges` is the cascade in order and sums to `total`."""

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
    lines: list[QuotedLine]
    charges: list[Charge]
    freight: Money
    total: Money
    arrives_first: dt.date
    arrives_last: dt.date
    order_by: dt.datetime


class Fx(Out):
    """An exchange rate used."""

    source_currency: str
    target: str
    rate: str
    source: str
    date: dt.date


class Quote(Out):
    """What goods cost landed, from the cheapest legal split over the warehouses, with the rule behind every figure."""

    id: str
    frozen: bool
    state: Literal["open", "placed"]
    market: str
    country: str
    region: str
    postal_code: str
    currency: str
    tax_display: str
    tax_point: dt.date
    created_at: dt.datetime
    expires_at: dt.datetime
    expires_because: str
    grade: str
    language: str
    goods: Money
    freight: Money
    duty: Money
    fee: Money
    tax: Money
    total: Money
    consignments: list[Consignment]
    fx: list[Fx]
    plans_considered: int
    plan_note: str
    customer: Literal["consumer", "business"]


class Delivery(Out):
    """A way to have a cart delivered."""

    grade: str
    services: list[str]
    arrives_first: dt.date
    arrives_last: dt.date
    freight: Money
    total: Money


class Deliveries(Out):
    """The ways to have a cart delivered, without those that are no different from another."""

    items: list[Delivery]


class PaymentMethod(Out):
    """A method to pay with. `hold_s` is how long goods are put aside for it; `test` marks the sandbox."""

    code: str
    name: str
    note: str
    hold_s: int
    test: bool


class PaymentMethods(Out):
    """The methods offered for a quote."""

    items: list[PaymentMethod]


class CartIn(In):
    """A new cart in a market."""

    market: Code
    language: Language | None = None
    lines: Annotated[list[LineIn], Field(max_length=50)] = []


class CartLineIn(In):
    """How many of a SKU are to be in a cart; 0 takes it out."""

    sku: Sku
    quantity: Annotated[int, Field(ge=0, le=99)]


class CartLine(Out):
    """So many of a SKU."""

    sku: str
    quantity: int


class Cart(Out):
    """A cart. Whoever holds its id may use it; `version` grows with every change."""

    id: str
    market: str
    locale: str
    version: int
    lines: list[CartLine]


class OrderIn(In):
    """An order: a frozen quote, who buys, where to, how it is paid. The same words twice are one order."""

    quote_id: PublicId
    email: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$")]
    phone: Word = ""
    address: Address
    payment_method: Code
    return_url: Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")] | None = (
        Field(
            None,
            description="where the buyer comes back to from a payment page; {order} and {token} in it are filled in",
        )
    )


class NextAction(Out):
    """What the buyer does next. none: wait · redirect: go to `url` · show_code: pay `code` until `expires_at`."""

    kind: str
    url: str
    code: str
    expires_at: dt.datetime | None


class Payment(Out):
    """A try to pay."""

    id: str
    method: str
    state: str
    amount: Money
    refusal: str
    next_action: NextAction


class PlacedOrder(Out):
    """A placed order. `token` opens it for a public key (header X-Order-Token) and its page at `url` for the buyer."""

    id: str
    number: str
    state: str
    total: Money
    hold_until: dt.datetime | None
    token: str
    url: str
    payment: Payment


class PaymentIn(In):
    """Another try to pay a placed order."""

    payment_method: Code
    return_url: Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")] | None = (
        None
    )


class TimelineStep(Out):
    """What happened to an order. `kind` is stable."""

    kind: str
    at: dt.datetime
    params: dict[str, str]


class OrderChange(Out):
    """A change of an order; the total is its fold."""

    id: str
    kind: str
    amount: Money
    reason: str
    at: dt.datetime


class OrderBrief(Out):
    """An order in a list."""

    id: str
    number: str
    state: str
    market: str
    total: Money
    consignments: int
    placed_at: dt.datetime


class Order(Out):
    """An order with what was quoted, changed and paid."""

    id: str
    number: str
    state: str
    market: str
    locale: str
    placed_total: Money
    total: Money
    placed_at: dt.datetime
    confirmed_at: dt.datetime | None
    hold_until: dt.datetime | None
    email: str
    address: KnownAddress
    quote: Quote
    changes: list[OrderChange]
    timeline: list[TimelineStep]
    payments: list[Payment]


class Timeline(Out):
    """What happened to an order, oldest first."""

    items: list[TimelineStep]


class CancelIn(In):
    """Why an order is called off."""

    reason: Text = ""


class Cancelled(Out):
    """An order that was called off, and what goes back to the buyer."""

    id: str
    state: str
    refund: Money


class RefundLine(In):
    """Units of a line of the quote; `ref` is the line's. `freight` gives a parcel's delivery back, by the parcel's ref."""

    kind: Literal["goods", "freight"] = "goods"
    ref: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
    quantity: Annotated[int, Field(ge=1, le=99)] = 1


class RefundIn(In):
    """What goes back: units of lines, or an amount. release: goods that have not left · return: they come back · goodwill."""

    kind: Literal["release", "return", "goodwill"]
    lines: Annotated[list[RefundLine], Field(max_length=100)] = []
    amount_minor: Minor = 0
    reason: Text = ""
    way: Literal["original", "store_credit"] = "original"


class Refunded(Out):
    """What goes back; the order's total is less by it."""

    change_id: str
    refund: Money


class TrackingStep(Out):
    """What a carrier said of a parcel. `code` is ours, `words` are the carrier's own."""

    code: str
    at: dt.datetime
    place: str
    words: str


class Parcel(Out):
    """A parcel on its way."""

    id: str
    order_id: str
    carrier: str
    service: str
    tracking_number: str
    state: str
    steps: list[TrackingStep]


class Parcels(Out):
    """The parcels of an order; none before a label was booked."""

    items: list[Parcel]


class TrackingIn(In):
    """What is known of a parcel, from a carrier that rings nowhere. `event_id` makes it once-only."""

    carrier: Code
    tracking_number: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
    event_id: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
    code: Literal["handed_over", "in_transit", "at_customs", "cleared", "out_for_delivery", "delivered", "exception"]
    at: dt.datetime
    place: Word = ""
    words: Text = ""
    signed_by: Word = ""


class Recorded(Out):
    """Whether a step was new; false when it was known."""

    recorded: bool
