"""Errors of markets.

Conflict
└── ClosedMarket      a market does not take orders
Unavailable
├── NoRate            no source has a rate between two currencies on or before a day
└── StaleRate         the last rate is older than its source allows
"""

from entrepot.kernel.errors import N_, Conflict, Unavailable


class ClosedMarket(Conflict):
    """A market is closed. Params: market."""

    code = "CLOSED_MARKET"
    sentence = N_("We do not deliver to %(market)s at the moment. Your cart is kept.")


class NoRate(Unavailable):
    """No exchange rate is known. Params: source, target, on."""

    code = "NO_RATE"
    sentence = N_(
        "There is no exchange rate from %(source)s to %(target)s for %(on)s, so no price can be given in %(target)s."
        " Load rates, or set one by hand."
    )


class StaleRate(Unavailable):
    """The last exchange rate is too old. Params: source, target, date, limit, origin."""

    code = "STALE_RATE"
    sentence = N_(
        "The last exchange rate from %(source)s to %(target)s is of %(date)s (%(origin)s) and may be used for %(limit)s days"
        " only. Load newer rates, or set one by hand."
    )
