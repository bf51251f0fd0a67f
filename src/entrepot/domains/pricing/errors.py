"""What pricing refuses.

EntrepotError
└── PriceBelowDuties  (409) a price with everything in it is less than duty and fees alone
"""

from entrepot.kernel.errors import N_, Conflict


class PriceBelowDuties(Conflict):
    """Under the policy *same gross* the price is less than what duty and fees come to. No params."""

    code = "PRICE_BELOW_DUTIES"
    sentence = N_(
        "The price with everything in it is less than duty and fees alone. Raise the price, or let duty and tax come on top."
    )
