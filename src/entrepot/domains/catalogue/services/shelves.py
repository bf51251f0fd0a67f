"""Shelves and what stands in which market."""

from __future__ import annotations

import json
from collections.abc import Sequence

from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.catalogue.errors import UnknownCategory
from entrepot.domains.catalogue.events import ProductsPublished, ProductsWithdrawn
from entrepot.domains.catalogue.types import CategoryDraft
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor

EVENT_SIZE = 500


@service("catalogue.import")
def upsert_categories(*, actor: Actor, drafts: Sequence[CategoryDraft]) -> int:
    """Add or change shelves by slug, parents first, and return how many differ from before.

    Raises:
        UnknownCategory: a parent is neither in the drafts before its child nor in the catalogue.
    """
    touched = 0
    for draft in drafts:
        names = json.dumps({tag(key): text for key, text in draft.names.items()}, sort_keys=True)
        words = json.dumps({tag(key): text for key, text in draft.descriptions.items()}, sort_keys=True)
        parent = (
            db.fetch("SELECT id FROM catalogue_category WHERE slug = %s", [draft.parent]) if draft.parent else [(None,)]
        )
        if not parent:
            raise UnknownCategory(slug=draft.parent)
        touched += db.execute(
            "INSERT INTO catalogue_category AS c (slug, parent_id, position, names, descriptions, tile, kind)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (slug) DO UPDATE SET parent_id = excluded.parent_id,"
            " position = excluded.position, names = excluded.names, descriptions = excluded.descriptions,"
            " tile = excluded.tile, kind = excluded.kind"
            " WHERE (c.parent_id, c.position, c.names, c.descriptions, c.tile, c.kind) IS DISTINCT FROM"
            " (excluded.parent_id, excluded.position, excluded.names, excluded.descriptions, excluded.tile, excluded.kind)",
            [draft.slug, parent[0][0], draft.position, names, words, draft.tile, draft.kind],
        )
    return touched


@service("catalogue.publish")
def publish_products(
    *, actor: Actor, product_ids: Sequence[str], market: str = "", markets: Sequence[str] = ()
) -> tuple[str, ...]:
    """Let products be offered in a market, or in several; return the ids new in any, and tell of those alone."""
    codes = [code for code in (market, *markets) if code]
    rows = db.fetch(
        "WITH added AS (INSERT INTO catalogue_publication (product_id, market)"
        " SELECT p.id, m FROM catalogue_product p CROSS JOIN unnest(%s::text[]) AS m"
        " WHERE p.public_id = ANY(%s::uuid[]) ORDER BY p.id, m"
        " ON CONFLICT (market, product_id) DO NOTHING RETURNING product_id, market)"
        " SELECT p.public_id::text, array_agg(a.market::text ORDER BY a.market) FROM added a"
        " JOIN catalogue_product p ON p.id = a.product_id GROUP BY p.id ORDER BY p.id",
        [codes, list(product_ids)],
    )
    by_markets: dict[tuple[str, ...], list[str]] = {}
    for public_id, fresh in rows:
        by_markets.setdefault(tuple(fresh), []).append(public_id)
    for fresh, ids in by_markets.items():
        for start in range(0, len(ids), EVENT_SIZE):
            part = tuple(ids[start : start + EVENT_SIZE])
            publish(ProductsPublished(part, fresh), aggregate=f"products:{part[0]}")
    return tuple(row[0] for row in rows)


@service("catalogue.publish")
def withdraw_products(*, actor: Actor, product_ids: Sequence[str], market: str) -> tuple[str, ...]:
    """Take products out of a market; return the ids that were in it, and tell of those alone."""
    rows = db.fetch(
        "WITH gone AS (DELETE FROM catalogue_publication u USING catalogue_product p WHERE p.id = u.product_id"
        " AND u.market = %s AND p.public_id = ANY(%s::uuid[]) RETURNING p.public_id::text)"
        " SELECT * FROM gone ORDER BY 1",
        [market, list(product_ids)],
    )
    gone = tuple(row[0] for row in rows)
    for start in range(0, len(gone), EVENT_SIZE):
        part = gone[start : start + EVENT_SIZE]
        publish(ProductsWithdrawn(part, market), aggregate=f"products:{part[0]}")
    return gone
