"""What goods are declared at: the money captured, less the frozen duty, tax and fees, by incoterm.

    declared goods + freight = captured + to be collected - refunded - (duty + fee + tax of what is left)

Money beyond the price of what is left is no price of the goods and is left out: a second payment changes nothing, whether
it has gone back already or not. What was cancelled or given back by line before dispatch lowers that line (and the duty,
tax and fees frozen with it), so that only money given back without a line lowers all. Where less than the price is left,
the goods are lowered first, over all lines by their price, and the freight only when no goods value is left.
Cash to be collected at the door counts like money captured: it is what the buyer pays.
The shares sum exactly, over consignments, lines and parcels, and none is negative. Under an incoterm whose price ends at
the seller's place (EXW, FCA, FAS, FOB) freight is no part of the invoice total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from entrepot.domains.declarations.types import DeclaredConsignment, DeclaredLine, OpenShare
from entrepot.kernel.money import split
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment

WITHOUT_FREIGHT = frozenset({"EXW", "FCA", "FAS", "FOB"})


def declared_values(
    quote: FrozenQuote,
    captured_minor: int,
    refunded_minor: int = 0,
    *,
    to_collect_minor: int = 0,
    left: Sequence[OpenShare] | None = None,
) -> tuple[DeclaredConsignment, ...]:
    """Return what each consignment of a quote is declared at, in the order of the quote.

    `left` is the order's fold: what is left of each line and of each consignment's freight after all changes; None: as
    quoted. A line of which nothing is left is no part of the result. Σ (goods + freight) =
    max(0, min(captured + to_collect - refunded, price of what is left) - Σ (duty + fee + tax of what is left)).
    All amounts in minor units of the quote's currency.
    """
    shares = {(share.kind, share.ref): share for share in (quoted_shares(quote) if left is None else left)}
    parts = list(shares.values())
    frozen = sum(share.charges_minor for share in parts)
    freight_whole = sum(share.net_minor for share in parts if share.kind == "freight")
    kept = min(captured_minor + to_collect_minor - refunded_minor, frozen + sum(share.net_minor for share in parts))
    value = max(0, kept - frozen)
    goods_left = max(0, value - freight_whole)
    lines = [
        share
        for consignment in quote.consignments
        for line in consignment.lines
        if (share := shares.get(("goods", line.ref))) and share.quantity
    ]
    # Split the remaining value, not the reduction: the full price comes back to the cent, and no share goes below zero.
    goods = dict(zip((s.ref for s in lines), _split(goods_left, [s.net_minor for s in lines]), strict=True))
    freights = [shares.get(("freight", c.ref)) for c in quote.consignments]
    freight = _split(value - goods_left, [share.net_minor if share else 0 for share in freights])
    return tuple(
        _consignment(quote.currency, consignment, goods, shares, share)
        for consignment, share in zip(quote.consignments, freight, strict=True)
    )


def _split(total_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    return split(total_minor, weights) if weights else ()


def quoted_shares(quote: FrozenQuote) -> tuple[OpenShare, ...]:
    """Return what a quote consists of, as if nothing had been changed since; charges of freight stand with the goods."""
    found = []
    for consignment in quote.consignments:
        charges = consignment.duty_minor + consignment.fee_minor + consignment.tax_minor
        own = [line.duty_minor + line.fee_minor + line.tax_minor for line in consignment.lines]
        for line, charge in zip(consignment.lines, own, strict=True):
            found.append(OpenShare("goods", line.ref, line.quantity, line.goods_minor, charge))
        found.append(OpenShare("freight", consignment.ref, 1, consignment.freight_minor, charges - sum(own)))
    return tuple(found)


def _consignment(
    currency: str,
    consignment: QuotedConsignment,
    goods: Mapping[str, int],
    shares: Mapping[tuple[str, str], OpenShare],
    freight_minor: int,
) -> DeclaredConsignment:
    lines = tuple(
        DeclaredLine(
            ref=line.ref, sku=line.sku, quantity=shares["goods", line.ref].quantity, goods_minor=goods[line.ref]
        )
        for line in consignment.lines
        if line.ref in goods
    )
    return _summed(
        DeclaredConsignment(
            ref=consignment.ref,
            currency=currency,
            incoterm=consignment.incoterm,
            lines=lines,
            goods_minor=0,
            freight_minor=freight_minor,
            total_minor=0,
        )
    )


def _summed(declared: DeclaredConsignment) -> DeclaredConsignment:
    goods = sum(line.goods_minor for line in declared.lines)
    inside = 0 if declared.incoterm in WITHOUT_FREIGHT else declared.freight_minor
    return msgspec.structs.replace(declared, goods_minor=goods, total_minor=goods + inside)


def share_out(
    declared: DeclaredConsignment, packages: Sequence[Mapping[str, int]], masses_g: Sequence[int]
) -> tuple[DeclaredConsignment, ...]:
    """Return what each parcel of a consignment is declared at: a line by its units, the freight by mass; sums are exact.

    `packages` is line ref → units per parcel; a line whose units are in no parcel is left out with its value.
    """
    goods = {
        line.ref: split(line.goods_minor, [package.get(line.ref, 0) for package in packages])
        for line in declared.lines
        if any(line.ref in package for package in packages)
    }
    freight = split(declared.freight_minor, list(masses_g))
    return tuple(
        _summed(
            msgspec.structs.replace(
                declared,
                lines=tuple(
                    DeclaredLine(line.ref, line.sku, package[line.ref], goods[line.ref][index])
                    for line in declared.lines
                    if package.get(line.ref)
                ),
                freight_minor=freight[index],
            )
        )
        for index, package in enumerate(packages)
    )
