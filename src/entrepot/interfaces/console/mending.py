"""Where in the console a person mends what an error names."""

from __future__ import annotations

from urllib.parse import quote

from entrepot.domains.declarations.errors import CustomsDataMissing, ReceiverIdMissing
from entrepot.domains.fulfilment.errors import TooHeavyToShip
from entrepot.kernel.errors import EntrepotError


def page_of(fault: EntrepotError) -> str:
    """Return the address of the page where the cause of an error can be mended, "" when there is none of its own."""
    told = fault.params
    if isinstance(fault, ReceiverIdMissing):
        return f"/console/orders/{quote(str(told['order_id']))}#receiver"
    if isinstance(fault, CustomsDataMissing):
        return f"/console/customs?sku={quote(str(told['sku']))}"
    if isinstance(fault, TooHeavyToShip):
        return f"/console/shipments/{quote(str(told['shipment_id']))}/boxes?mass_g={told['mass_g']}"
    return ""
