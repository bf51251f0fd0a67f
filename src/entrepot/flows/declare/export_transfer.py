"""Stock of our own that goes to a warehouse abroad: the record sets of a transfer that an operator names (China's mode 9810)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine import dataset, modes
from entrepot.domains.declarations.engine.records import check, forms
from entrepot.domains.declarations.types import (
    DatasetGoods,
    DatasetLine,
    Parties,
    Party,
    RecordExtras,
    RecordSet,
)
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory.types import WarehouseInfo
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.errors import NoRate, StaleRate
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation.types import EntityInfo
from entrepot.kernel.errors import N_, InvalidInput, NotFound
from entrepot.kernel.money import convert

STOCK = "stock"


class TransferLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units of an article that move; `value_minor` is the value of all of them, in the transfer's currency."""

    sku: str
    quantity: int
    value_minor: int


class Transfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A movement of own stock between two warehouses, as an operator names it. `gross_mass_g` 0: as much as the goods."""

    reference: str
    start: str
    end: str
    currency: str
    lines: tuple[TransferLine, ...]
    incoterm: str = "DAP"
    mode: str = "sea"
    freight_minor: int = 0
    gross_mass_g: int = 0


def transfer_sets(*, transfer: Transfer, on: dt.date) -> tuple[RecordSet, ...]:
    """Return the record sets of a transfer: export of stock by the mode of its country, and import where it arrives.

    Raises NotFound (a warehouse or an article), InvalidInput (no units or a negative value, one country).
    """
    start, end = _warehouse(transfer.start), _warehouse(transfer.end)
    entity = organisation.store().entity
    goods = _goods(transfer, start, end, on)
    if not goods.crosses_border:
        raise InvalidInput(
            field="end", value=end.code, rule=N_("Between these warehouses no customs border is crossed.")
        )
    parties = Parties(_seller(entity), _house(end, entity), _house(start, entity), importer=entity.name)
    needed = forms.needed(goods, declarations.record_forms(), declarations.territories(), on=on)
    extras = RecordExtras(warehouse_to=end.name)
    return tuple(check.fill(form, goods, parties, extras, declarations.wording(), on=on) for form in needed)


def _goods(transfer: Transfer, start: WarehouseInfo, end: WarehouseInfo, on: dt.date) -> DatasetGoods:
    lines = tuple(_lines(transfer.lines))
    total = sum(line.goods_minor for line in lines)
    mode, reason = modes.export_mode(start.country, start.kind, STOCK, declarations.mode_rules(), on=on)
    return DatasetGoods(
        order_number=transfer.reference,
        shipment_id=transfer.reference,
        dispatch_country=start.country,
        destination_country=end.country,
        currency=transfer.currency,
        incoterm=transfer.incoterm,
        place=end.city,
        scheme="stock_transfer",
        scheme_name="",
        scheme_number="",
        importer_of_record="seller",
        crosses_border=dataset.crosses_border(start.country, end.country, declarations.territories()),
        lines=lines,
        goods_minor=total,
        freight_minor=transfer.freight_minor,
        total_minor=total + transfer.freight_minor,
        gross_mass_g=max(transfer.gross_mass_g, sum(line.net_mass_g for line in lines)),
        carrier_kind="courier",
        export_mode=mode,
        export_mode_reason=reason,
        mode=transfer.mode,
        values_in=_values(total, transfer.currency, on),
    )


def _lines(asked: Sequence[TransferLine]) -> list[DatasetLine]:
    facts = catalogue.variant_facts(skus=[line.sku for line in asked])
    found = []
    for number, line in enumerate(asked, 1):
        fact = facts.get(line.sku)
        if fact is None:
            raise NotFound(kind="article", key=line.sku[:60])
        if line.quantity < 1 or line.value_minor < 0:
            raise InvalidInput(
                field="lines", value=line.sku, rule=N_("A line has units and a value that is not negative.")
            )
        found.append(
            DatasetLine(
                ref=f"L{number}",
                sku=line.sku,
                description=fact.customs_description,
                hs_code=fact.hs_code,
                origin=fact.origin,
                quantity=line.quantity,
                goods_minor=line.value_minor,
                net_mass_g=fact.mass_g * line.quantity,
                title=fact.title,
            )
        )
    if not found:
        raise InvalidInput(field="lines", value="", rule=N_("A transfer has lines."))
    return found


def _values(total: int, currency: str, on: dt.date) -> dict[str, int]:
    known = {}
    for target in sorted(declarations.limit_currencies()):
        try:
            rate = markets.fx_quote(source_currency=currency, target=target, on=on)
        except (NoRate, StaleRate):
            continue
        known[target] = convert(total, currency, target, rate.rate)
    return known


def _warehouse(code: str) -> WarehouseInfo:
    found = inventory.warehouses().get(code)
    if found is None:
        raise NotFound(kind="warehouse", key=code[:40])
    return found


def _seller(entity: EntityInfo) -> Party:
    return Party(
        name=entity.name,
        local_name=entity.local_name,
        lines=(),
        country=entity.country,
        phone=entity.address.get("phone", ""),
        tax_ids=entity.tax_ids,
        parts=dataset.address_parts(entity.address),
        business=True,
    )


def _house(where: WarehouseInfo, entity: EntityInfo) -> Party:
    parts = {"city": where.city, **dataset.address_parts(where.address)}
    name = f"{entity.name} c/o {where.name}"
    return Party(name=name, local_name="", lines=(), country=where.country, parts=parts, business=True)
