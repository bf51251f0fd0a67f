"""The core rules BR-01 to BR-65 as far as the house writes what they ask about, and the sums BR-CO-*.

Source: EN 16931-1, clause 6.4; sentences are our own.
"""

from __future__ import annotations

from entrepot.domains.finance.engine.en16931.codes import CATEGORIES, COUNTRIES, CURRENCY, VAT_PREFIXES
from entrepot.domains.finance.engine.en16931.registry import Rule, allowed, charged, entries, signed
from entrepot.domains.finance.types import CREDIT_NOTE_CODE, INVOICE_CODE, TaxGroup, TaxInvoice
from entrepot.kernel.errors import N_
from entrepot.kernel.money import PPM, exponent

_SETTLED = (INVOICE_CODE, CREDIT_NOTE_CODE)

HEAD = (
    Rule("BR-02", N_("A document has a number."), lambda d: bool(d.number.strip())),
    Rule("BR-03", N_("A document has a day of issue."), lambda d: d.issued_on is not None),
    Rule("BR-04", N_("A document says whether it is an invoice or a credit note."), lambda d: d.code in _SETTLED),
    Rule("BR-05", N_("A document has a currency."), lambda d: bool(CURRENCY.fullmatch(d.currency))),
    Rule("BR-06", N_("The seller has a name."), lambda d: bool(d.seller.name.strip())),
    Rule("BR-07", N_("The buyer has a name."), lambda d: bool(d.buyer.name.strip())),
    Rule("BR-08", N_("The seller has an address."), lambda d: bool(d.seller.city or d.seller.street or d.seller.lines)),
    Rule("BR-09", N_("The seller’s address has a country."), lambda d: d.seller.country in COUNTRIES),
    Rule("BR-10", N_("The buyer has an address."), lambda d: bool(d.buyer.city or d.buyer.street or d.buyer.lines)),
    Rule("BR-11", N_("The buyer’s address has a country."), lambda d: d.buyer.country in COUNTRIES),
    Rule("BR-12", N_("The sum of the lines is stated."), lambda d: d.totals.lines_minor is not None),
    Rule("BR-13", N_("The total without tax is stated."), lambda d: d.totals.net_minor is not None),
    Rule("BR-14", N_("The total with tax is stated."), lambda d: d.totals.gross_minor is not None),
    Rule("BR-15", N_("What is still to be paid is stated."), lambda d: d.totals.due_minor is not None),
    Rule("BR-16", N_("A document has at least one line."), lambda d: bool(d.lines)),
    Rule(
        "BR-53",
        N_("Where the tax is owed in another currency, it is stated in that currency."),
        lambda d: d.home_tax is None or (bool(CURRENCY.fullmatch(d.home_tax.currency)) and d.home_tax.currency != d.currency and bool(d.home_tax.rate)),
    ),
    Rule("BR-55", N_("A credit note names the invoice it corrects."), lambda d: d.code != CREDIT_NOTE_CODE or bool(d.preceding)),
    Rule("BR-57", N_("The place of delivery has a country."), lambda d: d.deliver_to in COUNTRIES),
)  # fmt: skip

LINES = (
    Rule("BR-21", N_("Each line has a number of its own."), lambda d: all(x.id for x in d.lines) and len({x.id for x in d.lines}) == len(d.lines)),
    Rule("BR-22", N_("Each line has a quantity."), lambda d: all(x.quantity for x in d.lines)),
    Rule("BR-23", N_("Each line has a unit."), lambda d: all(x.unit for x in d.lines)),
    Rule("BR-24", N_("Each line has a net amount."), lambda d: all(x.net_minor is not None for x in d.lines)),
    Rule("BR-25", N_("Each line says what was sold."), lambda d: all(x.name.strip() for x in d.lines)),
    Rule("BR-26", N_("Each line has a price."), lambda d: all(x.price_minor is not None and x.price_quantity > 0 for x in d.lines)),
    Rule("BR-27", N_("No price is below zero."), lambda d: all(x.price_minor >= 0 for x in d.lines)),
    Rule("BR-31", N_("Each allowance has an amount."), lambda d: all(c.amount_minor is not None and c.amount_minor >= 0 for c in allowed(d))),
    Rule("BR-32", N_("Each allowance has a tax category."), lambda d: all(c.category in CATEGORIES for c in allowed(d))),
    Rule("BR-33", N_("Each allowance says why."), lambda d: all(c.name.strip() or c.code for c in allowed(d))),
    Rule("BR-36", N_("Each charge has an amount."), lambda d: all(c.amount_minor is not None and c.amount_minor >= 0 for c in charged(d))),
    Rule("BR-37", N_("Each charge has a tax category."), lambda d: all(c.category in CATEGORIES for c in charged(d))),
    Rule("BR-38", N_("Each charge says what for."), lambda d: all(c.name.strip() or c.code for c in charged(d))),
    Rule("BR-45", N_("Each tax group has a taxable amount."), lambda d: all(g.taxable_minor is not None for g in d.groups)),
    Rule("BR-46", N_("Each tax group has an amount of tax."), lambda d: all(g.tax_minor is not None for g in d.groups)),
    Rule("BR-47", N_("Each tax group has a category."), lambda d: all(g.category in CATEGORIES for g in d.groups)),
    Rule("BR-48", N_("Each tax group has a rate, unless it is outside the tax."), lambda d: all(g.rate_ppm is not None and (g.category != "O" or not g.rate_ppm) for g in d.groups)),
    Rule("BR-65", N_("A classification of goods is an HS code in digits, so that it can name its list."), lambda d: all(not x.hs_code or x.hs_code.isdecimal() for x in d.lines)),
)  # fmt: skip

