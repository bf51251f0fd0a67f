"""Who buys for a company: its tax number at the checkout, proven or the reason why not. Without proof the price is a consumer's."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.domains.tax.types import ProofView
from entrepot.flows.price.prove_business import prove_business
from entrepot.interfaces.storefront.forms import Typed
from entrepot.interfaces.storefront.place import Shop
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.quote import FrozenQuote

FIELD = "tax_number"


def prove(shop: Shop, typed: Typed, caller: str) -> None:
    """Note the proof of a typed number in `typed.proof`, or why there is none among its faults; may ask a register.

    `caller`: the network address for which registers are asked so many times an hour and no more.
    """
    if not typed.get(FIELD):
        return
    try:
        typed.proof = prove_business(typed=typed.get(FIELD), country=shop.market.country, at=shop.now, caller=caller)
    except EntrepotError as refused:
        typed.faults = [*typed.faults, (FIELD, words.say(refused))]


def faults(typed: Typed) -> list[tuple[str, str]]:
    """Return what is wrong with the number alone."""
    return [fault for fault in typed.faults if fault[0] == FIELD]


def section(shop: Shop, quote: FrozenQuote, typed: Typed | None) -> dict[str, Any] | None:
    """Return what the form shows a company, None where companies cannot be told by a number.

    `told` says what a quote as a business rests on; "" for a consumer's.
    """
    kind = tax.number_kind(country=shop.market.country, on=quote.tax_point)
    if kind is None:
        return None
    proof = typed.proof if typed is not None and quote.tax_proof else None
    return {
        "label": _(kind.label),
        "hint": _("We check it at once; a valid one may change the tax. It looks like %(example)s.")
        % {"example": kind.example},
        "name": typed.get("company_name") if typed else "",
        "number": typed.get(FIELD) if typed else "",
        "told": _told(proof) if proof is not None else "",
        "test": proof is not None and proof.test,
        "open": bool(typed and typed.get(FIELD)),
    }


def _told(proof: ProofView) -> str:
    """Return in words why a buyer counts as a business."""
    if not proof.register:
        return _("%(number)s fits; the price is the one for businesses.") % {"number": proof.number}
    title = TAX_ID_REGISTERS.get(proof.register).title
    return _("%(register)s says that %(number)s is valid; the price is the one for businesses.") % {
        "register": title,
        "number": proof.number,
    }
