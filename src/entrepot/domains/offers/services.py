"""Writes of offers: whole products are replaced, so that a page never shows half of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from entrepot.domains.offers.engine import analyse, vector
from entrepot.domains.offers.types import OfferDraft, ProductDraft, WordsDraft
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor

_ROW = (
    "market", "product_id", "handle", "shelf_path", "brand", "picture", "tile", "sku", "price_minor", "from_price",
    "currency", "band", "units_left", "ships_from", "arrives_first", "arrives_last", "hidden_because",
)  # fmt: skip
_VARIANT = (
    "market", "sku", "product_id", "price_minor", "goods_minor", "duty_minor", "fee_minor", "tax_minor", "currency",
    "band", "units_left", "ships_from", "warehouse", "service", "arrives_first", "arrives_last", "delivery_minor",
    "computed_on", "good_until", "parts",
)  # fmt: skip
_BANDS = {"in_stock": 0, "few": 1, "sold_out": 2}


def _best(drafts: Sequence[OfferDraft]) -> OfferDraft:
    """Return the variant that stands for the product: the cheapest that can be had."""
    return min(drafts, key=lambda draft: (draft.band == "sold_out", draft.price_minor, draft.sku))


def _row(market: str, product: ProductDraft, drafts: Sequence[OfferDraft]) -> tuple:
    best = _best(drafts)
    prices = {draft.price_minor for draft in drafts if draft.band != "sold_out"}
    easiest = min(drafts, key=lambda draft: _BANDS[draft.band])
    return (
        market, product.product_id, product.handle, product.shelf_path, product.brand, product.picture, product.tile,
        best.sku, best.price_minor, len(prices) > 1, best.currency, easiest.band, easiest.units_left, best.ships_from,
        best.arrives_first, best.arrives_last, "",
    )  # fmt: skip


@service("offers.publish")
def replace_offers(
    *,
    actor: Actor,
    market: str,
    products: Sequence[ProductDraft],
    drafts: Mapping[str, Sequence[OfferDraft]],
    hidden: Mapping[str, str] = {},
) -> int:
    """Replace the offers of products in one market and return the number of products offered.

    `drafts` is by product id; a product without drafts is not offered: with a reason in `hidden` it is counted as hidden,
    else it is gone. Everything else of the market stays. COPY, four statements whatever the number.
    """
    ids = [product.product_id for product in products]
    db.execute("DELETE FROM offers_offerrow WHERE market = %s AND product_id = ANY(%s::uuid[])", [market, ids])
    db.execute("DELETE FROM offers_variantoffer WHERE market = %s AND product_id = ANY(%s::uuid[])", [market, ids])
    rows, offered = [], 0
    for product in products:
        mine = drafts.get(product.product_id)
        if mine:
            rows.append(_row(market, product, mine))
            offered += 1
        elif product.product_id in hidden:
            rows.append(_hidden_row(market, product, hidden[product.product_id]))
    db.copy_rows("offers_offerrow", _ROW, rows)
    encode = msgspec.json.Encoder().encode
    db.copy_rows(
        "offers_variantoffer",
        _VARIANT,
        (
            [getattr(draft, name) for name in _VARIANT[:-1]] + [encode(draft.parts).decode()]
            for mine in drafts.values()
            for draft in mine
        ),
    )
    return offered


def _hidden_row(market: str, product: ProductDraft, reason: str) -> tuple:
    return (
        market, product.product_id, product.handle, product.shelf_path, product.brand, product.picture, product.tile,
        "", 0, False, "XXX", "sold_out", 0, "", "2000-01-01", "2000-01-01", reason,
    )  # fmt: skip


@service("offers.publish")
def replace_words(*, actor: Actor, words: Sequence[WordsDraft]) -> int:
    """Replace what cards say and search knows of products, in all their languages, and return the number of products."""
    by_product: dict[str, list[WordsDraft]] = {}
    for draft in words:
        by_product.setdefault(draft.product_id, []).append(draft)
    ids = list(by_product)
    db.execute("DELETE FROM offers_offerwords WHERE product_id = ANY(%s::uuid[])", [ids])
    db.execute("DELETE FROM offers_searchrow WHERE product_id = ANY(%s::uuid[])", [ids])
    db.copy_rows(
        "offers_offerwords",
        ("product_id", "language", "title", "place", "facets"),
        (
            (
                draft.product_id,
                draft.language,
                draft.title,
                draft.place,
                [f"{n[:100]}\x1f{v[:140]}" for n, v in draft.facets],
            )
            for draft in words
        ),
    )
    db.copy_rows(
        "offers_searchrow", ("product_id", "words"), ((key, _vector(mine)) for key, mine in by_product.items())
    )
    return len(ids)


def _vector(drafts: Sequence[WordsDraft]) -> str:
    heavy, middle, light = [], [], []
    for draft in drafts:
        language = draft.language
        for text in draft.heavy:
            heavy += analyse.tokens(text, language)
        for text in draft.middle:
            middle += analyse.tokens(text, language)
        for text in draft.light:
            light += analyse.tokens(text, language)
        heavy += analyse.codes(draft.codes)
    return vector.vector(heavy, middle, light)


@service("offers.publish")
def withdraw(*, actor: Actor, product_ids: Sequence[str], market: str) -> int:
    """Take products out of a market's shelves and return how many were there."""
    db.execute(
        "DELETE FROM offers_variantoffer WHERE market = %s AND product_id = ANY(%s::uuid[])",
        [market, list(product_ids)],
    )
    return db.execute(
        "DELETE FROM offers_offerrow WHERE market = %s AND product_id = ANY(%s::uuid[])", [market, list(product_ids)]
    )


@service("offers.publish")
def set_bands(*, actor: Actor, rows: Sequence[tuple[str, str, int]]) -> int:
    """Set the availability of SKUs from (sku, band, units left) in all markets and return how many offers changed."""
    skus, bands, left = zip(*rows, strict=True) if rows else ((), (), ())
    changed = db.fetch(
        "UPDATE offers_variantoffer o SET band = n.band, units_left = n.units_left"
        " FROM unnest(%s::text[], %s::text[], %s::smallint[]) AS n(sku, band, units_left)"
        " WHERE o.sku = n.sku AND (o.band, o.units_left) IS DISTINCT FROM (n.band, n.units_left)"
        " RETURNING o.product_id",
        [list(skus), list(bands), list(left)],
    )
    if changed:
        db.execute(
            "UPDATE offers_offerrow r SET band = v.band, units_left = v.units_left FROM ("
            " SELECT DISTINCT ON (market, product_id) market, product_id, band, units_left FROM offers_variantoffer"
            " WHERE product_id = ANY(%s::uuid[])"
            " ORDER BY market, product_id, array_position(ARRAY['in_stock','few','sold_out'], band::text)) v"
            " WHERE r.market = v.market AND r.product_id = v.product_id AND r.hidden_because = ''",
            [list({row[0] for row in changed})],
        )
    return len(changed)
