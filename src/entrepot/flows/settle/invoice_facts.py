"""What a tax document says of seller, buyer and way: asked of each domain, the same for invoices and credit notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from django.utils import translation

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import invoice
from entrepot.domains.finance.engine.tax_parts import Route
from entrepot.domains.finance.types import HomeTax, TaxInvoice, TaxParty
from entrepot.domains.markets import queries as markets
from entrepot.domains.orders.types import ChangedLines, LineShares, OrderView
from entrepot.domains.organisation.types import EntityInfo
from entrepot.domains.parties.engine.address import postal_lines
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.types import RegistrationInfo
from entrepot.kernel.money import convert
from entrepot.kernel.quote import FrozenQuote

VAT_KINDS = frozenset({"vat", "mva", "uid"})


def civil_day(order: OrderView, at: dt.datetime) -> dt.date:
    """Return the day of a moment where the order was bought: the day the buyer's page says, not that of the seller's desk."""
    return at.astimezone(ZoneInfo(markets.market(code=order.market).time_zone)).date()


def routes(quote: FrozenQuote, held: Iterable[RegistrationInfo]) -> dict[str, Route]:
    """Return what is known of each consignment's way: within one union of tax, or out of a country where the seller files."""
    law = tax.law()
    home = law.get(quote.country)
    union = home.group if home is not None else ""
    registered = {r.jurisdiction for r in held if r.scheme == "vat"}
    found = {}
    for c in quote.consignments:
        start = law.get(c.warehouse_country)
        same = bool(union) and start is not None and start.group == union
        apart = c.warehouse_country != quote.country
        found[c.ref] = Route(union=same and apart, exported=apart and not same and c.warehouse_country in registered)
    return found


def in_union(quote: FrozenQuote) -> bool:
    """Say whether the place of delivery or of dispatch lies in a union of tax, whose reason codes then fit."""
    law = tax.law()
    places = {quote.country, *(c.warehouse_country for c in quote.consignments)}
    return any(law[place].group for place in places if place in law)


def seller(entity: EntityInfo, quote: FrozenQuote, held: Sequence[RegistrationInfo], email: str = "") -> TaxParty:
    """Return the seller with the tax numbers that belong to this supply.

    Its VAT number is that of the country of delivery, else of the country the goods leave, else one inside the union; of a
    delivery to a business in another state of a union that of the country the goods leave comes first. Of a
    sale for which it is registered from abroad it is none if the seller has a tax number at home. Which numbers are never
    printed, and under which schemes, is data (finance/refdata/invoicing.yaml).
    """
    rules = finance.invoicing()
    numbers = {r.jurisdiction: r.number for r in held if r.scheme == "vat"}
    leaves = [c.warehouse_country for c in quote.consignments]
    untaxed_in_union = not quote.tax_minor and any(route.union for route in routes(quote, held).values())
    places = [*leaves, quote.country] if untaxed_in_union else [quote.country, *leaves]
    others = sorted(entity.tax_ids.get(kind, "") for kind in entity.tax_ids if kind not in rules.unprinted)
    own = next((number for number in others if number), "")
    law = tax.law()
    unions = {law[p].group for p in places if p in law and law[p].group}
    alike = [p for p in sorted(numbers) if p in law and law[p].group in unions]
    from_abroad = bool(own) and all(c.tax_scheme in rules.foreign_number for c in quote.consignments)
    place = "" if from_abroad else next((p for p in [*places, *alike] if p in numbers), "")
    told = entity.address.get
    city = f"{told('postcode', '')} {told('city', '')}".strip()
    lines = (told("line1", ""), told("line2", ""), city, told("region", ""))
    return TaxParty(
        name=entity.name,
        other_name=entity.local_name if entity.local_name != entity.name else "",
        country=entity.country,
        lines=tuple(line for line in lines if line),
        identifier=entity.tax_ids.get("eori") or entity.code,
        legal_id=own,
        vat_id=_prefixed(numbers[place], place) if place else "",
        tax_id=own,
        email=email,
        street=told("line1", ""),
        city=told("city", ""),
        postcode=told("postcode", ""),
        region=told("region", ""),
    )


def _prefixed(number: str, place: str) -> str:
    """A VAT number as the norm wants it: after the letters of its country."""
    plain = "".join(number.split())
    letters = finance.invoicing().vat_prefixes.get(place, place)
    return plain if plain[:2].isalpha() and plain[:2].isascii() else f"{letters}{plain}"


def buyer(order: OrderView) -> TaxParty:
    """Return the buyer; a business with its company and the tax number whose proof its quote rests on.

    A number of another kind than VAT stands as a number of a register. One statement for a business, none else.
    """
    a, quote = order.address, order.quote
    proof = tax.proof(proof_id=quote.tax_proof) if quote.customer == "business" and quote.tax_proof else None
    named = (a.company_name or proof.name or a.name) if proof else a.name
    number = _prefixed(proof.number, proof.country) if proof and proof.kind in VAT_KINDS else ""
    postal = msgspec.structs.replace(a, company_name="") if a.company_name == named else a  # the name stands above them
    return TaxParty(
        name=named or order.buyer_name,
        other_name=a.name if named != a.name else "",
        country=a.country_code,
        lines=postal_lines(postal),
        vat_id=number,
        legal_id=proof.number if proof and not number else "",
        street=a.street_address,
        city=a.city,
        postcode=a.postal_code,
        region=a.country_area,
    )


def notes(order: OrderView, held_by: str, on: dt.date) -> tuple[str, ...]:
    """Return the notes that a scheme of the sale wants on the invoice, each once; asked only where a business is not taxed."""
    if order.quote.customer != "business":
        return ()
    keys = {c.tax_scheme for c in order.quote.consignments}
    keys |= {line.tax_scheme for c in order.quote.consignments for line in c.lines}
    q = order.quote
    rules = tax.rules(destination=q.country, region=q.region, entity_id=held_by, on=on, postcode=q.postcode)
    return tuple(dict.fromkeys(s.invoice_note for s in rules.schemes if s.key in keys and s.invoice_note))


def composed(
    head: invoice.Head,
    order: OrderView,
    shares: Iterable[LineShares],
    language: str,
    on: dt.date,
    before: Iterable[ChangedLines] | None = None,
) -> TaxInvoice:
    """Return a whole document in a language, with its tax in the law's currency where the law asks.

    `on` is the day of the exchange rate, `before` of a credit note the order's earlier changes. Raises NoRate, StaleRate where that currency has none.
    """
    with translation.override(language):
        rows = finance.tax_categories()
        document = invoice.compose(head, order.quote, tuple(shares), rows, translation.gettext, before)
    country = order.quote.country
    law = tax.law().get(country)
    if law is None or not document.totals.tax_minor or not finance.invoicing().wants_home_currency(country):
        return document
    if law.currency == document.currency:
        return document
    fx = markets.fx_quote(source_currency=document.currency, target=law.currency, on=on)
    amount = convert(document.totals.tax_minor, document.currency, law.currency, Decimal(fx.rate))
    home = HomeTax(law.currency, amount, f"{fx.rate.normalize():f}", fx.source, fx.date)
    return invoice.with_home_tax(document, home)


def numbers_held(entity_id: str, on: dt.date) -> tuple[RegistrationInfo, ...]:
    """Return the registrations of an entity that hold on a day."""
    rows = tax.registrations(entity_id=entity_id)
    return tuple(r for r in rows if r.from_date <= on and (r.until is None or on < r.until))
