"""What goods are declared at: the money captured, less the frozen duty, tax and fees, by incoterm.

    declared goods + freight = captured - refunded - (duty + fee + tax as frozen in the quote)

Money beyond the quoted total is no price of the goods and is left out: a second payment changes nothing, whether it has
gone back already or not. Where less than the quoted total is left, the goods are lowered first, over all lines by their
price, and the freight only when no goods value is left.
The shares sum exactly, over consignments and over lines. Under an incoterm whose price ends at the
seller's place (EXW, FCA, FAS, FOB) freight is no part of the invoice total.
"""

from __future__ import annotations

from entrepot.domains.declarations.types import DeclaredConsignment, DeclaredLine
from entrepot.kernel.money import split
from entrepot.kernel.quote import FrozenQuote

WITHOUT_FREIGHT = frozenset({"EXW", "FCA", "FAS", "FOB"})


def declared_values(
    quote: FrozenQuote, captured_minor: int, refunded_minor: int = 0
) -> tuple[DeclaredConsignment, ...]:
    """Return what each consignment of a quote is declared at, in the order of the quote.

    Σ (goods + freight) = max(0, min(captured - refunded, quoted total) - Σ (duty + fee + tax)). All amounts in minor
    units of the quote's currency.
    """
    frozen = quote.duty_minor + quote.fee_minor + quote.tax_minor
    kept = min(captured_minor - refunded_minor, quote.total_minor)
    value = max(0, kept - frozen)
    freight_whole = sum(consignment.freight_minor for consignment in quote.consignments)
    lines = [line.goods_minor for consignment in quote.consignments for line in consignment.lines]
    goods_left = max(0, value - freight_whole)
    # Split the remaining value, not the reduction: the full price comes back to the cent, and no share goes below zero.
    goods = iter(split(goods_left, lines) if lines else ())
    freight = split(value - goods_left, [consignment.freight_minor for consignment in quote.consignments])
    result = []
    for consignment, freight_share in zip(quote.consignments, freight, strict=True):
        declared = tuple(
            DeclaredLine(ref=line.ref, sku=line.sku, quantity=line.quantity, goods_minor=next(goods))
            for line in consignment.lines
        )
        total = sum(line.goods_minor for line in declared)
        inside = 0 if consignment.incoterm in WITHOUT_FREIGHT else freight_share
        result.append(
            DeclaredConsignment(
                ref=consignment.ref,
                currency=quote.currency,
                incoterm=consignment.incoterm,
                lines=declared,
                goods_minor=total,
                freight_minor=freight_share,
                total_minor=total + inside,
            )
        )
    return tuple(result)