SUMS = (
    Rule("OWN-04", N_("Supply and issue lie within a year of each other."), lambda d: abs((d.supplied_on - d.issued_on).days) <= 366),
    Rule("BR-CO-04", N_("Each line has a tax category."), lambda d: all(x.category in CATEGORIES for x in d.lines)),
    Rule("BR-CO-09", N_("A VAT number begins with the letters of its country."), lambda d: all(not n or n[:2] in VAT_PREFIXES for n in (d.seller.vat_id, d.buyer.vat_id if d.profile == "en16931" else ""))),
    Rule("BR-CO-10", N_("The sum of the lines is the sum of their net amounts."), lambda d: d.totals.lines_minor == sum(x.net_minor for x in d.lines)),
    Rule("BR-CO-11", N_("The sum of the allowances is right."), lambda d: d.totals.allowances_minor == sum(c.amount_minor for c in allowed(d))),
    Rule("BR-CO-12", N_("The sum of the charges is right."), lambda d: d.totals.charges_minor == sum(c.amount_minor for c in charged(d))),
    Rule("BR-CO-13", N_("The total without tax is lines less allowances plus charges."), lambda d: d.totals.net_minor == d.totals.lines_minor - d.totals.allowances_minor + d.totals.charges_minor),
    Rule("BR-CO-14", N_("The total of tax is the sum of its groups."), lambda d: d.totals.tax_minor == sum(g.tax_minor for g in d.groups)),
    Rule("BR-CO-15", N_("The total with tax is the total without it plus the tax."), lambda d: d.totals.gross_minor == d.totals.net_minor + d.totals.tax_minor),
    Rule("BR-CO-16", N_("What is due is the total less what was paid, with the rounding."), lambda d: d.totals.due_minor == d.totals.gross_minor - d.totals.paid_minor + d.totals.rounding_minor),
    Rule("BR-CO-17", N_("The tax of a group is its taxable amount times its rate, up to the rounding of its parts."), lambda d: all(near(g, d) for g in d.groups), always=False),
    Rule("BR-CO-18", N_("A document has at least one tax group."), lambda d: bool(d.groups)),
    Rule("BR-CO-25", N_("Where something is still to be paid, the terms say when."), lambda d: d.totals.due_minor <= 0 or bool(d.terms)),
    Rule("BR-CO-26", N_("The seller is known by a number: its own, of a register, or for VAT."), lambda d: bool(d.seller.identifier or d.seller.legal_id or d.seller.vat_id)),
    Rule("BR-DEC-01", N_("The norm writes amounts with two decimals at most."), lambda d: exponent(d.currency) <= 2, always=False),
    Rule("OWN-01", N_("The shares of tax of all entries sum to the tax."), lambda d: sum(e.tax_minor for e in entries(d)) == d.totals.tax_minor),
    Rule("OWN-02", N_("The entries sum to the total without tax."), lambda d: sum(signed(e) for e in entries(d)) == d.totals.net_minor),
    Rule("OWN-03", N_("Price times quantity is the net amount of a line."), lambda d: all(x.net_minor * x.price_quantity == x.price_minor * x.quantity for x in d.lines)),
)  # fmt: skip


def near(group: TaxGroup, document: TaxInvoice) -> bool:
    """Say whether a group's tax is its rate of its base, up to half a unit for each part that was rounded by itself.

    After changes of an order each part may be off by one more unit for each (shares are split to the cent). Never as far off
    as one whole unit of the currency, where the published schematron draws the line.
    """
    off = abs(group.tax_minor * PPM - group.taxable_minor * group.rate_ppm)
    room = PPM // 2 * group.parts + PPM * group.parts * len(document.changes)
    return off <= min(room, PPM * 10 ** exponent(document.currency) - 1)
