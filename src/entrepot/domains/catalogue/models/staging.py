"""The bulk path: drafts are COPYed into temporary tables, then merged with set-based statements.

A row is touched only when it differs (`IS DISTINCT FROM`), so that a re-import leaves unchanged rows as they were,
down to their xmin. A customs datum that a person confirmed is never put back by a default.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.catalogue.types import CUSTOMS_FIELDS, ProductDraft
from entrepot.infra import db
from entrepot.infra.ids import new_id

_TABLES = """
CREATE TEMPORARY TABLE IF NOT EXISTS staged_product (
    handle text, public_id uuid, category text, brand text, tile text, tax_category text, pictures text[], source text,
    id bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS staged_text (
    handle text, language text, title text, description text, maker_place text, option_name text, attributes jsonb,
    provenance text) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS staged_variant (
    handle text, sku text, public_id uuid, position integer, options jsonb, barcode text, picture text, hs_code text,
    origin text, mass_g integer, length_mm integer, width_mm integer, height_mm integer, customs_description text,
    assumed text[]) ON COMMIT DELETE ROWS;
TRUNCATE staged_product, staged_text, staged_variant;
"""
_PRODUCT = ("handle", "public_id", "category", "brand", "tile", "tax_category", "pictures", "source")
_TEXT = (
    "handle", "language", "title", "description", "maker_place", "option_name", "attributes", "provenance",
)  # fmt: skip
_VARIANT = (
    "handle", "sku", "public_id", "position", "options", "barcode", "picture", "hs_code", "origin", "mass_g",
    "length_mm", "width_mm", "height_mm", "customs_description", "assumed",
)  # fmt: skip


def stage(drafts: Sequence[ProductDraft]) -> None:
    """COPY drafts into the temporary tables of this transaction, emptied before."""
    db.execute(_TABLES)
    db.copy_rows("staged_product", _PRODUCT, map(_product_row, drafts))
    db.copy_rows("staged_text", _TEXT, _text_rows(drafts))
    db.copy_rows("staged_variant", _VARIANT, _variant_rows(drafts))
    db.execute("ANALYZE staged_product; ANALYZE staged_variant")


def _product_row(d: ProductDraft) -> tuple[Any, ...]:
    return (d.handle, new_id(), d.category, d.brand, d.tile, d.tax_category, _array(d.pictures), d.source)


def _array(values: Sequence[str]) -> str:
    """Return an array as COPY reads it; psycopg's own dumper looks at every element's type, which takes longer."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def _text_rows(drafts: Sequence[ProductDraft]) -> Iterator[tuple[Any, ...]]:
    for draft in drafts:
        for language, text in draft.texts.items():
            words = json.dumps(list(text.attributes.items()), ensure_ascii=False)  # jsonb keeps the order of lists
            yield (
                draft.handle, tag(language), text.title, text.description, text.maker_place, text.option_name, words,
                text.provenance,
            )  # fmt: skip


def _variant_rows(drafts: Sequence[ProductDraft]) -> Iterator[tuple[Any, ...]]:
    for draft in drafts:
        for position, v in enumerate(draft.variants):
            options = json.dumps({tag(key): text for key, text in v.options.items()}, ensure_ascii=False)
            yield (
                draft.handle, v.sku, new_id(), position, options, v.barcode, v.picture, v.hs_code, v.origin, v.mass_g,
                v.length_mm, v.width_mm, v.height_mm, v.customs_description, _array(sorted(v.assumed)),
            )  # fmt: skip


def _keep_confirmed() -> str:
    """Build the statement that puts confirmed customs data over staged defaults."""
    kept = ", ".join(
        f"{name} = CASE WHEN '{name}' = ANY(s.assumed) AND NOT '{name}' = ANY(v.assumed) THEN v.{name} ELSE s.{name} END"
        for name in CUSTOMS_FIELDS
    )
    return (
        f"UPDATE staged_variant s SET {kept}, assumed = ARRAY(SELECT a FROM unnest(s.assumed) a"  # noqa: S608
        " WHERE a = ANY(v.assumed::text[]) ORDER BY a) FROM catalogue_variant v"
        " WHERE v.sku = s.sku AND s.assumed <> '{}' AND s.assumed <> v.assumed::text[]"
    )


def _upsert(table: str, key: str, columns: Sequence[str], source: str, touched: str, fixed: Sequence[str] = ()) -> str:
    """Build an upsert that changes a row only where it differs and returns (product id, was inserted)."""
    free = [name for name in columns if name not in key.split(", ") and name not in fixed]
    old, new = (", ".join(f"{prefix}.{name}" for name in free) for prefix in ("o", "excluded"))
    sets = ", ".join(f"{name} = excluded.{name}" for name in free)
    return (
        f"INSERT INTO {table} AS o ({', '.join(columns)}) {source} ON CONFLICT ({key}) DO UPDATE SET {sets}"
        f" WHERE ({old}) IS DISTINCT FROM ({new}) RETURNING {touched}, (xmax = 0)"
    )


UPSERT_PRODUCTS = _upsert(
    "catalogue_product",
    "handle",
    ("handle", "public_id", "category_id", "brand", "tile", "tax_category", "pictures", "source"),
    "SELECT s.handle, s.public_id, c.id, s.brand, s.tile, s.tax_category, s.pictures, s.source"
    " FROM staged_product s JOIN catalogue_category c ON c.slug = s.category ORDER BY s.handle",
    "id",
    fixed=("public_id",),
)
UPSERT_TEXTS = _upsert(
    "catalogue_producttext",
    "product_id, language",
    ("product_id", "reviewed", *_TEXT[1:]),
    "SELECT p.id, s.provenance = 'written', s.language, s.title, s.description, s.maker_place, s.option_name,"
    " s.attributes, s.provenance FROM staged_text s JOIN staged_product p USING (handle) ORDER BY p.id, s.language",
    "product_id",
    fixed=("reviewed",),
)
UPSERT_VARIANTS = _upsert(
    "catalogue_variant",
    "sku",
    ("product_id", *_VARIANT[1:]),
    f"SELECT p.id, {', '.join('s.' + name for name in _VARIANT[1:])}"  # noqa: S608
    " FROM staged_variant s JOIN staged_product p USING (handle) ORDER BY s.sku",
    "product_id",
    fixed=("public_id",),
)
KEEP_CONFIRMED = _keep_confirmed()
FIND_IDS = (
    "UPDATE staged_product s SET id = p.id, public_id = p.public_id FROM catalogue_product p WHERE p.handle = s.handle"
)
