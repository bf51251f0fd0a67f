"""Pay the courier at the door: the order goes out unpaid, the carrier collects and pays out later."""

from entrepot.domains.payments.ports import METHODS, Method
from entrepot.kernel.errors import N_

METHOD = METHODS.register(
    "cash_on_delivery",
    Method(
        code="cash_on_delivery",
        name=N_("Cash on delivery"),
        note=N_(
            "You pay the courier at the door, parcel by parcel. Have the amount ready; the courier may carry no change."
        ),
        takes_back=False,
        at_the_door=True,
    ),
)
