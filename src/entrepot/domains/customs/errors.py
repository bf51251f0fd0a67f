"""Errors of customs.

DataFault
├── NoTariff          nothing says what duty an HS code bears, not even the merchant
└── BadLaw            a row of a table of law is malformed
NotFound
└── NotCovered        there are no customs rules for a country
"""

from entrepot.kernel.errors import N_, DataFault, NotFound


class NoTariff(DataFault):
    """No duty rate is known. Params: hs_code, origin, territory."""

    code = "NO_TARIFF"
    sentence = N_(
        "No duty rate is known for HS code %(hs_code)s from %(origin)s into %(territory)s."
        " Load the tariff, or set the shop's own flat duty for it."
    )


class NotCovered(NotFound):
    """There are no rules for a destination. Params: country, on."""

    code = "CUSTOMS_NOT_COVERED"
    sentence = N_(
        "We have no customs rules for deliveries to %(country)s on %(on)s, so no price can be promised there."
    )


class BadLaw(DataFault):
    """A table of law is wrong. Params: file, row, what."""

    code = "BAD_CUSTOMS_LAW"
    sentence = N_("%(file)s, row %(row)s: %(what)s. Mend that file; nothing of it was loaded.")
