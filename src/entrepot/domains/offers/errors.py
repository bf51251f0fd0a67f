"""Errors of offers.

NotFound
└── NotOffered    a product is not sold in this market
"""

from entrepot.kernel.errors import N_, NotFound


class NotOffered(NotFound):
    """A product is not sold in this market. Params: kind, key, market."""

    code = "NOT_OFFERED"
    sentence = N_("“%(key)s” is not sold in %(market)s. The shelves show what is.")
