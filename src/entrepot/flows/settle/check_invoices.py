"""Check issued invoices and credit notes: numbers without gaps, every rule of the list, documents equal to the books, XML by schematron."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import invoice_sums
from entrepot.domains.finance.engine.en16931 import ubl
from entrepot.domains.finance.engine.en16931.rules import broken
from entrepot.domains.finance.engine.invoice_sums import OrderSum
from entrepot.domains.finance.types import InvoiceView, NumberSeries, TaxInvoice
from entrepot.domains.ledger import queries as ledger

Outside = Callable[[bytes, bool], tuple[str, ...]]
CHUNK = 500


class Checked(msgspec.Struct):
    """What was found. `faults` are (number, rule id, sentence); `apart` are orders whose documents and books differ."""

    documents: int = 0
    xml: int = 0
    own: int = 0
    old: int = 0
    faults: list[tuple[str, str, str]] = []
    apart: list[OrderSum] = []
    orders: int = 0
    totals: dict[str, list[int]] = {}
    series: tuple[NumberSeries, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing was found."""
        return not self.faults and not self.apart and all(one.gapless for one in self.series)


def check_invoices(*, since: dt.datetime, until: dt.datetime, outside: Outside | None = None) -> Checked:
    """Check what was issued between two moments (half-open).

    Series are checked whole. An order is compared with the books with all its credit notes, whenever they were issued.

    Args:
        outside: takes an XML file and whether it is a credit note, returns faults in words; None runs our own rules alone.
    """
    found = Checked(series=finance.series())
    invoiced: list[InvoiceView] = []
    for view, document in finance.documents_between(since=since, until=until):
        found.documents += 1
        if document is None:
            found.old += 1
        else:
            _rules(found, view, document, outside)
        if view.kind == "invoice":
            invoiced.append(view)
    for some in _chunks(invoiced):
        _books(found, some)
    return found


def _rules(found: Checked, view: InvoiceView, document: TaxInvoice, outside: Outside | None) -> None:
    found.faults += [(view.number, rule.id, rule.sentence) for rule in broken(document)]
    if document.profile != "en16931":
        found.own += 1
        return
    found.xml += 1
    if outside is not None:
        told = outside(ubl.document(document), view.kind == "credit_note")
        found.faults += [(view.number, "XSLT", sentence) for sentence in told]


def _books(found: Checked, some: list[InvoiceView]) -> None:
    sums = {view.order_id: [view.amount_minor, view.tax_minor] for view in some}
    for note, document in finance.notes_of(order_ids=sorted(sums)):
        sums[note.order_id][0] -= note.amount_minor
        sums[note.order_id][1] -= document.totals.tax_minor if document else note.tax_minor
    booked = ledger.document_sums(
        documents=[f"order:{key}" for key in sums], accounts=invoice_sums.SOLD, kinds=invoice_sums.KINDS
    )
    for view in some:
        gross, tax = sums[view.order_id]
        one = invoice_sums.order_sum(view.order_id, view.currency, gross, tax, booked)
        found.orders += 1
        total = found.totals.setdefault(view.currency, [0, 0])
        total[0] += one.invoiced_minor
        total[1] += one.invoiced_tax_minor
        if not one.agrees:
            found.apart.append(one)


def _chunks(rows: list[InvoiceView]) -> Iterator[list[InvoiceView]]:
    walk = iter(rows)
    while some := list(islice(walk, CHUNK)):
        yield some
