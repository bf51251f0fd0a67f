"""The port to registers of tax numbers, and the registry of those that fill it."""

from __future__ import annotations

from typing import Protocol

from entrepot.domains.tax.types import RegisterAnswer, TaxNumber
from entrepot.kernel.registry import Registry


class TaxIdRegister(Protocol):
    """An authority that says whether a business's tax number is valid.

    `ask` is called by `flows.price.prove_business`, outside any transaction, when a buyer gives a number of which no answer is
    fresh enough. It must answer within seconds or raise RegisterSilent: no answer is never taken for a yes.

    `test` says that a sandbox answers at the address that is set. Which numbers are asked where is data:
    `refdata/buyers/tax_numbers.yaml`. Placing a module in `domains/tax/adapters` that calls `TAX_ID_REGISTERS.register` makes a
    register known.
    """

    name: str
    title: str

    @property
    def test(self) -> bool:
        """Whether a sandbox answers, not the authority."""
        ...

    def ask(self, number: TaxNumber, *, asked_by: str = "") -> RegisterAnswer:
        """Return what the register says. `asked_by` is the seller's own number there, "" for none: then it gives no receipt.

        Raises RegisterSilent: it did not answer, or nobody can read what it answered.
        """
        ...


TAX_ID_REGISTERS: Registry[TaxIdRegister] = Registry("tax register")
