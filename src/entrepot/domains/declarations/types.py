"""Frozen nouns of declarations. Amounts are minor units of the order's currency."""

from __future__ import annotations

import datetime as dt

import msgspec


class DeclaredLine(msgspec.Struct, frozen=True):
    """What one line is declared at: the net price of all its units, as paid."""

    ref: str
    sku: str
    quantity: int
    goods_minor: int


class DeclaredConsignment(msgspec.Struct, frozen=True):
    """What a consignment is declared at. total_minor = goods + freight where the incoterm puts freight into the price."""

    ref: str
    currency: str
    incoterm: str
    lines: tuple[DeclaredLine, ...]
    goods_minor: int
    freight_minor: int
    total_minor: int


class OpenShare(msgspec.Struct, frozen=True):
    """What is left of a line (kind goods, `ref` = QuotedLine.ref) or of a consignment's freight (kind freight, its ref).

    `net_minor` is goods or freight, `charges_minor` the duty, fees and tax on it.
    """

    kind: str
    ref: str
    quantity: int
    net_minor: int
    charges_minor: int


class GoodsData(msgspec.Struct, frozen=True):
    """What customs must know of a SKU. `assumed` names the fields nobody has confirmed."""

    sku: str
    hs_code: str
    origin: str
    mass_g: int
    customs_description: str
    assumed: tuple[str, ...] = ()


class SchemeMark(msgspec.Struct, frozen=True):
    """A customs scheme whose number papers must carry: its printed name, and which tax id of the seller it is."""

    scheme: str
    name: str
    tax_id: str


class Problem(msgspec.Struct, frozen=True):
    """A customs field that stops a label. `problem` is missing or assumed."""

    sku: str
    field: str
    problem: str


class Party(msgspec.Struct, frozen=True):
    """Seller or consignee as papers name them. `lines` are address lines in postal order, without the country.

    `parts` are the same by field (street, city, region, postcode), as electronic records ask for them; datasets from before
    have none. `business` is True of a company.
    """

    name: str
    local_name: str
    lines: tuple[str, ...]
    country: str
    phone: str = ""
    tax_ids: dict[str, str] = {}
    parts: dict[str, str] = {}
    business: bool = False


class DatasetLine(msgspec.Struct, frozen=True):
    """A line of a customs dataset."""

    ref: str
    sku: str
    description: str
    hs_code: str
    origin: str
    quantity: int
    goods_minor: int
    net_mass_g: int
    title: str = ""


class DatasetGoods(msgspec.Struct, frozen=True):
    """The part of a dataset that names no person; stored as JSON.

    `scheme_number` is the seller's number under the scheme where papers must carry it (as under IOSS), else "".
    `crosses_border` is False within one customs territory: then nothing is declared.
    `papers` are those this parcel needs (engine/papers.py); `value_sdr_cents` is the goods value that decided it, in
    hundredths of a special drawing right, by `sdr_rate` (in words: rate, source, day), None when no rate was known.
    `values_in` is the goods value in the currencies in which limits and foreign declarations are told, in minor units, by
    `value_rates` (in words: rate, source, day); a currency without a rate is missing. `mode` is how the parcel crosses.
    `package` of `packages` counts the parcels of the consignment. `export_mode` is the mode of the export declaration
    where the country of dispatch has such, with the reason of its choice.
    """

    order_number: str
    shipment_id: str
    dispatch_country: str
    destination_country: str
    currency: str
    incoterm: str
    place: str
    scheme: str
    scheme_name: str
    scheme_number: str
    importer_of_record: str
    crosses_border: bool
    lines: tuple[DatasetLine, ...]
    goods_minor: int
    freight_minor: int
    total_minor: int
    gross_mass_g: int
    carrier_kind: str = ""
    papers: tuple[str, ...] = ()
    value_sdr_cents: int | None = None
    sdr_rate: str = ""
    export_mode: str = ""
    export_mode_reason: str = ""
    package: int = 1
    packages: int = 1
    language: str = "en"
    mode: str = ""
    values_in: dict[str, int] = {}
    value_rates: dict[str, str] = {}


class Parties(msgspec.Struct, frozen=True):
    """The part of a dataset that names people; stored encrypted. `importer` is the importer of record by name."""

    seller: Party
    consignee: Party
    dispatch: Party
    importer: str = ""


class DatasetView(msgspec.Struct, frozen=True):
    """A stored dataset, the newest version unless asked otherwise."""

    id: str
    order_id: str
    consignment_ref: str
    entity_id: str
    version: int
    goods: DatasetGoods
    parties: Parties
    created_at: dt.datetime
    package: int = 1


class InvoiceView(msgspec.Struct, frozen=True):
    """An issued commercial invoice; `document_id` opens it through documents."""

    number: str
    order_id: str
    consignment_ref: str
    dataset_version: int
    document_id: str
    issued_at: dt.datetime
    package: int = 1


class PaperView(msgspec.Struct, frozen=True):
    """A paper of a parcel: `kind` as in engine/papers.py, `number` where it bears one, `document_id` "" while it is not drawn."""

    kind: str
    consignment_ref: str
    package: int
    document_id: str
    number: str = ""


class RecordExtras(msgspec.Struct, frozen=True):
    """What a record set may name beside its dataset, "" while it is not known. `paid_minor` in the order's currency."""

    tracking_number: str = ""
    invoice_number: str = ""
    payment_reference: str = ""
    payment_provider: str = ""
    paid_minor: int | None = None
    paid_on: str = ""
    warehouse_to: str = ""


class RecordProblem(msgspec.Struct, frozen=True):
    """A field of a record set that breaks its rule. `item` counts from 1, 0 for the head; `sku` names the article.

    `problem` is a key of engine.records.check.PROBLEMS; `fact` says what of ours fills the field, and so where it is mended.
    """

    kind: str
    field: str
    name: str
    problem: str
    fact: str
    item: int = 0
    sku: str = ""


class RecordValue(msgspec.Struct, frozen=True):
    """A field of a record set with its value. `by`: "" we, label (known once it is booked), declarant (left to them)."""

    field: str
    name: str
    value: str
    by: str = ""
    secret: bool = False


class RecordSet(msgspec.Struct, frozen=True):
    """An electronic declaration's data of one parcel, drawn from one version of its dataset by one version of its form.

    `head` stands once, `items` once per article. `source` and `confidence` are those of the form.
    """

    kind: str
    version: str
    title: str
    dataset_id: str
    dataset_version: int
    gates: bool
    source: str
    confidence: str
    note: str
    head: tuple[RecordValue, ...]
    items: tuple[tuple[RecordValue, ...], ...]
    problems: tuple[RecordProblem, ...]
    titles: dict[str, str] = {}
