"""Errors of tax.

NotFound
└── NotCovered        there are no tax rules for a country on a day
    └── OutsideTerritory   a place has the country's postal codes, but not its tax
Conflict
└── NotRegistered     the seller lacks the registration that this delivery needs
DataFault
└── BadLaw            a row of a table of law is malformed
"""

from entrepot.kernel.errors import N_, Conflict, DataFault, NotFound


class NotCovered(NotFound):
    """There are no rules for a destination. Params: country, on."""

    code = "TAX_NOT_COVERED"
    sentence = N_("We have no tax rules for deliveries to %(country)s on %(on)s, so no price can be promised there.")


class OutsideTerritory(NotCovered):
    """A place with a country's postal codes in which its tax does not hold. Params: place, postcode, country."""

    code = "OUTSIDE_TAX_TERRITORY"
    status = 422
    sentence = N_(
        "%(place)s (%(postcode)s) lies outside the tax territory of %(country)s, and we have no rules for it."
        " We cannot deliver there; please give another address."
    )


class NotRegistered(Conflict):
    """No scheme fits: the seller holds none of the registrations. Params: origin, country, needed."""

    code = "NOT_REGISTERED"
    sentence = N_(
        "Goods in %(origin)s cannot be sold to %(country)s yet: the seller has no registration for %(needed)s."
        " Enter it, or send from another warehouse."
    )


class BadLaw(DataFault):
    """A table of law is wrong. Params: file, row, what."""

    code = "BAD_LAW"
    sentence = N_("%(file)s, row %(row)s: %(what)s. Mend that file; nothing of it was loaded.")
