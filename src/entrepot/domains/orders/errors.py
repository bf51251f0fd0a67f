"""Errors of orders.

Conflict
├── WrongState       the order's state does not allow the step; carries the reason
├── TooManyHolds     (429) a buyer has the most unpaid orders one may have
├── TooManyHoldsHere (429) so has everybody at a network address together
└── AlreadyOnItsWay  a parcel of the order was picked or has left
"""

from entrepot.kernel.errors import N_, Conflict


class WrongState(Conflict):
    """The order's state does not allow the step. Params: number, state, reason."""

    code = "ORDER_STATE"
    sentence = N_("Order %(number)s: %(reason)s")


class TooManyHolds(Conflict):
    """A buyer has the most unpaid orders one may have at a time. Params: most."""

    code = "TOO_MANY_OPEN_ORDERS"
    status = 429
    sentence = N_(
        "There are already %(most)s unpaid orders for this e-mail address or basket. Pay one of them, or wait until it lapses."
    )


class TooManyHoldsHere(Conflict):
    """Everybody at a network address together has the most unpaid orders there may be. Params: most."""

    code = "TOO_MANY_OPEN_ORDERS_HERE"
    status = 429
    sentence = N_(
        "There are already %(most)s unpaid orders from your network address, which others may share. Nothing was ordered. Pay one of them, or wait until one lapses."
    )


class AlreadyOnItsWay(Conflict):
    """A parcel of the order was picked or has left. Params: number."""

    code = "ALREADY_ON_ITS_WAY"
    sentence = N_(
        "Order %(number)s cannot be cancelled any more: the warehouse has begun to pack it. It can be returned once it has arrived."
    )
