"""The rules of each tax category: BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G and BR-O, made from a table of what a category asks.

Source: EN 16931-1, clause 6.4; sentences are our own. 01 to 10 mean the same in every category: the group there is (01), who must
be numbered (02 lines, 03 allowances, 04 charges), the rate (05, 06, 07), the base (08), the tax (09), the reason (10).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from entrepot.domains.finance.engine.en16931.codes import CATEGORY_OF_RULE
from entrepot.domains.finance.engine.en16931.core import near
from entrepot.domains.finance.engine.en16931.registry import Rule, allowed, charged, entries, signed
from entrepot.domains.finance.types import InvoiceCharge, InvoiceLine, TaxInvoice
from entrepot.kernel.errors import N_


class _Asks(msgspec.Struct, frozen=True):
    """What a category asks: of the seller (a VAT number, any tax number, or none), of the buyer, of rate and reason."""

    seller: str
    buyer: str = ""
    positive: bool = False
    reason: bool = True


_TABLE = {
    "S": _Asks("any", positive=True, reason=False),
    "Z": _Asks("any", reason=False),
    "E": _Asks("any"),
    "AE": _Asks("any", buyer="vat_or_legal"),
    "K": _Asks("vat", buyer="vat"),
    "G": _Asks("vat"),
    "O": _Asks("none", buyer="none"),
}
_NUMBERS = {
    "any": N_("Under tax category %(category)s the seller states a tax number."),
    "vat": N_("Under tax category %(category)s seller and, inside the Union, buyer state their VAT numbers."),
    "none": N_("Under tax category %(category)s no VAT number is stated."),
}
_ONE = N_("What is under tax category %(category)s has its one tax group, and no group stands without it.")
_RATE = N_("The rate under tax category %(category)s is right.")
_BASE = N_("The taxable amount of category %(category)s is the sum of what stands under it.")
_TAX = N_("The tax of category %(category)s is right.")
_REASON = N_("Why no tax is charged under category %(category)s is said; where tax is charged, no such reason is.")


def sentence_of(category: str, text: str) -> str:
    """Return a sentence with its category; the sentence is a message id, so a page translates it first."""
    return text % {"category": category}


def _numbered(document: TaxInvoice, asks: _Asks) -> bool:
    seller, buyer = document.seller, document.buyer
    if asks.seller == "none":
        return not seller.vat_id and not buyer.vat_id
    if not (seller.vat_id or (asks.seller == "any" and seller.tax_id)):
        return False
    if asks.buyer == "vat":
        return bool(buyer.vat_id)
    return asks.buyer != "vat_or_legal" or bool(buyer.vat_id or buyer.legal_id)


def _under(
    category: str, pick: Callable[[TaxInvoice], list[InvoiceLine] | list[InvoiceCharge]]
) -> Callable[[TaxInvoice], bool]:
    asks = _TABLE[category]
    return lambda d: _numbered(d, asks) or all(e.category != category for e in pick(d))


def _rate(
    category: str, pick: Callable[[TaxInvoice], list[InvoiceLine] | list[InvoiceCharge]]
) -> Callable[[TaxInvoice], bool]:
    positive = _TABLE[category].positive
    return lambda d: all(bool(e.rate_ppm) is positive and e.rate_ppm >= 0 for e in pick(d) if e.category == category)


def _grouped(category: str) -> Callable[[TaxInvoice], bool]:
    def holds(d: TaxInvoice) -> bool:
        used = {e.rate_ppm for e in entries(d) if e.category == category}
        groups = [g.rate_ppm for g in d.groups if g.category == category]
        return used == set(groups) and len(groups) == len(set(groups))

    return holds


def _based(category: str) -> Callable[[TaxInvoice], bool]:
    def holds(d: TaxInvoice) -> bool:
        return all(
            g.taxable_minor == sum(signed(e) for e in entries(d) if e.category == category and e.rate_ppm == g.rate_ppm)
            for g in d.groups
            if g.category == category
        )

    return holds


def _taxed(category: str) -> Callable[[TaxInvoice], bool]:
    if _TABLE[category].positive:
        return lambda d: all(near(g, d) for g in d.groups if g.category == category)
    return lambda d: not any(g.tax_minor for g in d.groups if g.category == category)


def _reasoned(category: str) -> Callable[[TaxInvoice], bool]:
    wanted = _TABLE[category].reason
    return lambda d: all(bool(g.reason or g.reason_code) is wanted for g in d.groups if g.category == category)


def _lines(d: TaxInvoice) -> list[InvoiceLine]:
    return list(d.lines)


def _of(category: str) -> list[Rule]:
    head, numbers = CATEGORY_OF_RULE[category], _NUMBERS[_TABLE[category].seller]
    told = [
        ("01", _ONE, _grouped(category)),
        ("02", numbers, _under(category, _lines)),
        ("03", numbers, _under(category, allowed)),
        ("04", numbers, _under(category, charged)),
        ("05", _RATE, _rate(category, _lines)),
        ("06", _RATE, _rate(category, allowed)),
        ("07", _RATE, _rate(category, charged)),
        ("08", _BASE, _based(category)),
        ("09", _TAX, _taxed(category)),
        ("10", _REASON, _reasoned(category)),
    ]
    return [Rule(f"{head}-{number}", text, holds, always=False) for number, text, holds in told]


def _alone(d: TaxInvoice) -> bool:
    return all(g.category != "O" for g in d.groups) or len(d.groups) == 1


def _no_other(pick: Callable[[TaxInvoice], list[InvoiceLine] | list[InvoiceCharge]]) -> Callable[[TaxInvoice], bool]:
    return lambda d: all(g.category != "O" for g in d.groups) or all(e.category == "O" for e in pick(d))


_BESIDE = N_("What is outside the tax stands on a document of its own.")
_MORE = (
    Rule("BR-IC-11", N_("A delivery inside the Union has a day of supply."), lambda d: all(g.category != "K" for g in d.groups) or d.supplied_on is not None, always=False),
    Rule("BR-IC-12", N_("A delivery inside the Union says where to."), lambda d: all(g.category != "K" for g in d.groups) or bool(d.deliver_to), always=False),
    Rule("BR-O-11", _BESIDE, _alone, always=False),
    Rule("BR-O-12", _BESIDE, _no_other(_lines), always=False),
    Rule("BR-O-13", _BESIDE, _no_other(allowed), always=False),
    Rule("BR-O-14", _BESIDE, _no_other(charged), always=False),
)  # fmt: skip

TAX = (*(rule for category in _TABLE for rule in _of(category)), *_MORE)
