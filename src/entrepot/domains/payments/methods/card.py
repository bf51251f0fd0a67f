"""Pay by card: the buyer types the card at the provider, never here, and confirms with the bank when asked."""

from entrepot.domains.payments.ports import METHODS, Method
from entrepot.kernel.errors import N_

METHOD = METHODS.register(
    "card",
    Method(
        code="card",
        name=N_("Card"),
        note=N_("You type the card at the payment provider and confirm with your bank, if it asks."),
    ),
)
