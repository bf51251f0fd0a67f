"""Errors of tax.

NotFound
└── NotCovered        there are no tax rules for a country on a day
    └── OutsideTerritory   a place has the country's postal codes, but not its tax
Conflict
└── NotRegistered     the seller lacks the registration that this delivery needs
InvalidInput
├── BadTaxNumber      a business buyer's number does not have the form or check digits of its country
├── TaxNumberOfAnotherCountry   it belongs to another country than the goods go to
├── NoTaxNumberHere   companies of the country cannot be told by a number
├── TaxNumberUnknown  the register does not know it, or knows that it ended
└── ProofNotUsable    a proof is none, of another country, or too old
Unavailable
└── RegisterSilent    the register does not answer
DataFault
└── BadLaw            a row of a table of law is malformed
"""

from entrepot.kernel.errors import N_, Conflict, DataFault, InvalidInput, NotFound, Unavailable


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


class BadTaxNumber(InvalidInput):
    """A number without the form or check digits of its country. Params: country, example, field, value, rule."""

    code = "BAD_TAX_NUMBER"
    sentence = N_(
        "This tax number does not have the form used in the country of delivery, or its check digits do not fit. Compare it"
        " with your papers; it looks like %(example)s. Until then the price is the one for consumers."
    )


class TaxNumberOfAnotherCountry(InvalidInput):
    """A number of another country. Params: country, other, example, field, value, rule."""

    code = "TAX_NUMBER_OF_ANOTHER_COUNTRY"
    sentence = N_(
        "This tax number begins with %(other)s, but it has to be one of the country the goods go to, such as %(example)s."
        " Give your number there, or have the goods sent to the country of the number."
    )


class NoTaxNumberHere(InvalidInput):
    """A country whose companies we cannot tell by a number. Params: country, field, value, rule."""

    code = "NO_TAX_NUMBER_HERE"
    sentence = N_("We cannot check companies of that country by a number, so the price is the one for consumers.")


class TaxNumberUnknown(InvalidInput):
    """The register says no. Params: register, number, field, value, rule."""

    code = "TAX_NUMBER_UNKNOWN"
    sentence = N_(
        "%(register)s says that %(number)s is not valid: it was never given, or it has ended. Correct it, or have it"
        " put right there; until then the price is the one for consumers."
    )


class RegisterSilent(Unavailable):
    """The register does not answer. Params: what (its name), field."""

    code = "TAX_REGISTER_SILENT"
    sentence = N_(
        "%(what)s does not answer at the moment, so we cannot see that your tax number is valid, and the price is the one for"
        " consumers. Try again in a minute, or empty the field and order with the tax shown."
    )


class ProofNotUsable(InvalidInput):
    """A proof cannot be used for this sale. Params: why (a message id), field, value, rule."""

    code = "TAX_PROOF_NOT_USABLE"
    sentence = N_("The check of your tax number cannot be used for this order any more. Check the number once more.")
