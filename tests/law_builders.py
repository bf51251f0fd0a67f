"""Builders of law: rules from the tables that come with the program, without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.types import RegistrationInfo, TaxRules
from entrepot.kernel.trade import Consignment, Line

DAY = dt.date(2026, 11, 25)


def minor(amount: str) -> int:
    """Return an amount of two decimals in minor units."""
    return int(Decimal(amount) * 100)


def lines(*goods: tuple[int, str], origin: str = "CN", category: str = "standard") -> tuple[Line, ...]:
    """Return lines of (amount in minor units, HS code)."""
    return tuple(
        Line(f"l{n}", f"SKU-{n}", 1, amount, code, origin, 100, category) for n, (amount, code) in enumerate(goods, 1)
    )


def parcel(
    goods: tuple[Line, ...], *, to: str, sent_from: str = "CN", currency: str = "EUR", region: str = "",
    freight: int = 0, customer: str = "consumer", mode: str = "courier",
) -> Consignment:  # fmt: skip
    """Return a consignment."""
    return Consignment("c1", sent_from, to, region, "", currency, goods, freight, 0, customer, mode)


def customs_rules(to: str, on: dt.date, goods: Sequence[Line]) -> CustomsRules:
    """Return the customs rules of a day for these goods, from the files alone."""
    law = customs.territory_of(country=to)
    assert law is not None
    pairs = {(line.hs_code, line.origin) for line in goods}
    return customs_law.compile_rules(law, destination=to, pairs=pairs, on=on)


def tax_rules(to: str, on: dt.date, *, region: str = "", registered: Sequence[str] = ()) -> TaxRules:
    """Return the tax rules of a day for a seller with registrations given as scheme@jurisdiction."""
    held = [RegistrationInfo(*text.split("@"), "-", dt.date(2000, 1, 1), None) for text in registered]
    return tax_law.compile_rules(tax.law(), destination=to, region=region, on=on, registrations=held)
