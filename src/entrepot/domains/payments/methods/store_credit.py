"""Store credit: money the shop owes the buyer. Not picked like a method, but spent by its code beside one, or for the whole."""

from entrepot.domains.payments.ports import METHODS, Method
from entrepot.kernel.errors import N_

METHOD = METHODS.register(
    "store_credit",
    Method(
        code="store_credit",
        name=N_("Store credit"),
        note=N_("Your store credit pays the whole order. Nothing else is charged."),
    ),
)
