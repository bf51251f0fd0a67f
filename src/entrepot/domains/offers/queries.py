"""Reads of offers: a listing takes two statements, and the second one (facets) is remembered for a moment.

The market is a condition of every statement here, so that no market ever sees another's price.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import Any

from entrepot.domains.offers.engine import analyse, shelf, vector
from entrepot.domains.offers.errors import NotOffered
from entrepot.domains.offers.types import PAGE_SIZE, Facet, Filters, Listing, OfferCard, OfferDraft, Part
from entrepot.infra import db
from entrepot.infra.memo import Memo

facet_memo = Memo(ttl_s=20)
SORTS = {
    "arrives": "r.sold_out, r.arrives_last, r.id",
    "price": "r.sold_out, r.price_minor, r.id",
    "price_down": "r.sold_out, r.price_minor DESC, r.id",
    "new": "r.sold_out, r.product_id DESC",
}
_MOST_FOR_ATTRIBUTES = 800  # beyond it, attributes say little and cost much
_MOST_PAGES = 2000
_CARD = (
    "r.product_id::text, r.handle, t.title, t.place, r.picture, r.tile, r.price_minor, r.from_price, r.currency::text,"
    " r.band, r.arrives_first, r.arrives_last, r.units_left, t.language"
)
_WORDS = (
    "JOIN LATERAL (SELECT w.title, w.place, w.language FROM offers_offerwords w WHERE w.product_id = r.product_id"
    " ORDER BY array_position(%(chain)s::text[], w.language::text) NULLS LAST LIMIT 1) t ON true"
)
# The attributes of a product in the language asked for, else in English, else in any: nearly always one look-up by key.
_FACETS = (
    "coalesce((SELECT w.facets FROM offers_offerwords w WHERE w.product_id = r.product_id AND w.language = %(first)s),"
    " (SELECT w.facets FROM offers_offerwords w WHERE w.product_id = r.product_id AND w.language = 'en'),"
    " (SELECT w.facets FROM offers_offerwords w WHERE w.product_id = r.product_id ORDER BY w.id LIMIT 1))"
)
_HAS_ATTRIBUTE = (
    "EXISTS (SELECT 1 FROM offers_offerwords a WHERE a.product_id = r.product_id"
    " AND a.facets && %%(attribute%d)s::varchar[])"
)
# Weights of D, C, B, A: a word of the title counts most.
_FOUND = (
    "SELECT f.product_id, f.words, ts_rank('{0.08,0.2,0.45,1.0}', f.words, %(any)s::tsquery, 1) AS rank FROM offers_searchrow f"
    # The best thousand: what lies beyond nobody reads, and it would have to be joined and counted.
    " WHERE f.words @@ %(query)s::tsquery ORDER BY rank DESC LIMIT 1000"
)


def chain(language: str) -> list[str]:
    """Return the languages in which a text is looked for, best first."""
    first = "zh-Hans" if language.lower().startswith("zh") else language
    return [first] if first == "en" else [first, "en"]


def _conditions(filters: Filters) -> dict[str, str]:
    """Return the SQL of each group of filters (constants only; the values are parameters)."""
    found = {}
    if filters.arrives_by:
        found["arrives"] = "r.arrives_last <= %(arrives_by)s AND NOT r.sold_out"
    if filters.ships_from:
        found["from"] = "r.ships_from = ANY(%(ships_from)s)"
    if filters.price_from is not None:
        found["low"] = "r.price_minor >= %(price_from)s"
    if filters.price_to is not None:
        found["high"] = "r.price_minor <= %(price_to)s"
    if filters.brands:
        found["brand"] = "r.brand = ANY(%(brands)s)"
    if filters.in_stock:
        found["band"] = "NOT r.sold_out"
    for number, _ in enumerate(_groups(filters)):
        found[f"attribute{number}"] = _HAS_ATTRIBUTE % number
    return found


def _groups(filters: Filters) -> list[list[str]]:
    """Return the chosen attribute values, those of one name together (any of them will do)."""
    groups: dict[str, list[str]] = {}
    for name, value in filters.attributes:
        groups.setdefault(name, []).append(f"{name}\x1f{value}")
    return [groups[name] for name in sorted(groups)]


def _params(market: str, language: str, path: str, filters: Filters) -> dict[str, Any]:
    low, high = shelf.reach(path)
    return {
        "market": market, "chain": chain(language), "first": chain(language)[0], "low": low, "high": high, "arrives_by": filters.arrives_by,
        "ships_from": list(filters.ships_from), "price_from": filters.price_from, "price_to": filters.price_to,
        "brands": list(filters.brands),
        **{f"attribute{number}": group for number, group in enumerate(_groups(filters))},
    }  # fmt: skip


def _base(text: bool, path: str) -> str:
    parts = ["FROM offers_offerrow r"]
    if text:
        parts.append(f"JOIN ({_FOUND}) s ON s.product_id = r.product_id")
    parts.append("WHERE r.market = %(market)s AND r.hidden_because = ''")
    if path:
        parts.append("AND r.shelf_path >= %(low)s AND r.shelf_path < %(high)s")
    return " ".join(parts)


def listing(
    *,
    market: str,
    language: str,
    category: str | None = None,
    text: str | None = None,
    filters: Filters = Filters(),
    sort: str = "arrives",
    page: int = 1,
    arrival_days: Sequence[dt.date] = (),
    size: int = PAGE_SIZE,
) -> Listing:
    """Return a page of cards of a market with facets, in two statements (three when a search has to widen).

    Args:
        category: the path of a shelf (`kitchen/tea/`, see engine.shelf); None is the whole shop.
        text: searched in all languages; all words first, and if that fills no page, any of them.
        arrival_days: the days offered as "arrives by".
    """
    path = category or ""
    terms = analyse.asked(text or "", language, also=("en", "de", "ar", "fr", "es", "pt")) if text else []
    if text and not terms:
        return Listing((), 0, 1, 0, (), 0)
    params = _params(market, language, path, filters)
    matched = "all"
    if terms:
        params["query"], params["any"] = vector.query(terms, every=True), vector.query(terms, every=False)
    counted = _counted(params, path, filters, arrival_days)
    if terms and counted["total"] < size and len(terms) > 1 and page == 1 and not _conditions(filters):
        matched, params["every"], params["query"] = "any", params["query"], params["any"]
        counted = _counted(params, path, filters, arrival_days)
    pages = min(_MOST_PAGES, math.ceil(counted["total"] / size))
    page = max(1, min(page, pages))
    cards = _cards(params, path, filters, sort, page, size) if counted["total"] else ()
    return Listing(
        cards,
        counted["total"],
        page,
        pages,
        counted["facets"],
        counted["hidden"],
        counted["lowest"],
        counted["highest"],
        matched,
    )


def _cards(
    params: dict[str, Any], path: str, filters: Filters, sort: str, page: int, size: int
) -> tuple[OfferCard, ...]:
    text = "query" in params
    order = SORTS.get(sort, SORTS["arrives"])
    if text and sort in ("", "relevance"):
        order = "(s.words @@ %(every)s::tsquery) DESC, s.rank DESC, r.id" if "every" in params else "s.rank DESC, r.id"
    where = "".join(f" AND {condition}" for condition in _conditions(filters).values())
    rows = db.fetch(
        # Numbered once they are the page's: a window over the whole shelf would sort all of it.
        f"SELECT {_CARD} FROM (SELECT c.*, row_number() OVER () AS place FROM (SELECT r.* {_base(text, path)}{where}"  # noqa: S608 constants only
        f" ORDER BY {order} LIMIT %(size)s OFFSET %(skip)s) c) r {_WORDS} ORDER BY r.place",
        {**params, "size": size, "skip": (page - 1) * size},
    )
    return tuple(OfferCard(*row) for row in rows)


def _counted(params: dict[str, Any], path: str, filters: Filters, arrival_days: Sequence[dt.date]) -> dict[str, Any]:
    key = (params["market"], params["chain"][0], path, params.get("query", ""), filters, tuple(arrival_days))
    return facet_memo.get(key, lambda: _count(params, path, filters, arrival_days))


def _others(conditions: dict[str, str], *names: str) -> str:
    """Return the conjunction of all filters but the named: a facet's counts do not depend on its own choice."""
    kept = [f"ok_{name}" for name in conditions if name not in names]
    return " AND ".join(kept) or "true"


