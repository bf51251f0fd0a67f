"""Markets, categories, offers and products."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from entrepot.interfaces.api.shapes.common import Code, Currency, In, Language, LongText, Money, Out, Sku, Text, Word

Amount = Annotated[str, StringConstraints(max_length=24, pattern=r"^\d{1,12}(\.\d{1,6})?$")]
Origin = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
MAX_PRODUCTS, MAX_ROWS = 100, 1000


class Market(Out):
    """A place the shop sells to. `tax_display` says whether prices there have tax inside."""

    code: str
    country: str
    currency: str
    languages: list[str]
    tax_display: Literal["incl", "excl"]


class Category(Out):
    """A shelf, in the language asked for; `path` finds what stands on it and below."""

    slug: str
    name: str
    parent: str
    description: str
    path: str
    products: int


class Offer(Out):
    """A product in a market as a card shows it: its cheapest variant, landed, without delivery."""

    product_id: str
    handle: str
    title: str
    place: str
    picture: str
    price: Money
    from_price: bool
    availability: str
    units_left: int
    arrives_first: dt.date
    arrives_last: dt.date


class PricePart(Out):
    """A part of a landed unit price, with the rule that makes it and where the rule is from."""

    kind: str
    name: str
    amount: Money
    rate_ppm: int
    reason: str
    rule: str
    source: str
    confidence: str


class VariantOffer(Out):
    """A SKU in a market: one unit landed (`price`), what it is made of, and what delivering one costs."""

    sku: str
    option: str
    picture: str
    price: Money
    parts: list[PricePart]
    delivery: Money
    availability: str
    units_left: int
    ships_from: str
    arrives_first: dt.date
    arrives_last: dt.date
    good_until: dt.datetime | None


class OfferedProduct(Out):
    """A product page of a market. `language` is what the texts really are in."""

    id: str
    handle: str
    category: str
    category_name: str
    brand: str
    title: str
    description: str
    language: str
    pictures: list[str]
    attributes: dict[str, str]
    option_name: str
    market: str
    variants: list[VariantOffer]


class Variant(Out):
    """A SKU with its customs data. `assumed` names those nobody has confirmed: they may be quoted, not printed."""

    sku: str
    option: str
    picture: str
    hs_code: str
    origin: str
    mass_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    customs_description: str
    assumed: list[str]


class Product(Out):
    """A whole product in one language, and the markets it is published to."""

    id: str
    handle: str
    category: str
    brand: str
    title: str
    description: str
    language: str
    provenance: str
    tax_category: str
    pictures: list[str]
    attributes: dict[str, str]
    variants: list[Variant]
    markets: list[str]


class TextIn(In):
    """The words of a product in a language."""

    title: Text
    description: LongText = ""
    maker_place: Text = ""
    option_name: Word = ""
    attributes: Annotated[dict[Word, Text], Field(max_length=40)] = {}


class VariantIn(In):
    """A SKU. Customs data left out are assumed from the category, and marked so."""

    sku: Sku
    option: Word = ""
    barcode: Word = ""
    price: Amount | None = Field(
        default=None, description="net price of one unit; left out, the article is not offered yet"
    )
    stock: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    hs_code: Word = ""
    origin: Origin = ""
    mass_g: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    length_mm: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    width_mm: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    height_mm: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    customs_description: Text = ""
    picture: Text = ""


class ProductIn(In):
    """A whole product, found by its handle; a variant that is not named stays as it is."""

    handle: Text
    category: Word
    title: Text
    description: LongText = ""
    brand: Text = ""
    maker_place: Text = ""
    option_name: Word = ""
    attributes: Annotated[dict[Word, Text], Field(max_length=40)] = {}
    tax_category: Word = "standard"
    pictures: Annotated[list[Text], Field(max_length=20)] = []
    translations: Annotated[dict[Language, TextIn], Field(max_length=20)] = {}
    variants: Annotated[list[VariantIn], Field(min_length=1, max_length=100)]


class ProductsIn(In):
    """Products to add or change, by the rules of a file's import; good ones go in, bad ones are named with their rule."""

    products: Annotated[list[ProductIn], Field(min_length=1, max_length=MAX_PRODUCTS)]
    currency: Currency = Field(default="USD", description="of the prices; one the shop keeps a price list in")
    language: Language = "en"
    warehouse: Code = Field(description="where opening stock of new SKUs stands")
    markets: Annotated[list[Code], Field(max_length=60)] = Field(
        default=[], description="publish them to these markets"
    )
    preview: bool = Field(default=False, description="say what would be done, and do nothing")


class Refusal(Out):
    """Why a product or variant was left out. `product` is its place in `products`, from 0."""

    product: int
    handle: str
    field: str
    value: str
    rule: str


class ProductsDone(Out):
    """What an upsert did (or, in a preview, would do)."""

    added: int
    changed: int
    unchanged: int
    refused: list[Refusal]
    assumed: int = Field(description="variants with customs data that nobody has confirmed")
    prices_changed: int
    stock_received: int
    published: int


class PriceIn(In):
    """A net unit price; null ends the SKU's price."""

    sku: Sku
    price: Amount | None

    @property
    def decimal(self) -> Decimal | None:
        """The price as a number."""
        return None if self.price is None else Decimal(self.price)


class PricesIn(In):
    """Net unit prices of a currency's list from a day on."""

    currency: Currency
    from_date: dt.date | None = Field(default=None, description="left out: today")
    prices: Annotated[list[PriceIn], Field(min_length=1, max_length=MAX_ROWS)]


class Changed(Out):
    """How many things differ from before."""

    changed: int


class StockLevel(Out):
    """Stock of a SKU in a warehouse."""

    warehouse: str
    sku: str
    on_hand: int
    reserved: int
    available: int


class ReceiptIn(In):
    """Units that came in. A reference (a delivery note) counts once per SKU and warehouse."""

    warehouse: Code
    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    reference: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Received(Out):
    """Whether the units were added; false when the reference was received before."""

    received: bool


class AdjustmentIn(In):
    """A correction after a count."""

    warehouse: Code
    sku: Sku
    delta: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]


class OnHand(Out):
    """What is on hand now."""

    on_hand: int
