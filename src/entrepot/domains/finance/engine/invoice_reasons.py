"""Why no tax is charged, in a sentence each, as a document says it. What each means in the norm is data (refdata/invoicing.yaml)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from entrepot.kernel.errors import N_

REASONS: dict[str, str] = {
    "exempt_below_limit": N_("Exempt: the price of a unit is below the limit of the law."),
    "freight_not_taxed": N_("Delivery is no part of what this tax is charged on."),
    "reverse_charge": N_("Reverse charge: the buyer accounts for the tax."),
    "intra_community_supply": N_("Delivery to a business in another member state, free of VAT there where it leaves."),
    "export": N_("Export, free of VAT."),
    "below_threshold": N_("No tax arises: the value is below the limit of the law."),
    "below_collection_minimum": N_("No tax arises: the amount is too small to be collected."),
    "seller_not_registered": N_("The seller is not registered for this tax and charges none."),
    "not_registered_in_state": N_("The seller is not registered for this tax and charges none."),
    "no_state_sales_tax": N_("There is no sales tax at the place of delivery."),
    "no_federal_sales_tax": N_("There is no sales tax at the place of delivery."),
    "in_one_rate": N_("All taxes are in the one charge on import."),
    "marketplace_collects": N_("The marketplace charges and pays the tax."),
    "tax_at_import": N_("Not subject to this tax at the sale: the tax arises on import."),
    "laid_out": N_("Laid out for the buyer at customs: not part of the price that is taxed."),
}


class CategoryRow(msgspec.Struct, frozen=True):
    """What a reason means in the norm: a tax category, and the code of the Union's list where one fits."""

    reason: str
    category: str
    source: str
    confidence: str
    code: str = ""


class CountryRow(msgspec.Struct, frozen=True):
    """A rule for countries ("*" all that no other row names)."""

    countries: tuple[str, ...]
    source: str
    confidence: str
    at: str = ""


class Invoicing(msgspec.Struct, frozen=True):
    """refdata/invoicing.yaml, read."""

    issue: tuple[CountryRow, ...]
    home_currency: tuple[CountryRow, ...]
    categories: tuple[CategoryRow, ...]
    unprinted: tuple[str, ...] = ()
    foreign_number: tuple[str, ...] = ()
    vat_prefixes: dict[str, str] = {}

    def issued_at(self, country: str) -> str:
        """Return when an invoice to a country is issued: confirmation or dispatch."""
        by_country = {place: row.at for row in self.issue for place in row.countries}
        return by_country.get(country, by_country["*"])

    def wants_home_currency(self, country: str) -> bool:
        """Say whether the tax is also stated in the country's own currency."""
        return any(country in row.countries for row in self.home_currency)

    def by_reason(self) -> Mapping[str, CategoryRow]:
        """Return the rows of the categories by their reason."""
        return {row.reason: row for row in self.categories}


def sentence(reason: str, say: Callable[[str], str]) -> str:
    """Return why no tax is charged, in the document's language; "" where it needs no reason."""
    text = REASONS.get(reason, "")
    return say(text) if text else ""
