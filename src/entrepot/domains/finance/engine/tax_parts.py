"""How each part of a sale (the goods of a line, the freight of a consignment) was taxed, read off the frozen cascade. Pure.

Kinds of case are code, countries are not: who collected the tax, under which name, at which rate, on which base, for which
reason it is zero. A part that the norm has no words for says so (`why`): then the document gets no XML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from entrepot.domains.finance.engine.invoice_reasons import CategoryRow
from entrepot.domains.finance.engine.tax_records import freight_ways
from entrepot.kernel.errors import N_
from entrepot.kernel.money import split
from entrepot.kernel.quote import QuotedConsignment
from entrepot.kernel.trade import Charge

VAT = "VAT"
TOO_LITTLE, BY_MARKETPLACE = "below_collection_minimum", "marketplace_collects"
TAX_AT_IMPORT, EXPORT, LAID_OUT, REVERSE, INSIDE_UNION = (
    "tax_at_import", "export", "laid_out", "reverse_charge", "intra_community_supply",
)  # fmt: skip
NOT_VAT = N_("A tax that is no VAT was charged; the norm EN 16931 has no words for it.")
SEVERAL = N_("Several taxes were charged on one amount; the norm EN 16931 knows one.")
ODD_BASE = N_("The tax was worked out on another amount than the price; the norm EN 16931 has no words for it.")
UNKNOWN = N_("Why no tax was charged has no category in the norm EN 16931.")


class Slice(msgspec.Struct, frozen=True):
    """A share of a part under one category and rate; `base` and `tax` are its weights."""

    category: str
    rate_ppm: int
    reason: str
    name: str
    base: int
    tax: int


class Part(msgspec.Struct, frozen=True):
    """How a part was taxed. `seller`: the seller charges its tax; else it was laid out at customs.

    `with_duty`, `with_fee`: these belong to the taxed price. `each` are the taxes where several stand on the same base. `net` is
    what of the price is taxed so: its weight, where the seller taxes one share of it and customs the other.
    """

    slices: tuple[Slice, ...]
    seller: bool
    with_duty: bool = False
    with_fee: bool = False
    each: tuple[Slice, ...] = ()
    why: str = ""
    net: int = 0


class Route(msgspec.Struct, frozen=True):
    """What is known of a consignment's way besides its cascade.

    `union`: it stays within one union of tax (from one state to another). `exported`: it leaves a country in which the seller
    is registered, untaxed there.
    """

    union: bool = False
    exported: bool = False


def parts_of(
    consignment: QuotedConsignment, rows: Mapping[str, CategoryRow], route: Route
) -> dict[tuple[str, str], tuple[Part, ...]]:
    """Return how each part of a consignment was taxed, by (kind, ref) as orders name their lines.

    One Part each, or two where the seller and others collect (freight of goods that go different ways): the seller's first.
    """
    taxes = [charge for charge in consignment.charges if charge.kind == "tax"]
    whole = [t for t in taxes if not t.line and not t.amount_minor and (not t.base_minor or t.reason == TOO_LITTLE)]
    found: dict[tuple[str, str], tuple[Part, ...]] = {}
    for line in consignment.lines:
        own = [t for t in taxes if t.line == line.ref] or whole
        bases = (line.goods_minor, line.duty_minor, line.fee_minor)
        found["goods", line.ref] = (
            _part([t for t in own if t.collector == "seller"] if _apart(own) else own, bases, rows, route),
        )
    freight = [t for t in taxes if not t.line and t not in whole] or whole or taxes[:1]
    found["freight", consignment.ref] = (
        _freight_apart(consignment, rows, route)
        if _apart(freight)
        else (_part(freight, (consignment.freight_minor, 0, 0), rows, route),)
    )
    return found


def _apart(taxes: Sequence[Charge]) -> bool:
    """Whether the seller charges one tax of a part and somebody else another."""
    return any(t.collector == "seller" and t.amount_minor for t in taxes) and any(
        t.collector != "seller" for t in taxes
    )


def _freight_apart(consignment: QuotedConsignment, rows: Mapping[str, CategoryRow], route: Route) -> tuple[Part, ...]:
    """Freight that follows its goods: what the seller taxes, then what is taxed at the border."""
    taxes: dict[bool, list[Charge]] = {True: [], False: []}
    nets = {True: 0, False: 0}
    for _, net, charges in freight_ways(consignment):
        bases = {True: 0, False: 0}
        for mine in (True, False):
            own = [t for t in charges if (t.collector == "seller") is mine]
            taxes[mine] += own
            bases[mine] = sum(t.base_minor for t in own if t.name == own[0].name)
        if sum(bases.values()) > net:  # both stand on the same price
            bases = {True: net, False: 0}
        for mine, share in zip(bases, split(net, list(bases.values())), strict=True):
            nets[mine] += share
    return tuple(
        msgspec.structs.replace(_part(taxes[mine], (nets[mine], 0, 0), rows, route), net=nets[mine])
        for mine in (True, False)
    )


def _part(
    taxes: Sequence[Charge], amounts: tuple[int, int, int], rows: Mapping[str, CategoryRow], route: Route
) -> Part:
    net = amounts[0]
    if any(t.collector == "marketplace" for t in taxes):
        return _untaxed(BY_MARKETPLACE, taxes, net, rows, route)
    if not taxes or any(t.collector != "seller" for t in taxes):
        return _untaxed(TAX_AT_IMPORT, taxes, net, rows, route)
    if len({t.name for t in taxes}) > 1 or len({t.base_minor for t in taxes if t.amount_minor}) < len(
        [t for t in taxes if t.amount_minor and t.line]
    ):
        slices = tuple(Slice("S", t.rate_ppm, "", t.name, t.base_minor, t.amount_minor) for t in taxes)
        one = Slice("S", 0, "", taxes[0].name, net, sum(t.amount_minor for t in taxes))
        return Part((one,), True, each=slices, why=SEVERAL)
    if not any(t.amount_minor or t.rate_ppm for t in taxes):
        return _untaxed(taxes[0].reason, taxes, net, rows, route)
    return _taxed(taxes, amounts, rows)


def _untaxed(reason: str, taxes: Sequence[Charge], net: int, rows: Mapping[str, CategoryRow], route: Route) -> Part:
    row = rows.get(reason)
    if reason == REVERSE and route.union:
        row = rows[INSIDE_UNION]
    elif row is not None and row.category == "O" and route.exported:
        row = rows[EXPORT]
    seller = not taxes or all(t.collector == "seller" for t in taxes)
    if row is None:
        return Part((Slice("O", 0, reason, "", net, 0),), seller, why=UNKNOWN)
    name = taxes[0].name if taxes and row.category in ("Z", "E", "AE", "K") else ""
    why = NOT_VAT if name and name != VAT and row.category == "AE" else ""
    return Part((Slice(row.category, 0, row.reason, name, net, 0),), seller, why=why)


def _taxed(taxes: Sequence[Charge], amounts: tuple[int, int, int], rows: Mapping[str, CategoryRow]) -> Part:
    slices = []
    why = NOT_VAT if any(t.name != VAT for t in taxes) else ""
    for t in taxes:
        row = rows.get(t.reason)
        if row is None:
            why = why or UNKNOWN
        category = row.category if row is not None else "S"
        if t.rate_ppm and category != "S":
            category = "S"
        slices.append(Slice(category, t.rate_ppm, t.reason, t.name, t.base_minor, t.amount_minor))
    net, duty, fee = amounts
    base = sum(s.base for s in slices)
    fits = {net: (False, False), net + duty + fee: (True, True), net + fee: (False, True), net + duty: (True, False)}
    if base not in fits:
        return Part(tuple(slices), True, why=why or ODD_BASE)
    with_duty, with_fee = fits[base]
    return Part(tuple(slices), True, with_duty and bool(duty), with_fee and bool(fee), why=why)
