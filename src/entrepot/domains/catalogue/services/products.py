"""Whole products in bulk, and the confirmation of their customs data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.domains.catalogue.errors import NotACustomsField, UnknownArticle, UnknownCategory
from entrepot.domains.catalogue.events import ProductsAdded, ProductsChanged
from entrepot.domains.catalogue.models import staging
from entrepot.domains.catalogue.services.shelves import EVENT_SIZE
from entrepot.domains.catalogue.types import CUSTOMS_FIELDS, ProductDraft, UpsertCounts
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.trade import hs_code


@service("catalogue.import")
def upsert_products(*, actor: Actor, drafts: Sequence[ProductDraft]) -> UpsertCounts:
    """Add or change whole products (product, texts, variants), touching only rows that differ.

    Drafts are checked before (`engine.draft`); a variant that a draft does not name stays as it is. New
    products are told in `ProductsAdded`, changed ones in `ProductsChanged` events of up to 500 ids. About 12 statements, however many drafts.

    Raises:
        UnknownCategory: a draft stands on a shelf that is not there.
    """
    if not drafts:
        return UpsertCounts(0, 0, 0, (), {})
    staging.stage(drafts)
    missing = db.fetch(
        "SELECT category FROM staged_product WHERE category NOT IN (SELECT slug FROM catalogue_category) LIMIT 1"
    )
    if missing:
        raise UnknownCategory(slug=missing[0][0])
    products = db.fetch(staging.UPSERT_PRODUCTS)
    db.execute(staging.FIND_IDS)
    db.execute(staging.KEEP_CONFIRMED)
    touched = {key for key, _ in products}
    touched |= {key for key, _ in db.fetch(staging.UPSERT_TEXTS)}
    touched |= {key for key, _ in db.fetch(staging.UPSERT_VARIANTS)}
    added = {key for key, inserted in products if inserted}
    ids = db.fetch("SELECT id, handle, public_id::text FROM staged_product ORDER BY id")
    fresh = [public_id for key, _, public_id in ids if key in added]
    changed = [public_id for key, _, public_id in ids if key in touched and key not in added]
    for start in range(0, len(fresh), EVENT_SIZE):
        part = tuple(fresh[start : start + EVENT_SIZE])
        publish(ProductsAdded(part), aggregate=f"products:{part[0]}")
    _tell_changed(changed)
    return UpsertCounts(
        added=len(added),
        changed=len(touched) - len(added),
        unchanged=len(drafts) - len(touched),
        changed_ids=tuple(fresh + changed),
        ids={handle: public_id for _, handle, public_id in ids},
    )


def _tell_changed(product_ids: Sequence[str]) -> None:
    for start in range(0, len(product_ids), EVENT_SIZE):
        part = tuple(product_ids[start : start + EVENT_SIZE])
        db.execute(
            "UPDATE catalogue_product SET changed_at = now() WHERE public_id = ANY(%s::uuid[]) AND changed_at <> now()",
            [list(part)],
        )
        publish(ProductsChanged(part), aggregate=f"products:{part[0]}")


@service("catalogue.import")
def tell_changed(*, actor: Actor, product_ids: Sequence[str]) -> None:
    """Tell that something beside the catalogue changed for products (prices, first stock), so that offers follow."""
    _tell_changed(list(product_ids))


def _checked(name: str, value: Any) -> Any:
    """Return a customs value in its stored form; raise InvalidInput with the rule it breaks."""
    if name not in CUSTOMS_FIELDS:
        raise NotACustomsField(field=name, value=value, rule=f"Customs data are: {', '.join(CUSTOMS_FIELDS)}.")
    if name == "hs_code":
        return hs_code(str(value))
    if name == "origin":
        country = str(value).strip().upper()
        if len(country) != 2 or not country.isascii() or not country.isalpha():
            raise InvalidInput(field=name, value=value, rule="An origin is a country code of two letters, e.g. CN.")
        return country
    if name == "customs_description":
        words = " ".join(str(value).split())
        if not 3 <= len(words) <= 200:
            raise InvalidInput(field=name, value=value, rule="Describe the goods in 3 to 200 characters.")
        return words
    if not str(value).isdigit() or not 0 < int(value) <= 10_000_000:
        raise InvalidInput(field=name, value=value, rule="Give a whole number above zero (grams or millimetres).")
    return int(value)


@service("catalogue.confirm_customs")
def confirm_customs_data(
    *, actor: Actor, skus: Sequence[str], fields: Mapping[str, Any] | Sequence[str] = CUSTOMS_FIELDS
) -> int:
    """Confirm customs data of SKUs, so that they may go on labels and papers; return how many SKUs were touched.

    `fields` is a sequence of field names (their present values are right) or a mapping of field → right value.

    Raises:
        UnknownArticle: one of the SKUs is not in the catalogue; nothing is changed.
        InvalidInput: a value breaks its rule, or a field is no customs datum.
    """
    values = dict(fields) if isinstance(fields, Mapping) else {}
    names = list(fields)
    for name in names:
        if name not in CUSTOMS_FIELDS:
            raise NotACustomsField(field=name, value="", rule=f"Customs data are: {', '.join(CUSTOMS_FIELDS)}.")
    clean = {name: _checked(name, value) for name, value in values.items()}
    known = {
        row[0] for row in db.fetch("SELECT sku FROM catalogue_variant WHERE sku = ANY(%s) FOR UPDATE", [list(skus)])
    }
    for sku in skus:
        if sku not in known:
            raise UnknownArticle(sku=sku)
    sets = "".join(f"{name} = %({name})s, " for name in clean)
    differs = "".join(f" OR {name} <> %({name})s" for name in clean)
    rows = db.fetch(
        f"UPDATE catalogue_variant v SET {sets} assumed = ARRAY(SELECT a FROM unnest(assumed) a"  # noqa: S608
        " WHERE NOT a = ANY(%(names)s)) FROM catalogue_product p WHERE p.id = v.product_id AND v.sku = ANY(%(skus)s)"
        f" AND (assumed && %(names)s::varchar[]{differs}) RETURNING p.public_id::text",
        {**clean, "names": names, "skus": list(skus)},
    )
    _tell_changed(sorted({row[0] for row in rows}))
    return len(rows)


@service("catalogue.import")
def set_pictures(*, actor: Actor, product_id: str, pictures: Sequence[str], tile: str = "") -> bool:
    """Set the pictures of a product (URL paths, best first); say whether that changed anything."""
    rows = db.fetch(
        "UPDATE catalogue_product SET pictures = %(pictures)s, tile = coalesce(nullif(%(tile)s, ''), tile)"
        " WHERE public_id::text = %(id)s AND (pictures, tile) IS DISTINCT FROM"
        " (%(pictures)s::varchar[], coalesce(nullif(%(tile)s, ''), tile)) RETURNING public_id::text",
        {"pictures": list(pictures), "tile": tile, "id": product_id},
    )
    _tell_changed([row[0] for row in rows])
    return bool(rows)
