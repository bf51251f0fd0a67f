"""What can go wrong with stock.

Conflict
├── OutOfStock       fewer units are left than were asked for; names the SKU and what is left
└── NotReserved      units would leave that no allocation covers
"""

from entrepot.kernel.errors import N_, Conflict


class OutOfStock(Conflict):
    """Fewer units are left than were asked for. Params: sku, wanted, available, warehouse."""

    code = "OUT_OF_STOCK"
    sentence = N_("Of %(sku)s only %(available)s are left; %(wanted)s were asked for. Lower the quantity to go on.")


class NotReserved(Conflict):
    """Units would leave the warehouse that no allocation covers. Params: sku, warehouse, quantity."""

    code = "NOT_RESERVED"
    sentence = N_("%(quantity)s of %(sku)s in %(warehouse)s are not allocated to this order. Nothing was changed.")