def _count(params: dict[str, Any], path: str, filters: Filters, arrival_days: Sequence[dt.date]) -> dict[str, Any]:
    """Count the facets: one pass over the shelf (from its index alone), one more per group of values."""
    conditions = _conditions(filters)
    columns = "".join(f", ({condition}) AS ok_{name}" for name, condition in conditions.items())
    every, priced = _others(conditions), _others(conditions, "low", "high")
    base = _base("query" in params, path).replace(" AND r.hidden_because = ''", "")
    days = {f"day{number}": day for number, day in enumerate(arrival_days)}
    by_day = "".join(
        f", count(*) FILTER (WHERE offered AND arrives_last <= %({name})s AND NOT sold_out AND {_others(conditions, 'arrives')}) AS {name}"
        for name in days
    )
    told = "".join(f", ('arrives', %({name})s::date::text, {name})" for name in days)
    rows = db.fetch(
        f"""
WITH base AS MATERIALIZED (
 SELECT r.product_id, r.arrives_last, r.ships_from, r.price_minor, r.brand, r.sold_out, r.hidden_because = '' AS offered{columns}
 {base})
SELECT x.* FROM (SELECT count(*) FILTER (WHERE offered AND {every}) AS total, count(*) FILTER (WHERE NOT offered) AS hidden,
  min(price_minor) FILTER (WHERE offered AND {priced}) AS lowest, max(price_minor) FILTER (WHERE offered AND {priced}) AS highest{by_day}
  FROM base) s
 CROSS JOIN LATERAL (VALUES ('total', '', total), ('hidden', '', hidden), ('lowest', '', lowest), ('highest', '', highest){told}) x
UNION ALL SELECT 'from', ships_from, count(*) FILTER (WHERE {_others(conditions, "from")}) FROM base WHERE offered GROUP BY ships_from
UNION ALL (SELECT 'brand', brand, count(*) FILTER (WHERE {_others(conditions, "brand")}) AS n FROM base
 WHERE offered AND brand <> '' GROUP BY brand ORDER BY n DESC, brand LIMIT 12)
UNION ALL (SELECT 'attribute', f, count(*) AS n FROM base r, unnest({_FACETS}) f
 WHERE r.offered AND {every} AND (SELECT count(*) FROM base) <= {_MOST_FOR_ATTRIBUTES} GROUP BY f ORDER BY n DESC, f LIMIT 60)
""",  # noqa: S608 constants only
        {**params, **days},
    )
    found = {kind: number or 0 for kind, value, number in rows if value == "" and kind != "brand"}
    facets = [facet for kind, value, number in rows if value for facet in _facet(kind, value, number, filters)]
    return {
        "total": found["total"], "lowest": found["lowest"], "highest": found["highest"], "hidden": found["hidden"],
        "facets": tuple(facets),
    }  # fmt: skip


