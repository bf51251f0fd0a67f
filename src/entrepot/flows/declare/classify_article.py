"""Take a proposed code for an article: its customs data are confirmed, and the choice is remembered, together."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.customs import services as customs
from entrepot.infra import db
from entrepot.kernel.actor import Actor


def classify_article(*, actor: Actor, sku: str, description: str, code: str, at: dt.datetime) -> None:
    """Store a code as the article's HS code, confirmed, and remember it for descriptions like this one.

    Raises:
        UnknownArticle, InvalidInput: no such article, a code of the wrong length, a description without words; nothing is written.
    """
    with db.transaction():
        customs.record_choice(actor=actor, description=description, code=code, sku=sku, at=at)
        catalogue.confirm_customs_data(actor=actor, skus=[sku], fields={"hs_code": code})
