"""The nouns of trade that engines of several domains share.

Amounts are ints in minor units of the consignment's currency; masses in grams; HS codes are digits without dots.
"""

from __future__ import annotations

import re

import msgspec

from entrepot.kernel.errors import InvalidInput

_HS = re.compile(r"\d{6}(\d{2}(\d{2})?)?")


def hs_code(value: str, *, field: str = "hs_code") -> str:
    """Return an HS code as 6, 8 or 10 digits (dots and blanks taken out); raise InvalidInput otherwise."""
    digits = re.sub(r"[.\s]", "", str(value))
    if not _HS.fullmatch(digits):
        raise InvalidInput(field=field, value=value, rule="An HS code has 6, 8 or 10 digits.")
    return digits


class Line(msgspec.Struct, frozen=True, gc=False):
    """One article in a consignment. `goods_minor` is the net price of the whole line (all units), before duty and tax."""

    ref: str
    sku: str
    quantity: int
    goods_minor: int
    hs_code: str
    origin: str
    mass_g: int
    tax_category: str = "standard"


class Consignment(msgspec.Struct, frozen=True):
    """One origin, one consignee, one set of documents. `freight_minor` is charged to the buyer, net of tax.

    `customer` is consumer or business; `mode` is how it crosses the border (courier, post, air, sea, road): some limits differ.
    """

    ref: str
    dispatch_country: str
    destination_country: str
    destination_region: str
    destination_postcode: str
    currency: str
    lines: tuple[Line, ...]
    freight_minor: int = 0
    insurance_minor: int = 0
    customer: str = "consumer"
    mode: str = "courier"

    @property
    def goods_minor(self) -> int:
        """Net price of all goods."""
        return sum(line.goods_minor for line in self.lines)


class RuleRef(msgspec.Struct, frozen=True, gc=False):
    """Where a figure comes from: the rule row used, its source and how sure we are of it."""

    table: str
    key: str
    value: str
    source: str
    confidence: str
    since: str = ""
    until: str = ""


class Charge(msgspec.Struct, frozen=True, gc=False):
    """One row of a cascade: what is charged on a line (`line` = Line.ref, "" for the whole consignment), and by which rule.

    `kind` is goods, freight, insurance, duty, fee or tax. `base_minor` and `rate_ppm` show the sum (0 when flat).
    `reason` is a code for a zero or a special case, e.g. below_threshold. `collector` is seller, carrier or customs.
    """

    kind: str
    name: str
    line: str
    amount_minor: int
    rule: RuleRef
    base_minor: int = 0
    rate_ppm: int = 0
    reason: str = ""
    collector: str = "seller"
