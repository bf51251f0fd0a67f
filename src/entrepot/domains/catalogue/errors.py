"""Errors of the catalogue.

EntrepotError
├── NotFound
│   ├── UnknownArticle
│   ├── UnknownProduct
│   └── UnknownCategory
└── InvalidInput
    └── NotACustomsField
"""

from entrepot.kernel.errors import N_, InvalidInput, NotFound


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
