"""What a price says about tax, in the words of its country: VAT, GST, consumption tax, sales tax."""

from __future__ import annotations

import msgspec
from django.utils.translation import gettext as _

from entrepot.kernel.errors import N_


class TaxWords(msgspec.Struct, frozen=True):
    """The sentences of a country, as message ids: beside a price, above a shelf, in the basket, and the row's label."""

    price: str
    shelf: str
    basket: str
    row: str


_INCLUDED = N_("With delivery, duty and tax. Nothing to pay on delivery.")
_WORDS = {
    "tax": TaxWords(
        N_("Duty and tax included. Nothing to pay on delivery."), N_("Prices include duty and tax"), _INCLUDED, N_("Tax")
    ),
    "vat": TaxWords(
        N_("Duty and VAT included. Nothing to pay on delivery."), N_("Prices include duty and VAT"),
        N_("With delivery, duty and VAT. Nothing to pay on delivery."), N_("VAT"),
    ),
    "gst": TaxWords(
        N_("Duty and GST included. Nothing to pay on delivery."), N_("Prices include duty and GST"),
        N_("With delivery, duty and GST. Nothing to pay on delivery."), N_("GST"),
    ),
    "consumption_tax": TaxWords(
        N_("Duty and consumption tax included. Nothing to pay on delivery."), N_("Prices include duty and consumption tax"),
        N_("With delivery, duty and consumption tax. Nothing to pay on delivery."), N_("Consumption tax"),
    ),
    "import_and_state": TaxWords(
        N_("Import tax and ICMS included. Nothing to pay on delivery."), N_("Prices include import tax and ICMS"),
        N_("With delivery, import tax and ICMS. Nothing to pay on delivery."), N_("ICMS"),
    ),
    "sales_tax": TaxWords(
        N_("Duty included. Sales tax, if any, is shown at checkout."), N_("Prices include duty; sales tax comes at checkout"),
        N_("With delivery and duty. Sales tax depends on the state and is shown at checkout."), N_("Sales tax"),
    ),
    "gst_hst": TaxWords(
        N_("Duty included. GST, HST or provincial tax is shown at checkout."),
        N_("Prices include duty; GST, HST or provincial tax comes at checkout"),
        N_("With delivery and duty. GST, HST or provincial tax depends on the province and is shown at checkout."),
        N_("GST, HST and provincial tax"),
    ),
}  # fmt: skip


def words(key: str) -> TaxWords:
    """Return the sentences of a key, in the active language."""
    told = _WORDS.get(key, _WORDS["tax"])
    return TaxWords(_(told.price), _(told.shelf), _(told.basket), _(told.row))
