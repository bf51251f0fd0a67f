"""When a state asks a seller to register: sales or number of transactions of the measuring period."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from entrepot.domains.tax.engine.tables import Law
from entrepot.domains.tax.errors import NotCovered
from entrepot.kernel.lawfile import reference
from entrepot.kernel.trade import RuleRef


def reached(law: Law, *, region: str, on: dt.date, sales: Decimal, transactions: int) -> tuple[bool, RuleRef]:
    """Say whether a seller has reached the threshold of a region on a day, and by which rule.

    Args:
        sales: major units of the law's currency, counted as the rule's basis says (gross, retail or taxable).
    Raises:
        NotCovered: the region has no rule on that day.
    """
    for row in law.nexus:
        f = row.fields
        if f["region"] != region or on not in row.period:
            continue
        by_sales = sales >= Decimal(f["sales"])
        if f.get("transactions") is None:
            result, words = by_sales, f["sales"]
        else:
            by_number = transactions >= int(f["transactions"])
            result = by_sales and by_number if f["operator"] == "and" else by_sales or by_number
            words = f"{f['sales']} {f['operator']} {f['transactions']} transactions"
        return result, reference(row, f"tax.{law.jurisdiction}-{region}", "nexus", words)
    raise NotCovered(country=f"{law.jurisdiction}-{region}", on=on)


def basis_of(law: Law, region: str, on: dt.date) -> str:
    """Return what counts as sales in a region: gross, retail or taxable; "" when it is not known."""
    for row in law.nexus:
        if row.fields["region"] == region and on in row.period:
            return str(row.fields.get("basis", ""))
    return ""
