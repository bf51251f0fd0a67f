"""Errors of the catalogue.

EntrepotError
├── NotFound
│   ├── UnknownArticle
│   ├── UnknownProduct
│   └── UnknownCategory
├── Conflict
│   ├── TextChanged
│   └── SecondReaderNeeded
└── InvalidInput
    └── NotACustomsField
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput, NotFound


class UnknownArticle(NotFound):
    """No variant has this SKU. Params: sku."""

    code = "UNKNOWN_ARTICLE"
    sentence = N_("There is no article with the number “%(sku)s”. Check the number, or import the article first.")


class UnknownProduct(NotFound):
    """No product has this handle or id. Params: key."""

    code = "UNKNOWN_PRODUCT"
    sentence = N_("There is no product “%(key)s”. It may have been taken out of the shop.")


class UnknownCategory(NotFound):
    """No category has this slug. Params: slug."""

    code = "UNKNOWN_CATEGORY"
    sentence = N_(
        "There is no category “%(slug)s”. Name one of the catalogue's categories, or add it to the defaults file."
    )


class NotACustomsField(InvalidInput):
    """A field that cannot be confirmed was named. Params: field, value, rule."""

    code = "NOT_A_CUSTOMS_FIELD"
    sentence = N_("“%(field)s” is no customs datum that can be confirmed. %(rule)s")


class TextChanged(Conflict):
    """Somebody else has written the text since it was read. Params: language, by."""

    code = "TEXT_CHANGED"
    sentence = N_(
        "Somebody else has saved this text while you were writing. Nothing of either is lost: compare both and save again."
    )


class SecondReaderNeeded(Conflict):
    """Who wrote a text, or let a machine write it, is not its reader. Params: language."""

    code = "SECOND_READER_NEEDED"
    sentence = N_("You have entered this text yourself. Somebody else has to read it before it counts as read.")
