"""Pay with a code at a till, a machine or in a banking app: the money may come hours later."""

from entrepot.domains.payments.ports import METHODS, Method, Shown
from entrepot.kernel.errors import N_

METHOD = METHODS.register(
    "code",
    Method(
        code="code",
        name=N_("Payment code"),
        note=N_(
            "You get a code and pay it in your banking app or at a till within 24 hours. The goods are held for you."
        ),
        shown_as={
            "pix": Shown(
                N_("Pix-like code"), N_("You get a code and pay it in your banking app. The goods are held for you.")
            ),
            "konbini": Shown(
                N_("Konbini-like payment at a till"),
                N_("You get a number and pay it at the till of a convenience store. The goods are held for you."),
            ),
            "qr": Shown(
                N_("QR code payment"),
                N_("You get a code and pay it in your banking or wallet app. The goods are held for you."),
            ),
        },
    ),
)
