"""Pay with a code at a till, a machine or in a banking app: the money may come hours later."""

from entrepot.domains.payments.ports import METHODS, Method
from entrepot.kernel.errors import N_

METHOD = METHODS.register(
    "code",
    Method(
        code="code",
        name=N_("Payment code"),
        note=N_(
            "You get a code and pay it in your banking app or at a till within 24 hours. The goods are held for you."
        ),
    ),
)
