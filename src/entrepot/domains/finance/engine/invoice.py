"""From a frozen quote and what is left (or taken) of it to a whole tax document. Pure.

Goods are lines; freight, duty, fees and import tax are charges of the document. What the seller taxes stands under its category;
what was paid out for the buyer at customs stands beside it, untaxed. The gross total is what the buyer was charged, to the cent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from entrepot.domains.finance.engine.accounts import TAX_PAYABLE
from entrepot.domains.finance.engine.invoice_groups import Entry, groups, totals
from entrepot.domains.finance.engine.invoice_reasons import CategoryRow
from entrepot.domains.finance.engine.invoice_shares import as_placed
from entrepot.domains.finance.engine.shares import LineKey, key_of, taken_by, tax_shares
from entrepot.domains.finance.engine.tax_parts import LAID_OUT, Part, Route, Slice, parts_of
from entrepot.domains.finance.types import (
    HomeTax,
    InvoiceCharge,
    InvoiceLine,
    TaxInvoice,
    TaxParty,
)
from entrepot.domains.orders.types import ChangedLines, LineShares
from entrepot.kernel.errors import N_
from entrepot.kernel.money import split
from entrepot.kernel.quote import FrozenQuote, QuotedLine

FREIGHT_CODE = "FC"  # UNTDID 7161: freight service
KINDS = {
    "freight": N_("Delivery"),
    "duty": N_("Customs duty"),
    "fee": N_("Customs fees"),
    "import_tax": N_("Tax on import"),
}
TAX = N_("Tax")
MIXED = N_("Taxed goods and goods outside the tax are in one order; the norm EN 16931 wants a document for each.")


class Head(msgspec.Struct, frozen=True):
    """What a document says besides amounts. `routes` is by consignment ref; fields as in TaxInvoice."""

    number: str
    issued_on: dt.date
    code: str
    language: str
    order_number: str
    seller: TaxParty
    buyer: TaxParty
    deliver_to: str
    supplied_on: dt.date
    routes: Mapping[str, Route]
    union: bool = False
    notes: tuple[str, ...] = ()
    terms: str = ""
    paid_minor: int = 0
    paid_by: tuple[tuple[str, int], ...] = ()
    preceding: str = ""
    preceding_on: dt.date | None = None
    changes: tuple[str, ...] = ()


def compose(
    head: Head,
    quote: FrozenQuote,
    shares: Sequence[LineShares],
    rows: Mapping[str, CategoryRow],
    say: Callable[[str], str],
    before: Iterable[ChangedLines] | None = None,
) -> TaxInvoice:
    """Return the document of some shares of a quote; its gross total is the sum of theirs, its tax that of their entry.

    Args:
        shares: what is left of an order (an invoice) or what was taken from it (a credit note), amounts above zero.
        say: message id → the words in the document's language.
        before: of a credit note the order's earlier changes; None of an invoice, whose shares are all that is left.
    """
    entries, why = _entries(quote, shares, rows, head.routes, _gone(quote, shares, before))
    used = {e.slice.category for e in entries if e.kind in ("goods", "freight") and e.slice.reason != LAID_OUT}
    outside = used == {"O"} or not used
    if "O" in used and not outside:
        why = why or MIXED
    if outside:  # then what was laid out is outside the tax like all the rest
        for e in entries:
            if e.slice.reason == LAID_OUT:
                e.slice = msgspec.structs.replace(e.slice, category="O")
    entries = [e for e in entries if e.net or e.tax]
    lines, charges = _lines(entries, say), _charges(entries, say)
    if not lines:
        lines, charges = _as_lines(charges), ()
    breakdown = groups(entries, rows, head.union, say)
    seller, buyer = _numbered(head, outside)
    return TaxInvoice(
        number=head.number,
        issued_on=head.issued_on,
        code=head.code,  # type: ignore[arg-type]
        currency=quote.currency,
        language=head.language,
        order_number=head.order_number,
        seller=seller,
        buyer=buyer,
        deliver_to=head.deliver_to,
        supplied_on=head.supplied_on,
        lines=lines,
        charges=charges,
        groups=breakdown,
        totals=totals(lines, charges, breakdown, head.paid_minor),
        profile="own" if why else "en16931",
        why_own=why,
        notes=head.notes,
        terms=head.terms,
        preceding=head.preceding,
        preceding_on=head.preceding_on,
        paid_by=head.paid_by,
        changes=head.changes,
    )


def with_home_tax(document: TaxInvoice, home: HomeTax) -> TaxInvoice:
    """Return the same document with its tax in the law's currency too."""
    return msgspec.structs.replace(document, home_tax=home)


def _entries(
    quote: FrozenQuote,
    shares: Sequence[LineShares],
    rows: Mapping[str, CategoryRow],
    routes: Mapping[str, Route],
    gone: Mapping[LineKey, tuple[int, int]],
) -> tuple[list[Entry], str]:
    lines = {(c.ref, x.ref): x for c in quote.consignments for x in c.lines}
    parts = {
        (c.ref, *key): part
        for c in quote.consignments
        for key, part in parts_of(c, rows, routes.get(c.ref, Route())).items()
    }
    found: list[Entry] = []
    why = ""
    for share in shares:
        if not share.gross_minor:
            continue
        each = parts[share.consignment_ref, share.kind, share.ref]
        why = why or next((part.why for part in each if part.why), "")
        goods, tax = gone.get(key_of(share), (0, 0))
        by_account = tax_shares(quote, share.consignment_ref, share.tax_minor, line=share, past_minor=tax)
        line = lines.get((share.consignment_ref, share.ref))
        found += _of_share(share, each, line, dict(by_account).get(TAX_PAYABLE, 0), goods)
    return found, why


