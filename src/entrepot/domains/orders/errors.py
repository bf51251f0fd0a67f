"""Errors of orders.

Conflict
├── WrongState       the order's state does not allow the step; carries the reason
├── TooManyHolds     (429) a buyer has the most unpaid orders one may have
├── TooManyHoldsHere (429) so has everybody at a network address together
├── AlreadyOnItsWay  a parcel of the order was picked or has left
├── RefundTooLarge   more would go back than is left of the order or its line
├── NothingToRefund  neither units nor an amount were chosen
├── WholeOrder       everything that has not left would be taken out: that is a cancellation
└── MoneyNotHere     the order's money comes at the door and is not here yet
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


class RefundTooLarge(Conflict):
    """More would go back than is left. Params: what, wanted, left (units, or amounts with their currency)."""

    code = "REFUND_TOO_LARGE"
    sentence = N_("%(what)s: %(wanted)s is more than what is left of it (%(left)s). Nothing was given back. Lower it.")


class NothingToRefund(Conflict):
    """Nothing was chosen to be given back."""

    code = "NOTHING_TO_REFUND"
    sentence = N_("Nothing was chosen. Say how many units or which amount goes back.")


class WholeOrder(Conflict):
    """Everything would be taken out before anything has left. Params: number."""

    code = "WHOLE_ORDER"
    sentence = N_("That is all of order %(number)s, and nothing of it has left. Cancel the order instead.")


class MoneyNotHere(Conflict):
    """The money of an order is not here yet. Params: number."""

    code = "MONEY_NOT_HERE"
    sentence = N_(
        "The money of order %(number)s comes at the door and is not here yet. Cancel the whole order before it leaves, or refund once the carrier has paid."
    )
