"""See that a buyer is a business: its tax number by its check digits, then by the register, and keep the answer.

It fails closed: without a yes that is stored there is no proof, and without a proof a quote is a consumer's. The register is
asked outside any transaction.
"""

from __future__ import annotations

import datetime as dt

from entrepot.domains.tax import queries as tax
from entrepot.domains.tax import services as tax_services
from entrepot.domains.tax.errors import NoTaxNumberHere, TaxNumberUnknown
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.domains.tax.types import ProofView, TaxNumberKind
from entrepot.flows.price.facts import store_info
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM


def prove_business(*, typed: str, country: str, at: dt.datetime, store: str = "main") -> ProofView:
    """Return the proof that a company with a tax number buys, for goods that go to a country; asks the register if need be.

    An answer that still holds is used again. A no is stored too, and asked about anew the next time.

    Args:
        typed: as the buyer wrote it.
    Raises:
        BadTaxNumber, TaxNumberOfAnotherCountry, NoTaxNumberHere: nobody was asked.
        TaxNumberUnknown: the register says no.
        RegisterSilent: it did not answer; nothing was stored. Sell as to a consumer, and let the buyer try again.
    """
    on = at.date()
    number = tax.read_number(typed=typed, country=country, on=on)
    kind = tax.number_kind(country=country, on=on)
    if kind is None:
        raise NoTaxNumberHere(country=country, field="tax_number", value="", rule="")
    known = tax.fresh_proof(number=number, at=at)
    if known is not None:
        return known
    answer, test = None, False
    if kind.register:
        register = TAX_ID_REGISTERS.get(kind.register)
        answer, test = register.ask(number, asked_by=_own_number(kind, store, on)), register.test
    with db.transaction():
        stored = tax_services.record_proof(actor=SYSTEM, number=number, kind=kind, answer=answer, at=at, test=test)
    if stored.answer == "invalid":
        raise TaxNumberUnknown(
            register=TAX_ID_REGISTERS.get(kind.register).title,
            number=stored.number,
            field="tax_number",
            value=stored.number,
            rule="",
        )
    return stored


def _own_number(kind: TaxNumberKind, store: str, on: dt.date) -> str:
    """The seller's own number in the same register, "" when it has none there: with it the register gives a receipt."""
    for held in tax.registrations(entity_id=store_info(store).entity.id):
        if held.scheme != "vat" or on < held.from_date or (held.until is not None and on >= held.until):
            continue
        own = tax.number_kind(country=held.jurisdiction, on=on)
        if own is not None and own.register == kind.register and held.number:
            return held.number if held.number.startswith(own.prefix) else f"{own.prefix}{held.number}"
    return ""
