"""Who collects the tax of a sale: the seller, the marketplace it was sold through, or customs and carrier. Pure.

A channel asks this before it books a sale: what a marketplace collects is not to be paid by the seller a second time.
"""

from __future__ import annotations

import msgspec

from entrepot.domains.tax.engine.vat import schemes_for
from entrepot.domains.tax.types import Collecting, TaxRules
from entrepot.kernel.money import Fx
from entrepot.kernel.trade import Consignment


def collector_of(consignment: Consignment, rules: TaxRules, *, fx: Fx | None = None) -> tuple[Collecting, ...]:
    """Return who collects the tax of each line, in the order of `consignment.lines`, with scheme, reason and rule.

    `consignment.facilitated` says that it was sold through a marketplace, `seller_country` where the seller is established; a
    seller whose place is not known counts as one from outside, for then the marketplace owes the tax. `collector` is seller,
    carrier, customs or marketplace; "" where none is due (then `reason` says why).

    Raises:
        NotRegistered: the seller would collect, and is not registered for it.
    """
    return tuple(
        Collecting(
            line=line.ref,
            collector=scheme.collector if scheme.taxed else "",
            scheme=scheme.key,
            reason=scheme.reason,
            rule=scheme.rule,
        )
        for line, scheme in zip(consignment.lines, schemes_for(consignment, rules, fx=fx), strict=True)
    )


def through_marketplace(consignment: Consignment, *, seller_country: str) -> Consignment:
    """Return the same consignment as sold through a marketplace for a seller established in a country."""
    return msgspec.structs.replace(consignment, facilitated=True, seller_country=seller_country)
