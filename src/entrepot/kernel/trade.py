"""The nouns of trade that engines of several domains share.

Amounts are ints in minor units of the consignment's currency; masses in grams; HS codes are digits without dots.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

import msgspec

from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import split

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
    `facilitated`: sold through a marketplace, for a seller established in `seller_country` ("" where it is not known).
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
    facilitated: bool = False
    seller_country: str = ""

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


class Columns:
    """What engines read of a consignment's lines, side by side in their order; read once and used by each.

    `carriage_minor` is freight and insurance together; `carriage` its shares by the value of the goods, split when first asked.
    """

    __slots__ = ("_carriage", "carriage_minor", "goods", "goods_minor", "refs")

    def __init__(self, consignment: Consignment) -> None:
        lines = consignment.lines
        self.refs = [line.ref for line in lines]
        self.goods = [line.goods_minor for line in lines]
        self.goods_minor = sum(self.goods)
        self.carriage_minor = consignment.freight_minor + consignment.insurance_minor
        self._carriage: tuple[int, ...] | None = None

    @property
    def carriage(self) -> tuple[int, ...]:
        """Freight and insurance shared by the value of the goods, summing exactly."""
        if self._carriage is None:
            self._carriage = split(self.carriage_minor, self.goods)
        return self._carriage


def charges_of(
    kind: str, name: str, refs: Sequence[str], amounts: Sequence[int], rule: RuleRef, bases: Sequence[int],
    rate_ppm: int, reasons: Iterable[str], collector: str,
) -> Iterator[Charge]:  # fmt: skip
    """Return a row for each line of `refs` ("" the consignment itself) under one rule, from columns of equal length.

    It is the cheapest way to make many rows: nothing of it runs in the interpreter's loop.
    """
    return map(
        Charge, repeat(kind), repeat(name), refs, amounts, repeat(rule), bases, repeat(rate_ppm), reasons,
        repeat(collector),
    )  # fmt: skip
