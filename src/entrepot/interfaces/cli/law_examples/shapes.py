"""Small makers of lines, consignments and rules, so that a topic reads like its example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.engine.tables import TariffRow
from entrepot.domains.customs.queries import law as customs_tables
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.queries import law as tax_tables
from entrepot.domains.tax.types import RegistrationInfo, TaxRate, TaxRules
from entrepot.kernel.trade import Consignment, Line

LONG_AGO = dt.date(2000, 1, 1)


def lines(
    goods: Sequence[int], codes: Sequence[str] = (), *, category: str = "standard", origin: str = "CN"
) -> tuple[Line, ...]:
    """Return one line per amount; `codes` are HS codes, all the same when left out."""
    found = codes or ["999999"] * len(goods)
    return tuple(
        Line(f"l{n}", f"s{n}", 1, amount, code, origin, 0, category)
        for n, (amount, code) in enumerate(zip(goods, found, strict=True), 1)
    )


def parcel(
    goods: tuple[Line, ...], *, to: str, currency: str, region: str = "", freight: int = 0, origin: str = "CN",
    customer: str = "consumer",
) -> Consignment:  # fmt: skip
    """Return a consignment from abroad."""
    return Consignment("example", origin, to, region, "", currency, goods, freight, 0, customer)


def held(*schemes: str) -> tuple[RegistrationInfo, ...]:
    """Return registrations given as scheme@jurisdiction."""
    pairs = (text.partition("@") for text in schemes)
    return tuple(RegistrationInfo(scheme, place, "-", LONG_AGO, None) for scheme, _, place in pairs)


def tax_rules(
    to: str,
    on: dt.date,
    *,
    region: str = "",
    registrations: Sequence[RegistrationInfo] = (),
    standard_ppm: int | None = None,
) -> TaxRules:
    """Return the real rules of a day, with the standard rate replaced where the example gives its own."""
    rules = tax_law.compile_rules(tax_tables(), destination=to, region=region, on=on, registrations=registrations)
    if standard_ppm is None:
        return rules
    rates = {name: msgspec.structs.replace(rate, rate_ppm=standard_ppm) for name, rate in rules.rates.items()}
    return msgspec.structs.replace(rules, rates=rates)


def customs_rules(
    to: str, on: dt.date, goods: Sequence[Line], *, duty_ppm: int | None = None,
    fee_rows: Mapping[str, Mapping[str, Any]] | None = None,
) -> CustomsRules:  # fmt: skip
    """Return the real rules of a day, with a tariff of the example's own rate, and fee rows changed by key."""
    law = next(found for found in customs_tables().values() if to in found.countries)
    if fee_rows:
        changed = tuple(
            msgspec.structs.replace(
                row,
                fields={**row.fields, **fee_rows.get(row.fields["key"], {}).get("fields", {})},
                period=fee_rows.get(row.fields["key"], {}).get("period", row.period),
            )
            for row in law.tables["fees"]
        )
        law = msgspec.structs.replace(law, tables={**law.tables, "fees": changed})
    pairs = {(line.hs_code, line.origin) for line in goods}
    stored = [] if duty_ppm is None else [
        TariffRow(code, "", duty_ppm, False, "", None, None, "the example", "example") for code in {p[0] for p in pairs}
    ]  # fmt: skip
    return customs_law.compile_rules(law, destination=to, pairs=pairs, on=on, stored=stored)


def rate(rules: TaxRules, category: str) -> TaxRate:
    """Return the rate of a category, the standard one where the country has no other."""
    return rules.rates.get(category, rules.rates["standard"])
