"""Where in the console a person mends what an error names."""

from __future__ import annotations

from urllib.parse import quote

from entrepot.domains.declarations.errors import (
    CustomsDataMissing,
    IncotermChanged,
    ReceiverIdMissing,
    RecordIncomplete,
)
from entrepot.domains.fulfilment.errors import TooHeavyToShip
from entrepot.kernel.errors import EntrepotError

RECORD_PAGES = {
    "seller": "/console/settings/company",
    "scheme": "/console/settings/company",
    "dispatch": "/console/settings/warehouses",
    "incoterm": "/console/settings/lanes",
    "mode": "/console/settings/lanes",
}
"""Where what fills a field of a declaration is mended, by the beginning of its fact; else on the order's page."""


def page_of(fault: EntrepotError) -> str:
    """Return the address of the page where the cause of an error can be mended, "" when there is none of its own."""
    told = fault.params
    if isinstance(fault, ReceiverIdMissing):
        return f"/console/orders/{quote(str(told['order_id']))}#receiver"
    if isinstance(fault, IncotermChanged):
        return "/console/settings/lanes"
    if isinstance(fault, RecordIncomplete) and not told["sku"]:
        return RECORD_PAGES.get(str(told["fact"]).partition("_")[0], f"/console/orders/{quote(str(told['order_id']))}")
    if isinstance(fault, CustomsDataMissing):
        return f"/console/customs?sku={quote(str(told['sku']))}"
    if isinstance(fault, TooHeavyToShip):
        return f"/console/shipments/{quote(str(told['shipment_id']))}/boxes?mass_g={told['mass_g']}"
    return ""
