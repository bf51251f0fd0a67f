"""Pay at one's own bank: the buyer is sent to the bank's page, approves there and comes back."""

from entrepot.domains.payments.ports import METHODS, Method, Shown
from entrepot.kernel.errors import N_

METHOD = METHODS.register(
    "redirect",
    Method(
        code="redirect",
        name=N_("Bank transfer"),
        note=N_("You go to your bank’s page, approve the payment there and come back. The money is there at once."),
        shown_as={
            "wero": Shown(
                N_("Wero-like bank transfer"),
                N_("You approve the payment in your banking app and come back. The money is there at once."),
            ),
            "bizum": Shown(
                N_("Bizum-like bank transfer"),
                N_("You approve the payment in your banking app and come back. The money is there at once."),
            ),
            "open_banking": Shown(
                N_("Pay by bank"),
                N_("You choose your bank, approve the payment there and come back. The money is there at once."),
            ),
            "wallet": Shown(
                N_("Wallet"),
                N_("You go to your wallet’s page, approve the payment there and come back."),
            ),
        },
    ),
)
