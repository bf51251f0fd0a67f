"""Let the shelves of markets follow a change that is not the goods': tax display, a rate, a lane, a flat duty."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM


def compute_anew(*, market_codes: Sequence[str]) -> int:
    """Tell that what is published in these markets is to be computed anew, and return the number of products.

    Opens (or joins) a transaction, so that the telling leaves with the change or not at all.
    """
    with db.transaction():
        ids = sorted({key for code in market_codes for key in catalogue.published(market=code)})
        services.tell_changed(actor=SYSTEM, product_ids=ids)
    return len(ids)