def _gone(
    quote: FrozenQuote, shares: Sequence[LineShares], before: Iterable[ChangedLines] | None
) -> dict[LineKey, tuple[int, int]]:
    """What was taken of each line before, as (goods or freight, tax) above zero: by it shares are cut as the books cut them."""
    if before is not None:
        return {key: (-goods, -tax) for key, (goods, tax) in taken_by(before).items()}
    left = {key_of(share): share for share in shares}
    return {
        key_of(x): (x.goods_minor - left[key_of(x)].goods_minor, x.tax_minor - left[key_of(x)].tax_minor)
        for x in as_placed(quote)
        if key_of(x) in left
    }


def _of_share(
    share: LineShares, parts: Sequence[Part], line: QuotedLine | None, seller_tax: int, gone: int
) -> list[Entry]:
    """The entries of one share: its own amount by part and slice, then duty, fee and import tax.

    `seller_tax` is what of its tax stands on the seller's account, `gone` what was taken of its price before.
    """
    ref, laid = share.consignment_ref, Slice("E", 0, LAID_OUT, "", 0, 0)
    weights = [part.net for part in parts]
    now, then = split(gone + share.goods_minor, weights), split(gone, weights)
    own_tax = seller_tax if any(part.seller for part in parts) else 0
    found: list[Entry] = []
    for part, one, other in zip(parts, now, then, strict=True):
        found += _own(share, part, line, one - other, own_tax if part.seller else 0)
    main = parts[0]
    for kind, amount, inside in (
        ("duty", share.duty_minor, main.with_duty),
        ("fee", share.fee_minor, main.with_fee),
        ("import_tax", share.tax_minor - own_tax, False),
    ):
        if amount:
            found.append(Entry(kind, ref, amount, 0, main.slices[0] if inside else laid))
    return found


def _own(share: LineShares, part: Part, line: QuotedLine | None, own: int, own_tax: int) -> list[Entry]:
    """The entries of a part of a share's own price, by slice."""
    bases = [s.base for s in part.slices]
    nets = split(own, bases if any(bases) else [1] * len(bases))
    weights = [s.tax for s in part.slices]
    taxes = split(own_tax, weights if any(weights) else list(nets) if any(nets) else [1] * len(bases))
    goods = line if share.kind == "goods" else None
    return [
        Entry(share.kind, share.consignment_ref, net, tax, one, goods, share.quantity, part.each)
        for net, tax, one in zip(nets, taxes, part.slices, strict=True)
    ]


def _lines(entries: Iterable[Entry], say: Callable[[str], str]) -> tuple[InvoiceLine, ...]:
    found: list[InvoiceLine] = []
    for e in entries:
        if e.line is None:
            continue
        quantity = max(e.quantity, 1)
        whole = e.net % quantity == 0
        found.append(
            InvoiceLine(
                id=str(len(found) + 1),
                kind="goods" if e.quantity else "part",
                name=e.line.title + (f" – {e.line.option}" if e.line.option else ""),
                sku=e.line.sku,
                quantity=quantity,
                net_minor=e.net,
                price_minor=e.net // quantity if whole else e.net,
                price_quantity=1 if whole else quantity,
                category=e.slice.category,
                rate_ppm=e.slice.rate_ppm,
                tax_minor=e.tax,
                hs_code=e.line.hs_code,
                origin=e.line.origin,
                ref=e.line.ref,
            )
        )
    return tuple(found)


def _charges(entries: Iterable[Entry], say: Callable[[str], str]) -> tuple[InvoiceCharge, ...]:
    """Freight, duty, fees and import tax: each kind, category and rate once for the document."""
    sums: dict[tuple[str, str, int], tuple[int, int]] = {}
    for e in entries:
        if e.line is None:
            key = (e.kind, e.slice.category, e.slice.rate_ppm)
            net, tax = sums.get(key, (0, 0))
            sums[key] = (net + e.net, tax + e.tax)
    order = list(KINDS)
    return tuple(
        InvoiceCharge(kind, say(KINDS[kind]), net, category, rate, tax, FREIGHT_CODE if kind == "freight" else "")
        for (kind, category, rate), (net, tax) in sorted(sums.items(), key=lambda one: (order.index(one[0][0]), one))
    )


def _as_lines(charges: Iterable[InvoiceCharge]) -> tuple[InvoiceLine, ...]:
    """The charges as lines, for a credit note that takes back no goods: a document has at least one line."""
    return tuple(
        InvoiceLine(
            str(n), c.kind, c.name, "", 1, c.amount_minor, c.amount_minor, 1, c.category, c.rate_ppm, c.tax_minor
        )
        for n, c in enumerate(charges, 1)
    )


def _numbered(head: Head, outside: bool) -> tuple[TaxParty, TaxParty]:
    """Seller and buyer; outside the tax no VAT number is stated, so that of the buyer stands as a number of a register."""
    if not outside:
        return head.seller, head.buyer
    buyer = head.buyer
    known = buyer.legal_id or buyer.vat_id
    return (
        msgspec.structs.replace(head.seller, vat_id=""),
        msgspec.structs.replace(buyer, vat_id="", legal_id=known),
    )