def _facet(kind: str, value: str, number: int, filters: Filters) -> Iterable[Facet]:
    if kind == "attribute":
        name, _, text = value.partition("\x1f")
        yield Facet(name, text, text, number, (name, text) in filters.attributes)
    elif kind == "arrives":
        yield Facet(kind, value, value, number, str(filters.arrives_by or "") == value)
    elif kind == "from":
        yield Facet(kind, value, value, number, value in filters.ships_from)
    else:
        yield Facet(kind, value, value, number, value in filters.brands)


def cards(*, market: str, language: str, product_ids: Sequence[str]) -> tuple[OfferCard, ...]:
    """Return the cards of products that are offered in a market, in the order of their ids (one statement)."""
    rows = db.fetch(
        f"SELECT {_CARD} FROM offers_offerrow r {_WORDS} WHERE r.market = %(market)s AND r.hidden_because = ''"  # noqa: S608 constants only
        " AND r.product_id = ANY(%(ids)s::uuid[]) ORDER BY array_position(%(ids)s::uuid[], r.product_id)",
        {"market": market, "chain": chain(language), "ids": list(product_ids)},
    )
    return tuple(OfferCard(*row) for row in rows)


def cards_after(
    *, market: str, language: str, category: str = "", after: str = "", limit: int = 50
) -> tuple[OfferCard, ...]:
    """Return cards of a market by product id after an id: pages that stay the same while goods come and go (one statement).

    `category` is the path of a shelf, as in `listing`.
    """
    low, high = shelf.reach(category)
    rows = db.fetch(
        f"SELECT {_CARD} FROM offers_offerrow r {_WORDS} WHERE r.market = %(market)s AND r.hidden_because = ''"  # noqa: S608 constants only
        " AND r.product_id > %(after)s::uuid AND (%(low)s = '' OR r.shelf_path >= %(low)s AND r.shelf_path < %(high)s)"
        " ORDER BY r.product_id LIMIT %(limit)s",
        {
            "market": market, "chain": chain(language), "after": after or "00000000-0000-0000-0000-000000000000",
            "low": low, "high": high, "limit": limit,
        },
    )  # fmt: skip
    return tuple(OfferCard(*row) for row in rows)


def offers(*, market: str, skus: Sequence[str] = (), product_id: str = "") -> dict[str, OfferDraft]:
    """Return the offers of SKUs, or of all SKUs of a product, in one market, by SKU (one statement)."""
    rows = db.fetch(
        "SELECT market, sku, product_id::text, price_minor, goods_minor, duty_minor, fee_minor, tax_minor, currency::text,"
        " band, ships_from, arrives_first, arrives_last, delivery_minor, computed_on, warehouse, service, units_left,"
        " good_until, parts"
        " FROM offers_variantoffer WHERE market = %(market)s AND (sku = ANY(%(skus)s) OR product_id = %(product)s::uuid)",
        {"market": market, "skus": list(skus), "product": product_id or None},
    )
    return {row[1]: OfferDraft(*row[:-1], parts=tuple(Part(*part) for part in db.as_json(row[-1]))) for row in rows}


