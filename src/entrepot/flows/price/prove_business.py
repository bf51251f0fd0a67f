"""See that a buyer is a business: its tax number by its check digits, then by the register, and keep the answer.

It fails closed: without a yes that is stored there is no proof, and without a proof a quote is a consumer's. The register is
asked outside any transaction.
"""

from __future__ import annotations

import datetime as dt

from entrepot.domains.tax import queries as tax
from entrepot.domains.tax import services as tax_services
from entrepot.domains.tax.errors import NoTaxNumberHere, RegisterSilent, TaxNumberUnknown
from entrepot.domains.tax.ports import TAX_ID_REGISTERS, TaxIdRegister
from entrepot.domains.tax.types import ProofView, RegisterAnswer, TaxNumber, TaxNumberKind
from entrepot.flows.price.facts import store_info
from entrepot.infra import db, throttle
from entrepot.kernel.actor import SYSTEM

ASKED_MOST, ASKED_WINDOW = 20, dt.timedelta(hours=1)
_SILENCE = dt.timedelta(minutes=1)  # the buyer is told to try again in a minute


def prove_business(
    *, typed: str, country: str, at: dt.datetime, store: str = "main", caller: str = "", most: int = ASKED_MOST
) -> ProofView:
    """Return the proof that a company with a tax number buys, for goods that go to a country; asks the register if need be.

    An answer that still holds is used again. A no is stored too, and asked about anew after some minutes; a silence after one.

    Args:
        typed: as the buyer wrote it.
        caller: who asks (a network address, an API key); "" is not counted. most: how often an hour a register is asked for
            that caller; an answer that is known costs none of it.
    Raises:
        BadTaxNumber, TaxNumberOfAnotherCountry, NoTaxNumberHere: nobody was asked.
        TaxNumberUnknown: the register says no.
        RegisterSilent: it did not answer; nothing was stored. Sell as to a consumer, and let the buyer try again.
        TooManyTries: the caller had a register asked too often.
    """
    on = at.date()
    number = tax.read_number(typed=typed, country=country, on=on)
    kind = tax.number_kind(country=country, on=on)
    if kind is None:
        raise NoTaxNumberHere(country=country, field="tax_number", value="", rule="")
    stored = tax.known_answer(number=number, at=at)
    if stored is None:
        answer, test = None, False
        if kind.register:
            register = TAX_ID_REGISTERS.get(kind.register)
            own = _own_number(kind, store, on)
            answer, test = _ask(register, number, own, at=at, caller=caller, most=most), register.test
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


def _ask(
    register: TaxIdRegister, number: TaxNumber, own: str, *, at: dt.datetime, caller: str, most: int
) -> RegisterAnswer:
    """Ask a register, unless it was silent about this number a moment ago or the caller had it asked too often."""
    index = tax.number_index(number)
    if throttle.knocked("tax_silence", index, window=_SILENCE, at=at):
        raise RegisterSilent(what=register.title, field="tax_number")
    if caller:
        throttle.knock("tax_number", caller, most=most, window=ASKED_WINDOW, at=at)
    try:
        return register.ask(number, asked_by=own)
    except RegisterSilent:
        throttle.knock("tax_silence", index, most=ASKED_MOST, window=_SILENCE, at=at)
        raise


def _own_number(kind: TaxNumberKind, store: str, on: dt.date) -> str:
    """The seller's own number in the same register, "" when it has none there: with it the register gives a receipt."""
    for held in tax.registrations(entity_id=store_info(store).entity.id):
        if held.scheme != "vat" or on < held.from_date or (held.until is not None and on >= held.until):
            continue
        own = tax.number_kind(country=held.jurisdiction, on=on)
        if own is not None and own.register == kind.register and held.number:
            return tax.own_number(held=held.number, country=held.jurisdiction, on=on)
    return ""
