"""What the parts of a document come to: its breakdown of taxes, and its totals. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from entrepot.domains.finance.engine.invoice_reasons import CategoryRow, sentence
from entrepot.domains.finance.engine.tax_parts import Slice
from entrepot.domains.finance.types import InvoiceCharge, InvoiceLine, InvoiceTotals, TaxGroup
from entrepot.kernel.money import split
from entrepot.kernel.quote import QuotedLine


class Entry(msgspec.Struct):
    """One amount under one category; `share` is the goods' or freight's own, that bears the tax."""

    kind: str
    consignment: str
    net: int
    tax: int
    slice: Slice
    line: QuotedLine | None = None
    quantity: int = 0
    each: tuple[Slice, ...] = ()


def groups(
    entries: Iterable[Entry], rows: Mapping[str, CategoryRow], union: bool, say: Callable[[str], str]
) -> tuple[TaxGroup, ...]:
    """Return the breakdown of a document's taxes: one row per category, rate and name of tax, the highest rate first."""
    sums: dict[tuple[str, int, str], list[int]] = {}
    reasons: dict[tuple[str, int, str], list[str]] = {}
    for e in entries:
        for one, net, tax in _taxes(e):
            # A tax by another name is a group of its own; the norm's categories without tax have no name.
            key = (one.category, one.rate_ppm, one.name if one.category == "S" else "")
            row = sums.setdefault(key, [0, 0, 0])
            row[0] += net
            row[1] += tax
            row[2] += 1 if e.kind in ("goods", "freight") else 0
            if one.category not in ("S", "Z"):
                reasons.setdefault(key, []).append(one.reason)
    found: list[TaxGroup] = []
    for key in sorted(sums, key=lambda k: (-k[1], k)):
        category, rate, name = key
        taxable, tax, parts = sums[key]
        why = list(dict.fromkeys(reasons.get(key, [])))
        codes = {rows[r].code for r in why if r in rows} if union else set()
        told = " ".join(dict.fromkeys(sentence(r, say) for r in why)).strip()
        code = codes.pop() if len(codes) == 1 else ""
        found.append(TaxGroup(category, rate, taxable, tax, say(name) if name else "", told, code, max(parts, 1)))
    return tuple(found)


def _taxes(e: Entry) -> list[tuple[Slice, int, int]]:
    """The taxes an entry bears, each with its base and amount: one, unless several stand on one base."""
    if not e.each:
        return [(e.slice, e.net, e.tax)]
    whole = e.slice.base or 1
    shares = split(e.tax, [s.tax for s in e.each]) if any(s.tax for s in e.each) else [0] * len(e.each)
    return [(s, s.base * e.net // whole, tax) for s, tax in zip(e.each, shares, strict=True)]


def totals(
    lines: Iterable[InvoiceLine], charges: Iterable[InvoiceCharge], groups: Iterable[TaxGroup], paid: int
) -> InvoiceTotals:
    """Return a document's sums in minor units; what was paid is never more than the gross."""
    goods, more = sum(x.net_minor for x in lines), sum(c.amount_minor for c in charges)
    tax = sum(g.tax_minor for g in groups)
    gross = goods + more + tax
    paid = min(paid, gross)
    return InvoiceTotals(goods, 0, more, goods + more, tax, gross, paid, 0, gross - paid)
