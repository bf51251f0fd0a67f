"""The words of one product in one language: written by a person, or read by one and found right."""

from __future__ import annotations

import datetime as dt
import json

from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.catalogue.engine.marks import TEXT_MARK
from entrepot.domains.catalogue.errors import SecondReaderNeeded, TextChanged, UnknownProduct
from entrepot.domains.catalogue.services.products import tell_changed
from entrepot.domains.catalogue.types import TextDraft
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput

PROVENANCE = ("written", "imported", "machine")
SECOND_READER = "catalogue.second_reader"
_MARK = f"""
SELECT (SELECT {TEXT_MARK} FROM catalogue_producttext t WHERE t.product_id = p.id AND t.language = %s)
FROM catalogue_product p WHERE p.public_id::text = %s FOR UPDATE
"""  # noqa: S608 constants only

_WRITE = """
INSERT INTO catalogue_producttext AS t (product_id, language, title, description, maker_place, option_name, attributes,
    provenance, written_by, reviewed, reviewed_by, reviewed_at)
SELECT id, %(language)s, %(title)s, %(description)s, %(maker_place)s, %(option_name)s, %(attributes)s, %(provenance)s,
    %(writer)s, %(read)s, %(by)s, %(at)s FROM catalogue_product WHERE public_id::text = %(product)s
ON CONFLICT (product_id, language) DO UPDATE SET title = excluded.title, description = excluded.description,
    maker_place = excluded.maker_place, option_name = excluded.option_name, attributes = excluded.attributes,
    provenance = excluded.provenance, written_by = excluded.written_by, reviewed = excluded.reviewed, reviewed_by = excluded.reviewed_by,
    reviewed_at = excluded.reviewed_at
RETURNING t.id
"""


@service("catalogue.write_text")
def write_text(
    *, actor: Actor, product_id: str, language: str, text: TextDraft, at: dt.datetime, expected: str | None = None
) -> None:
    """Write a product's words in a language. A person's words count as read by him; a machine's wait for a reader.

    With the switch `catalogue.second_reader` a person's words wait for another person too. `text.provenance` is written,
    imported or machine. Offers and search follow by ProductsChanged.

    Args:
        expected: the mark of the text that was read before it was changed, "" for none; None asks nothing.

    Raises:
        UnknownProduct: there is no such product.
        TextChanged: the text is not the expected one any more; nothing is written.
        InvalidInput: no title, one of more than 300 signs, or another provenance.
    """
    title = " ".join(text.title.split())
    if not 0 < len(title) <= 300:
        raise InvalidInput(field="title", value=text.title[:80], rule="A title has 1 to 300 characters.")
    if text.provenance not in PROVENANCE:
        raise InvalidInput(field="provenance", value=text.provenance, rule=f"One of: {', '.join(PROVENANCE)}.")
    if expected is not None:
        _refuse_changed(product_id, tag(language), expected)
    writer = f"{actor.kind}:{actor.id}"[:60]
    read = text.provenance == "written" and not organisation.switch_is_on(name=SECOND_READER)
    found = db.fetch(
        _WRITE,
        {
            "product": product_id,
            "language": tag(language),
            "title": title,
            "description": text.description.strip(),
            "maker_place": text.maker_place.strip()[:120],
            "option_name": text.option_name.strip()[:80],
            "attributes": json.dumps(list(text.attributes.items()), ensure_ascii=False),
            "provenance": text.provenance,
            "read": read,
            "writer": "" if text.provenance == "imported" else writer,
            "by": writer if read else "",
            "at": at if read else None,
        },
    )
    if not found:
        raise UnknownProduct(key=product_id)
    tell_changed(actor=actor, product_ids=[product_id])


def _refuse_changed(product_id: str, language: str, expected: str) -> None:
    """Lock the product, so that of two writers the second one is told, also when there was no text before."""
    rows = db.fetch(_MARK, [language, product_id])
    if not rows:
        raise UnknownProduct(key=product_id)
    if (rows[0][0] or "") != expected:
        raise TextChanged(kind="text", key=language, language=language, state="changed", reason="")


@service("catalogue.review_text")
def review_text(*, actor: Actor, product_id: str, language: str, at: dt.datetime) -> bool:
    """Record that a person has read a product's words in a language and found them right; False when one had before.

    Raises:
        UnknownProduct: the product has no text in that language.
        SecondReaderNeeded: the reader is who wrote it or let a machine write it.
    """
    key = [product_id, tag(language)]
    rows = db.fetch(
        "SELECT t.id, t.reviewed, t.written_by FROM catalogue_producttext t JOIN catalogue_product p ON p.id = t.product_id"
        " WHERE p.public_id::text = %s AND t.language = %s FOR UPDATE OF t",
        key,
    )
    if not rows:
        raise UnknownProduct(key=f"{product_id} ({tag(language)})")
    text_id, read, writer = rows[0]
    if not read and writer and writer == f"{actor.kind}:{actor.id}"[:60]:
        raise SecondReaderNeeded(kind="text", key=tag(language), language=tag(language), state="unread", reason="")
    if not read:
        db.execute(
            "UPDATE catalogue_producttext SET reviewed = true, reviewed_by = %s, reviewed_at = %s WHERE id = %s",
            [f"{actor.kind}:{actor.id}"[:60], at, text_id],
        )
    return not read
