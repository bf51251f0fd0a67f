"""The rule list: a sound document of each tax category keeps all; each rule refuses a planted violation."""

import datetime as dt

import msgspec
import pytest

from entrepot.domains.finance.engine.en16931.rules import RULES, broken
from entrepot.domains.finance.types import (
    HomeTax,
    InvoiceCharge,
    InvoiceLine,
    InvoiceTotals,
    TaxGroup,
    TaxInvoice,
    TaxParty,
)

put = msgspec.structs.replace
DAY = dt.date(2026, 11, 25)
SELLER = TaxParty(
    "Seller Ltd.", "DE", ("1 Road", "10115 Berlin"), identifier="S-1", vat_id="DE123456789", city="Berlin"
)
BUYER = TaxParty("Jonas Weber", "FR", ("2 Rue", "75001 Paris"), legal_id="123", vat_id="FR123", city="Paris")
TAXED = {"S": 190_000}
REASONED = ("E", "AE", "K", "G", "O")


def sound(category="S", **other):
    """An invoice of one line, a charge and an allowance, all under a category."""
    rate = TAXED.get(category, 0)
    tax = 1900 if rate else 0
    numbered = category != "O"
    fields = {
        "number": "INV-2026-000001", "issued_on": DAY, "code": "380", "currency": "EUR", "language": "en",
        "order_number": "E-1", "deliver_to": "FR", "supplied_on": DAY, "terms": "At once.",
        "seller": SELLER if numbered else put(SELLER, vat_id=""),
        "buyer": BUYER if numbered else put(BUYER, vat_id=""),
        "lines": (InvoiceLine("1", "goods", "Lamp", "LAMP", 2, 9_000, 4_500, 1, category, rate, tax, hs_code="940521"),),
        "charges": (
            InvoiceCharge("freight", "Delivery", 1_500, category, rate, 0, "FC"),
            InvoiceCharge("discount", "Discount", 500, category, rate, 0, allowance=True),
        ),
        "groups": (TaxGroup(category, rate, 10_000, tax, "", "For a reason." if category in REASONED else "", parts=2),),
        "totals": InvoiceTotals(9_000, 500, 1_500, 10_000, tax, 10_000 + tax, 0, 0, 10_000 + tax),
    }  # fmt: skip
    return TaxInvoice(**{**fields, **other})


def line(document, **other):
    return put(document, lines=(put(document.lines[0], **other),))


def charge(document, at=0, **other):
    charges = list(document.charges)
    charges[at] = put(charges[at], **other)
    return put(document, charges=tuple(charges))


def group(document, **other):
    return put(document, groups=(put(document.groups[0], **other),))


def totals(document, **other):
    return put(document, totals=put(document.totals, **other))


def seller(document, **other):
    return put(document, seller=put(document.seller, **other))


def buyer(document, **other):
    return put(document, buyer=put(document.buyer, **other))


