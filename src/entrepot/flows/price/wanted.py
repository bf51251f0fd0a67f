"""What a basket asks for: how many of which article, and whether each is on sale in the market."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.types import VariantFacts
from entrepot.domains.checkout.engine.quantities import quantity as checked
from entrepot.domains.checkout.errors import CartFull, EmptyCart, NotForSale, UnknownSku
from entrepot.domains.checkout.types import MAX_LINES, CartLine


def demand_of(lines: Sequence[CartLine]) -> dict[str, int]:
    """Return sku → quantity, a SKU's lines added up.

    Raises EmptyCart, CartFull, QuantityRule.
    """
    demand: dict[str, int] = {}
    for line in lines:
        demand[line.sku] = demand.get(line.sku, 0) + checked(line.quantity, sku=line.sku, least=1)
    if not demand:
        raise EmptyCart(field="lines", value="", rule="")
    if len(demand) > MAX_LINES:
        raise CartFull(most=MAX_LINES, field="lines", value=len(demand), rule="")
    return {sku: checked(number, sku=sku, least=1) for sku, number in demand.items()}


def sellable(skus: Sequence[str], market: str, language: str) -> dict[str, VariantFacts]:
    """Return the facts of SKUs that are on sale in a market; raise UnknownSku or NotForSale for the first that is not."""
    clean = [sku for sku in skus if "\x00" not in sku and len(sku) <= 100]
    variants = catalogue.variant_facts(skus=clean, language=language)
    for sku in skus:
        if sku not in variants:
            shown = sku[:60].replace("\x00", "")
            raise UnknownSku(sku=shown, field="sku", value=shown, rule="")
    on_sale = catalogue.is_published(skus, market)
    for sku in skus:
        if sku not in on_sale:
            raise NotForSale(sku=sku, market=market, field="sku", value=sku, rule="")
    return variants