def shelf_prices(*, skus: Sequence[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """Return (sku, market code) → (price as the shelf shows it in minor units, currency), in one statement."""
    rows = db.fetch(
        "SELECT sku, market, price_minor, currency::text FROM offers_variantoffer WHERE sku = ANY(%s)", [list(skus)]
    )
    return {(sku, market): (price, currency) for sku, market, price, currency in rows}


def product_of(*, market: str, handle: str) -> str:
    """Return the public id of the product with a handle, or raise NotOffered when this market does not sell it."""
    rows = db.fetch(
        "SELECT product_id::text FROM offers_offerrow WHERE market = %s AND handle = %s AND hidden_because = ''",
        [market, handle],
    )
    if not rows:
        raise NotOffered(kind="product", key=handle, market=market)
    return rows[0][0]


def markets_of(*, handle: str) -> tuple[str, ...]:
    """Return the markets that sell the product with a handle."""
    rows = db.fetch(
        "SELECT market FROM offers_offerrow WHERE handle = %s AND hidden_because = '' ORDER BY market", [handle]
    )
    return tuple(row[0] for row in rows)


def handles(*, market: str, limit: int = 45_000) -> tuple[str, ...]:
    """Return the handles of what a market sells, in their order; for lists of pages. A file of them may hold 50,000."""
    rows = db.fetch(
        "SELECT handle FROM offers_offerrow WHERE market = %s AND hidden_because = '' ORDER BY handle LIMIT %s",
        [market, limit],
    )
    return tuple(row[0] for row in rows)


def shelf_counts(*, market: str) -> dict[str, tuple[int, str]]:
    """Return for each top shelf the number of products offered in a market and a picture of one; kept for a moment."""
    return facet_memo.get(
        ("shelves", market),
        lambda: {
            slug: (number, picture)
            for slug, number, picture in db.fetch(
                "SELECT split_part(shelf_path, '/', 1), count(*),"
                " (array_agg(picture ORDER BY id) FILTER (WHERE picture <> ''))[1]"
                " FROM offers_offerrow WHERE market = %s AND hidden_because = '' GROUP BY 1",
                [market],
            )
        },
    )


def telling_product(*, market: str) -> str:
    """Return a product whose price has the most parts (duty and fees among them), to explain prices with; "" when none is."""
    return facet_memo.get(
        ("telling", market),
        lambda: next(
            iter(
                db.fetch(
                    "SELECT product_id::text FROM offers_variantoffer WHERE market = %s AND band <> 'sold_out'"
                    " ORDER BY (duty_minor > 0)::int + (fee_minor > 0)::int DESC, id LIMIT 1",
                    [market],
                )
            ),
            ("",),
        )[0],
    )


def lanes(*, market: str) -> tuple[tuple[str, str, int, dt.date, dt.date], ...]:
    """Return for each place goods leave from: warehouse code, country, number of products, first and last day of arrival.

    A product counts where its card says it leaves from, so that the number is what the link beside it shows.
    """
    return facet_memo.get(
        ("lanes", market),
        lambda: tuple(
            db.fetch(
                "SELECT v.warehouse, v.ships_from, count(DISTINCT v.product_id), min(v.arrives_first), min(v.arrives_last)"
                " FROM offers_variantoffer v JOIN offers_offerrow o USING (market, product_id, ships_from)"
                " WHERE v.market = %s AND v.band <> 'sold_out' AND o.hidden_because = ''"
                " GROUP BY 1, 2 ORDER BY min(v.arrives_last), 1",
                [market],
            )
        ),
    )


def stale_products(*, at: dt.datetime, market: str, limit: int = 1000) -> tuple[str, ...]:
    """Return products of a market whose days of arrival have moved since they were computed, the longest ago first."""
    rows = db.fetch(
        "SELECT product_id::text FROM offers_variantoffer WHERE market = %s AND good_until <= %s"
        " GROUP BY product_id ORDER BY min(good_until) LIMIT %s",
        [market, at, limit],
    )
    return tuple(row[0] for row in rows)


def scarce_skus() -> frozenset[str]:
    """Return the SKUs that some market shows as few or sold out."""
    return frozenset(
        row[0] for row in db.fetch("SELECT DISTINCT sku FROM offers_variantoffer WHERE band <> 'in_stock'")
    )


def without_words(*, product_ids: Sequence[str]) -> tuple[str, ...]:
    """Return those of the products that no card and no search knows yet."""
    rows = db.fetch(
        "SELECT i::text FROM unnest(%s::uuid[]) i WHERE NOT EXISTS (SELECT 1 FROM offers_searchrow s WHERE s.product_id = i)",
        [list(product_ids)],
    )
    return tuple(row[0] for row in rows)
