"""A register of tax numbers that says what a test tells it, and remembers what it was asked."""

from __future__ import annotations

from entrepot.domains.tax.errors import RegisterSilent
from entrepot.domains.tax.types import RegisterAnswer, TaxNumber


class FakeRegister:
    """Knows `known`; is silent while `silent`."""

    title = "Fake register"
    test = True

    def __init__(self, name: str = "fake", known: tuple[str, ...] = ()) -> None:
        self.name, self.known, self.silent = name, set(known), False
        self.asked: list[tuple[str, str]] = []

    def ask(self, number: TaxNumber, *, asked_by: str = "") -> RegisterAnswer:
        """Say whether it knows the number."""
        self.asked.append((number.number, asked_by))
        if self.silent:
            raise RegisterSilent(what=self.title, field="tax_number")
        if number.number not in self.known:
            return RegisterAnswer(valid=False)
        return RegisterAnswer(True, "RECEIPT-1" if asked_by else "", "Petersen Lampen GmbH", "Lornsenstr. 12, Kiel")