NOWHERE = {"city": "", "street": "", "lines": ()}
PLANTED = {
    "BR-02": lambda d: put(d, number=" "),
    "BR-03": lambda d: put(d, issued_on=None, supplied_on=DAY),
    "BR-04": lambda d: put(d, code="999"),
    "BR-05": lambda d: put(d, currency="euro"),
    "BR-06": lambda d: seller(d, name=""),
    "BR-07": lambda d: buyer(d, name=" "),
    "BR-08": lambda d: seller(d, **NOWHERE),
    "BR-09": lambda d: seller(d, country="XX"),
    "BR-10": lambda d: buyer(d, **NOWHERE),
    "BR-11": lambda d: buyer(d, country=""),
    "BR-12": lambda d: totals(d, lines_minor=None),
    "BR-13": lambda d: totals(d, net_minor=None),
    "BR-14": lambda d: totals(d, gross_minor=None),
    "BR-15": lambda d: totals(d, due_minor=None),
    "BR-16": lambda d: put(d, lines=()),
    "BR-21": lambda d: put(d, lines=(*d.lines, d.lines[0])),
    "BR-22": lambda d: line(d, quantity=0),
    "BR-23": lambda d: line(d, unit=""),
    "BR-24": lambda d: line(d, net_minor=None),
    "BR-25": lambda d: line(d, name=" "),
    "BR-26": lambda d: line(d, price_quantity=0),
    "BR-27": lambda d: line(d, price_minor=-4_500),
    "BR-31": lambda d: charge(d, 1, amount_minor=-500),
    "BR-32": lambda d: charge(d, 1, category="?"),
    "BR-33": lambda d: charge(d, 1, name=""),
    "BR-36": lambda d: charge(d, amount_minor=-1_500),
    "BR-37": lambda d: charge(d, category="X"),
    "BR-38": lambda d: charge(d, name="", code=""),
    "BR-45": lambda d: group(d, taxable_minor=None),
    "BR-46": lambda d: group(d, tax_minor=None),
    "BR-47": lambda d: group(d, category="?"),
    "BR-48": lambda d: group(d, rate_ppm=None),
    "BR-53": lambda d: put(d, home_tax=HomeTax("EUR", 1, "1", "ECB", DAY)),
    "BR-55": lambda d: put(d, code="381"),
    "BR-57": lambda d: put(d, deliver_to=""),
    "BR-65": lambda d: line(d, hs_code="9405.21"),
    "BR-CO-04": lambda d: line(d, category=""),
    "BR-CO-09": lambda d: seller(d, vat_id="123456789"),
    "BR-CO-10": lambda d: totals(d, lines_minor=9_001),
    "BR-CO-11": lambda d: totals(d, allowances_minor=501),
    "BR-CO-12": lambda d: totals(d, charges_minor=1_501),
    "BR-CO-13": lambda d: totals(d, net_minor=10_001),
    "BR-CO-14": lambda d: totals(d, tax_minor=1_901),
    "BR-CO-15": lambda d: totals(d, gross_minor=11_901),
    "BR-CO-16": lambda d: totals(d, due_minor=1),
    "BR-CO-17": lambda d: group(d, tax_minor=1_902),
    "BR-CO-18": lambda d: put(d, groups=()),
    "BR-CO-25": lambda d: put(d, terms=""),
    "BR-CO-26": lambda d: seller(d, identifier="", legal_id="", vat_id=""),
    "BR-DEC-01": lambda d: put(d, currency="KWD"),
    "OWN-01": lambda d: line(d, tax_minor=1_899),
    "OWN-02": lambda d: charge(d, amount_minor=1_501),
    "OWN-03": lambda d: line(d, price_minor=4_501),
    "OWN-04": lambda d: put(d, supplied_on=dt.date(2024, 1, 1)),
    "BR-IC-11": lambda d: put(sound("K"), supplied_on=None),
    "BR-IC-12": lambda d: put(sound("K"), deliver_to=""),
    "BR-O-11": lambda d: put(sound("O"), groups=(*sound("O").groups, sound("Z").groups[0])),
    "BR-O-12": lambda d: line(sound("O"), category="Z"),
    "BR-O-13": lambda d: charge(sound("O"), 1, category="Z"),
    "BR-O-14": lambda d: charge(sound("O"), category="Z"),
}
HEADS = {"BR-S": "S", "BR-Z": "Z", "BR-E": "E", "BR-AE": "AE", "BR-IC": "K", "BR-G": "G", "BR-O": "O"}


def only(document, kind):
    """The document with its category on lines, allowances or charges alone; the others go."""
    if kind == "lines":
        return put(document, charges=())
    wanted = tuple(c for c in document.charges if c.allowance is (kind == "allowances"))
    return put(document, lines=(), charges=wanted)


def unnumbered(document):
    if document.groups[0].category == "O":
        return buyer(seller(document, vat_id="DE1"), vat_id="FR1")
    return buyer(seller(document, vat_id="", tax_id=""), vat_id="", legal_id="")


for head, category in HEADS.items():
    other = "Z" if category != "Z" else "S"
    wrong = 0 if category in TAXED else 190_000
    PLANTED |= {
        f"{head}-01": lambda d, c=category, o=other: group(sound(c), category=o),
        f"{head}-02": lambda d, c=category: only(unnumbered(sound(c)), "lines"),
        f"{head}-03": lambda d, c=category: only(unnumbered(sound(c)), "allowances"),
        f"{head}-04": lambda d, c=category: only(unnumbered(sound(c)), "charges"),
        f"{head}-05": lambda d, c=category, w=wrong: line(sound(c), rate_ppm=w),
        f"{head}-06": lambda d, c=category, w=wrong: charge(sound(c), 1, rate_ppm=w),
        f"{head}-07": lambda d, c=category, w=wrong: charge(sound(c), rate_ppm=w),
        f"{head}-08": lambda d, c=category: group(sound(c), taxable_minor=9_999),
        f"{head}-09": lambda d, c=category: group(sound(c), tax_minor=777),
        f"{head}-10": lambda d, c=category: group(sound(c), reason="" if c in REASONED else "None needed."),
    }


@pytest.mark.parametrize("category", HEADS.values())
def test_a_sound_document_keeps_every_rule(category):
    assert broken(sound(category)) == ()


def test_each_rule_has_a_planted_violation():
    assert set(PLANTED) == set(RULES) and len(RULES) > 120


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_violation_is_refused(rule):
    told = {one.id: one.sentence for one in broken(PLANTED[rule](sound()))}
    assert rule in told and "%(" not in told[rule]


def test_the_norms_own_rules_are_not_asked_where_it_has_no_words():
    odd = put(group(sound(), tax_minor=5_000), profile="own", why_own="…")
    assert {one.id for one in broken(odd)} == {"BR-CO-14"}


def test_tax_may_be_off_by_the_rounding_of_its_parts_and_no_more():
    document = sound()
    for tax, parts, kept in ((1_901, 2, True), (1_902, 2, False), (1_902, 4, True), (2_000, 400, False)):
        bent = line(group(document, tax_minor=tax, parts=parts), tax_minor=tax)
        assert ("BR-CO-17" not in {one.id for one in broken(bent)}) is kept
