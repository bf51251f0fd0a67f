"""What the print of an invoice or credit note says, as plain data for its template. Pure: words and digits come as arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entrepot.domains.finance.types import CREDIT_NOTE_CODE, TaxInvoice, TaxParty
from entrepot.kernel.errors import N_

WORDS = {
    "invoice": N_("Invoice"),
    "credit_note": N_("Credit note"),
    "number": N_("Number"),
    "date": N_("Date"),
    "supplied": N_("Day of supply"),
    "order": N_("Order"),
    "preceding": N_("To invoice"),
    "seller": N_("Seller"),
    "buyer": N_("Buyer"),
    "line": N_("Line"),
    "units": N_("Units"),
    "price": N_("Price"),
    "net": N_("Net"),
    "rate": N_("Rate"),
    "tax": N_("Tax"),
    "gross": N_("Gross"),
    "taxed": N_("Taxed at"),
    "base": N_("Taxable amount"),
    "no_tax": N_("No tax"),
    "total_net": N_("Total without tax"),
    "total_tax": N_("Total of tax"),
    "total": N_("Total"),
    "credited": N_("Total credited"),
    "paid": N_("Paid"),
    "due": N_("Still to be paid"),
    "why_invoice": N_("Drawn up by machine and valid without a signature."),
    "why_credit_note": N_(
        "This note lowers what was invoiced. It is drawn up by machine and valid without a signature."
    ),
    "vat_id": N_("VAT number"),
    "tax_id": N_("Tax number"),
    "legal_id": N_("Register number"),
}
HOME = N_("Tax in %(currency)s: %(amount)s (1 %(from)s = %(rate)s %(currency)s, %(source)s, %(date)s)")


def content(
    document: TaxInvoice,
    *,
    say: Callable[[str], str],
    amount: Callable[[int], str],
    rate: Callable[[int], str],
    day: Callable[[Any], str],
    country: Callable[[str], str],
    home_amount: Callable[[int, str], str],
) -> dict[str, Any]:
    """Return the data of the template templates/invoice.typ.

    Args:
        amount: minor units → digits as the buyer's language writes them; rate: ppm → a percentage; day: a date → words.
        country: an ISO code → its name. home_amount: minor units and currency → digits.
    """
    credit = document.code == CREDIT_NOTE_CODE
    totals = document.totals
    kind = "credit_note" if credit else "invoice"
    told = {
        "words": {key: say(text) for key, text in WORDS.items()},
        "title": say(WORDS[kind]),
        "why": say(WORDS[f"why_{kind}"]),
        "language": document.language.split("-")[0],
        "number": document.number,
        "date": day(document.issued_on),
        "supplied": "" if credit else day(document.supplied_on),
        "order": document.order_number,
        "preceding": document.preceding,
        "currency": document.currency,
        "seller": _party(document.seller, say, country),
        "buyer": _party(document.buyer, say, country),
        "rows": _rows(document, amount, rate),
        "groups": _groups(document, say, amount, rate),
        "net": amount(totals.net_minor),
        "tax": amount(totals.tax_minor),
        "gross": amount(totals.gross_minor),
        "total": say(WORDS["credited" if credit else "total"]),
        "paid": [] if credit else [[name, amount(minor)] for name, minor in document.paid_by],
        "due": "" if credit else amount(totals.due_minor),
        "notes": list(document.notes),
        "terms": document.terms,
        "home": "",
    }
    if document.home_tax is not None:
        home = document.home_tax
        told["home"] = say(HOME) % {
            "currency": home.currency,
            "amount": home_amount(home.tax_minor, home.currency),
            "from": document.currency,
            "rate": home.rate,
            "source": home.source,
            "date": day(home.date),
        }
    return told


def _party(who: TaxParty, say: Callable[[str], str], country: Callable[[str], str]) -> list[str]:
    ids = (("vat_id", who.vat_id), ("tax_id", who.tax_id), ("legal_id", who.legal_id))
    numbers, seen = [], set()
    for key, number in ids:
        if number and number not in seen:
            seen.add(number)
            numbers.append(f"{say(WORDS[key])}: {number}")
    other = [who.other_name] if who.other_name and who.other_name != who.name else []
    return [_apart(one) for one in (who.name, *other, *who.lines, country(who.country), *numbers)]


def _apart(text: str) -> str:
    """A text that keeps its own direction wherever it stands: a Latin address on an Arabic paper, and the other way round."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}" if text else ""


def _rows(document: TaxInvoice, amount: Callable[[int], str], rate: Callable[[int], str]) -> list[list[str]]:
    rows = []
    for x in document.lines:
        price = amount(x.price_minor) if x.price_quantity == 1 and x.quantity > 1 else ""
        shown = rate(x.rate_ppm) if x.rate_ppm else "–"
        units = str(x.quantity) if x.kind == "goods" else ""
        rows.append([_apart(x.name), x.sku, units, price, amount(x.net_minor), shown, amount(x.tax_minor)])
        rows[-1].append(amount(x.net_minor + x.tax_minor))
    for c in document.charges:
        shown = rate(c.rate_ppm) if c.rate_ppm else "–"
        gross = amount(c.amount_minor + c.tax_minor)
        rows.append([c.name, "", "", "", amount(c.amount_minor), shown, amount(c.tax_minor), gross])
    return rows


def _groups(
    document: TaxInvoice, say: Callable[[str], str], amount: Callable[[int], str], rate: Callable[[int], str]
) -> list[list[str]]:
    """[what tax at which rate, taxable amount, tax, why none] of each group."""
    found = []
    for g in document.groups:
        name = f"{g.name} {rate(g.rate_ppm)}" if g.name else say(WORDS["no_tax"]) if g.category != "Z" else rate(0)
        found.append([name, amount(g.taxable_minor), amount(g.tax_minor), g.reason])
    return found
