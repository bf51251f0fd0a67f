"""What labels say of products."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.catalogue.errors import UnknownProduct
from entrepot.domains.catalogue.types import LABEL_KINDS, LabelDraft
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput

# A kind that is written takes the place of what was there of it, in that market and language; what is equal stays.
_WRITE = """
WITH wanted AS (
    SELECT p.id AS product_id, w.* FROM unnest(%(handles)s::text[], %(markets)s::text[], %(languages)s::text[],
        %(kinds)s::text[], %(positions)s::int[], %(words)s::text[], %(sources)s::text[])
        AS w(handle, market, language, kind, position, words, source)
    JOIN catalogue_product p ON p.handle = w.handle
), gone AS (
    DELETE FROM catalogue_labelline l USING (SELECT DISTINCT p.id AS product_id, t.market, t.language, t.kind
        FROM unnest(%(told_handles)s::text[], %(told_markets)s::text[], %(told_languages)s::text[], %(told_kinds)s::text[])
        AS t(handle, market, language, kind) JOIN catalogue_product p ON p.handle = t.handle) t
    WHERE (l.product_id, l.market, l.language, l.kind) = (t.product_id, t.market, t.language, t.kind)
      AND NOT EXISTS (SELECT FROM wanted w WHERE (w.product_id, w.market, w.language, w.kind, w.position)
                      = (l.product_id, l.market, l.language, l.kind, l.position))
    RETURNING l.id
), kept AS (
    INSERT INTO catalogue_labelline AS l (product_id, market, language, kind, position, words, source)
    SELECT product_id, market, language, kind, position, words, source FROM wanted
    ON CONFLICT (product_id, market, language, kind, position) DO UPDATE
    SET words = excluded.words, source = excluded.source
    WHERE (l.words, l.source) IS DISTINCT FROM (excluded.words, excluded.source) RETURNING l.id
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)
"""


@service("catalogue.label")
def write_labels(*, actor: Actor, drafts: Sequence[LabelDraft]) -> int:
    """Write lines of labels and return how many lines changed; an empty draft takes its kind off the label.

    Two statements, however many drafts.

    Raises:
        UnknownProduct: a draft names a product that is not there; nothing is written.
        InvalidInput: a kind that no label has, or a line of more than 500 signs.
    """
    handles = sorted({draft.handle for draft in drafts})
    known = {row[0] for row in db.fetch("SELECT handle FROM catalogue_product WHERE handle = ANY(%s)", [handles])}
    for draft in drafts:
        if draft.handle not in known:
            raise UnknownProduct(key=draft.handle)
        if draft.kind not in LABEL_KINDS:
            raise InvalidInput(field="kind", value=draft.kind, rule=f"Kinds are: {', '.join(LABEL_KINDS)}.")
        for line in draft.lines:
            if not line.strip() or len(line) > 500:
                raise InvalidInput(field="lines", value=line[:80], rule="A line has 1 to 500 characters.")
    rows = [
        (d.handle, d.market, tag(d.language), d.kind, position, " ".join(line.split()), d.source)
        for d in drafts
        for position, line in enumerate(d.lines)
    ]
    columns = ("handles", "markets", "languages", "kinds", "positions", "words", "sources")
    params = {name: [row[place] for row in rows] for place, name in enumerate(columns)}
    told = {
        "told_handles": [d.handle for d in drafts],
        "told_markets": [d.market for d in drafts],
        "told_languages": [tag(d.language) for d in drafts],
        "told_kinds": [d.kind for d in drafts],
    }
    return db.fetch(_WRITE, {**params, **told})[0][0] if drafts else 0
