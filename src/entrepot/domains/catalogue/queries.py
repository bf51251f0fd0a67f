"""Reads of the catalogue. Texts come in the language asked for, else in English; the view says which it is."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import msgspec

from entrepot.domains.catalogue.engine import labels
from entrepot.domains.catalogue.engine import language as lang
from entrepot.domains.catalogue.engine.marks import TEXT_MARK
from entrepot.domains.catalogue.errors import UnknownProduct
from entrepot.domains.catalogue.models import Category, FileImport, Publication, Variant
from entrepot.domains.catalogue.types import (
    CUSTOMS_FIELDS,
    LABEL_NEEDED,
    CategoryInfo,
    Coverage,
    FileImportView,
    ImportSettingsView,
    LabelRow,
    ProductGaps,
    ProductView,
    SearchText,
    TextState,
    TextView,
    VariantFacts,
    VariantView,
)
from entrepot.infra import db
from entrepot.kernel.errors import NotFound

# The best text of a product: the first language of the chain that has one.
_TEXT = (
    "JOIN LATERAL (SELECT t.* FROM catalogue_producttext t WHERE t.product_id = p.id"
    " ORDER BY array_position(%(chain)s::text[], t.language::text) NULLS LAST, t.id LIMIT 1) t ON true"
)
_FACTS = f"""
SELECT v.sku, v.public_id::text, p.public_id::text, t.title, v.options, c.slug, v.hs_code, v.origin, v.mass_g,
       v.length_mm, v.width_mm, v.height_mm, v.customs_description, p.tax_category, v.assumed,
       coalesce(nullif(v.picture, ''), p.pictures[1], ''), p.handle, coalesce(nullif(p.tile, ''), c.tile)
FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product_id
JOIN catalogue_category c ON c.id = p.category_id {_TEXT}
"""  # noqa: S608 constants only


def _facts(row: Sequence[Any], language: str) -> VariantFacts:
    sku, variant_id, product_id, title, options, *rest = row
    rest[9] = tuple(rest[9])
    return VariantFacts(sku, variant_id, product_id, title, lang.pick(db.as_json(options), language), *rest)


def variant_facts(*, skus: Sequence[str], language: str = "en") -> dict[str, VariantFacts]:
    """Return the facts of each known SKU (one statement); an unknown SKU is not in the answer."""
    rows = db.fetch(_FACTS + " WHERE v.sku = ANY(%(skus)s)", {"chain": list(lang.chain(language)), "skus": list(skus)})
    return {row[0]: _facts(row, language) for row in rows}


def facts_of_products(*, product_ids: Sequence[str], language: str = "en") -> dict[str, tuple[VariantFacts, ...]]:
    """Return the facts of every SKU of each product, by product id, in the order of the variants (one statement)."""
    rows = db.fetch(
        _FACTS + " WHERE p.public_id = ANY(%(ids)s::uuid[]) ORDER BY p.id, v.position, v.id",
        {"chain": list(lang.chain(language)), "ids": list(product_ids)},
    )
    found: dict[str, list[VariantFacts]] = {}
    for row in rows:
        found.setdefault(row[2], []).append(_facts(row, language))
    return {key: tuple(facts) for key, facts in found.items()}


def customs_to_confirm(*, after: str = "", category: str = "", limit: int = 100) -> tuple[VariantFacts, ...]:
    """Return SKUs with assumed customs data, by SKU after `after`; `category` narrows to one shelf."""
    rows = db.fetch(
        _FACTS + " WHERE v.assumed <> '{}' AND v.sku > %(after)s AND (%(category)s = '' OR c.slug = %(category)s)"
        " ORDER BY v.sku LIMIT %(limit)s",
        {"chain": ["en"], "after": after, "category": category, "limit": limit},
    )
    return tuple(_facts(row, "en") for row in rows)


def assumed_count() -> int:
    """Return how many SKUs have customs data that nobody has confirmed."""
    return Variant.objects.exclude(assumed=[]).count()


def all_skus(*, after: str = "", limit: int = 10_000) -> tuple[str, ...]:
    """Return SKUs in order, after a SKU, at most `limit`."""
    rows = Variant.objects.filter(sku__gt=after).order_by("sku").values_list("sku", flat=True)
    return tuple(rows[:limit])


def owners_of(*, skus: Sequence[str]) -> dict[str, str]:
    """Return the handle of the product that owns each known SKU."""
    rows = Variant.objects.filter(sku__in=list(skus)).values_list("sku", "product__handle")
    return dict(rows)


_PRODUCT = f"""
SELECT p.id, p.public_id::text, p.handle, c.slug, p.brand, t.maker_place, t.title, t.description, t.language,
       t.provenance, p.pictures, coalesce(nullif(p.tile, ''), c.tile), t.attributes, t.option_name, c.names,
       p.tax_category
FROM catalogue_product p JOIN catalogue_category c ON c.id = p.category_id {_TEXT}
"""  # noqa: S608 constants only


def _views(where: str, params: dict[str, Any], language: str) -> dict[str, ProductView]:
    rows = db.fetch(f"{_PRODUCT} WHERE {where}", {"chain": list(lang.chain(language)), **params})
    if not rows:
        return {}
    variants: dict[int, list[VariantView]] = {}
    for product, sku, options, picture, *customs in db.fetch(
        "SELECT product_id, sku, options, picture, hs_code, origin, mass_g, length_mm, width_mm, height_mm,"
        " customs_description, assumed FROM catalogue_variant WHERE product_id = ANY(%s)"
        " ORDER BY product_id, position, id",
        [[row[0] for row in rows]],
    ):
        option = lang.pick(db.as_json(options), language)
        hs_code, origin, mass_g, length, width, height, words, assumed = customs
        variants.setdefault(product, []).append(
            VariantView(sku, option, picture, hs_code, origin, mass_g, (length, width, height), words, tuple(assumed))
        )
    views = {}
    for key, public_id, *fields, pictures, tile, attributes, option_name, names, tax_category in rows:
        views[public_id] = ProductView(
            public_id,
            *fields,
            pictures=tuple(pictures),
            tile=tile,
            attributes=dict(db.as_json(attributes)),
            variants=tuple(variants.get(key, ())),
            option_name=option_name,
            category_name=lang.pick(db.as_json(names), language),
            tax_category=tax_category,
        )
    return views


def product(*, handle: str = "", product_id: str = "", language: str = "en") -> ProductView:
    """Return a product by handle or public id (two statements); raise UnknownProduct when there is none."""
    if product_id:
        views = _views("p.public_id::text = %(key)s", {"key": product_id}, language)
    else:
        views = _views("p.handle = %(key)s", {"key": handle}, language)
    if not views:
        raise UnknownProduct(key=handle or product_id)
    return next(iter(views.values()))


def products(*, ids: Sequence[str], language: str = "en") -> dict[str, ProductView]:
    """Return products by public id (two statements, however many); unknown ids are not in the answer."""
    return _views("p.public_id = ANY(%(ids)s::uuid[])", {"ids": list(ids)}, language)


def product_ids(*, after: str = "", limit: int = 1000, category: str = "") -> tuple[str, ...]:
    """Return public ids of products in order of their making, after an id."""
    rows = db.fetch(
        "SELECT p.public_id::text FROM catalogue_product p JOIN catalogue_category c ON c.id = p.category_id"
        " WHERE p.public_id > %s::uuid AND (%s = '' OR c.slug = %s) ORDER BY p.public_id LIMIT %s",
        [after or "00000000-0000-0000-0000-000000000000", category, category, limit],
    )
    return tuple(row[0] for row in rows)


_FIND = """
SELECT p.public_id::text FROM catalogue_product p JOIN catalogue_category c ON c.id = p.category_id
WHERE (%(category)s = '' OR c.slug = %(category)s)
 AND (%(market)s = '' OR EXISTS (SELECT FROM catalogue_publication u WHERE u.product_id = p.id AND u.market = %(market)s))
 AND (NOT %(assumed)s OR EXISTS (SELECT FROM catalogue_variant v WHERE v.product_id = p.id AND v.assumed <> '{{}}'))
 AND (%(text)s = '' OR EXISTS (SELECT FROM catalogue_producttext t WHERE t.product_id = p.id AND strpos(lower(t.title), lower(%(text)s)) > 0)
      OR EXISTS (SELECT FROM catalogue_variant v WHERE v.product_id = p.id AND (v.sku ILIKE %(start)s OR v.hs_code LIKE %(digits)s)))
 AND (%(after)s::uuid IS NULL OR p.public_id {beyond} %(after)s::uuid)
ORDER BY p.public_id {way} LIMIT %(limit)s
"""


def find_products(
    *, text: str = "", category: str = "", market: str = "", assumed: bool = False, newest: bool = False,
    after: str = "", limit: int = 50,
) -> tuple[str, ...]:  # fmt: skip
    """Return the public ids of products in the order of their making (or the newest first), after an id.

    Args:
        text: part of a title in any language, the beginning of a SKU, or of an HS code (four digits at least).
        market: published there, by its code; `assumed`: only those with customs data that nobody has confirmed.
    """
    plain = text.replace("\\", "").replace("%", "").replace("_", "")
    digits = "".join(ch for ch in text if ch.isdigit())
    is_code = len(digits) >= 4 and not text.translate({ord(ch): None for ch in "0123456789 ."})
    way, beyond = ("DESC", "<") if newest else ("ASC", ">")
    rows = db.fetch(
        _FIND.format(way=way, beyond=beyond),
        {"category": category, "market": market, "assumed": assumed, "text": text, "start": f"{plain}%",
         "digits": f"{digits}%" if is_code else "-", "after": after or None, "limit": limit},
    )  # fmt: skip
    return tuple(row[0] for row in rows)


def categories(*, language: str = "en") -> tuple[CategoryInfo, ...]:
    """Return all shelves in order, parents before children, with the number of products on and below each."""
    counted = dict(db.fetch("SELECT category_id, count(*) FROM catalogue_product GROUP BY category_id"))
    rows = list(Category.objects.order_by("position", "slug"))
    by_id = {row.pk: row for row in rows}
    totals: dict[int, int] = {}
    depth: dict[int, int] = {}
    for row in rows:
        above: Category | None = row
        while above is not None:
            depth[row.pk] = depth.get(row.pk, 0) + 1
            totals[above.pk] = totals.get(above.pk, 0) + counted.get(row.pk, 0)
            above = by_id.get(above.parent_id) if above.parent_id else None
    return tuple(
        CategoryInfo(
            slug=row.slug,
            name=lang.pick(row.names, language) or row.slug,
            parent=by_id[row.parent_id].slug if row.parent_id else "",
            description=lang.pick(row.descriptions, language),
            tile=row.tile,
            products=totals.get(row.pk, 0),
        )
        for row in sorted(rows, key=lambda row: depth[row.pk])
    )


def published(*, market: str) -> tuple[str, ...]:
    """Return the public ids of the products that may be offered in a market."""
    rows = Publication.objects.filter(market=market).order_by("product_id").values_list("product__public_id", flat=True)
    return tuple(str(row) for row in rows)


def is_published(skus: Sequence[str], market: str) -> set[str]:
    """Return those of the SKUs that may be offered in the market (one statement)."""
    rows = db.fetch(
        "SELECT v.sku FROM catalogue_variant v JOIN catalogue_publication u ON u.product_id = v.product_id"
        " WHERE v.sku = ANY(%s) AND u.market = %s",
        [list(skus), market],
    )
    return {row[0] for row in rows}


def markets_of(*, product_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the market codes each product is published to."""
    rows = db.fetch(
        "SELECT p.public_id::text, array_agg(u.market::text ORDER BY u.market) FROM catalogue_publication u"
        " JOIN catalogue_product p ON p.id = u.product_id WHERE p.public_id = ANY(%s::uuid[]) GROUP BY 1",
        [list(product_ids)],
    )
    return {key: tuple(markets) for key, markets in rows}


def search_documents(*, product_ids: Sequence[str]) -> tuple[SearchText, ...]:
    """Return the words of each product in every language it has (one statement), for the search index."""
    rows = db.fetch(
        "SELECT p.public_id::text, t.language, t.title, t.description, p.brand, t.maker_place, c.slug, c.names,"
        " t.attributes, v.options, v.skus, v.barcodes FROM catalogue_product p"
        " JOIN catalogue_category c ON c.id = p.category_id JOIN catalogue_producttext t ON t.product_id = p.id"
        " JOIN LATERAL (SELECT array_agg(options ORDER BY position) AS options,"
        "  array_agg(sku::text ORDER BY position) AS skus, array_agg(barcode::text ORDER BY position) AS barcodes"
        "  FROM catalogue_variant WHERE product_id = p.id) v ON true"
        " WHERE p.public_id = ANY(%s::uuid[]) ORDER BY p.id, t.language",
        [list(product_ids)],
    )
    found = []
    for key, language, title, description, brand, place, slug, names, attributes, options, skus, barcodes in rows:
        told = tuple(dict.fromkeys(lang.pick(db.as_json(option), language) for option in options or ()))
        name = lang.pick(db.as_json(names), language)
        words = dict(db.as_json(attributes))
        codes = tuple(code for code in barcodes or () if code)
        found.append(
            SearchText(
                key, language, title, description, brand, place, slug, name, words, told, tuple(skus or ()), codes
            )
        )
    return tuple(found)


def label(*, product_id: str, market: str, language: str) -> tuple[LabelRow, ...]:
    """Return the lines a product's label bears in a market, in a language (else English), as `engine.labels.lines` says."""
    rows = db.fetch(
        "SELECT l.kind, l.market, l.language, l.words, l.source FROM catalogue_labelline l"
        " JOIN catalogue_product p ON p.id = l.product_id WHERE p.public_id::text = %s AND l.market IN ('', %s)"
        " ORDER BY l.kind, l.market, l.language, l.position",
        [product_id, market],
    )
    return labels.lines([LabelRow(*row) for row in rows], market=market, language=language)


def text_states(*, product_id: str) -> tuple[TextState, ...]:
    """Return in which languages a product has words, where they come from and who has read them, by language."""
    rows = db.fetch(
        "SELECT t.language, t.title, t.provenance, t.reviewed, t.reviewed_by, t.reviewed_at FROM catalogue_producttext t"
        " JOIN catalogue_product p ON p.id = t.product_id WHERE p.public_id::text = %s ORDER BY t.language",
        [product_id],
    )
    return tuple(TextState(*row) for row in rows)


_TEXTS = f"""
SELECT t.language, t.title, t.description, t.maker_place, t.option_name, t.attributes, t.provenance, t.written_by,
       t.reviewed, t.reviewed_by, t.reviewed_at, {TEXT_MARK}
FROM catalogue_producttext t JOIN catalogue_product p ON p.id = t.product_id WHERE p.public_id::text = %s
"""  # noqa: S608 constants only


def texts(*, product_id: str) -> dict[str, TextView]:
    """Return the words of a product by language, as its editor reads them (one statement)."""
    views = {}
    for language, title, description, place, option, attributes, *rest in db.fetch(_TEXTS, [product_id]):
        named = dict(db.as_json(attributes))
        views[language] = TextView(language, title, description, place, option, named, *rest)
    return views


def label_rows(*, product_id: str, market: str, language: str) -> tuple[LabelRow, ...]:
    """Return the lines written for exactly this market ("" is every market) and language: what an editor changes."""
    rows = db.fetch(
        "SELECT l.kind, l.market, l.language, l.words, l.source FROM catalogue_labelline l"
        " JOIN catalogue_product p ON p.id = l.product_id WHERE p.public_id::text = %s AND l.market = %s"
        " AND l.language = %s ORDER BY l.kind, l.position",
        [product_id, market, lang.tag(language)],
    )
    return tuple(LabelRow(*row) for row in rows)


def coverage(*, languages: Sequence[str]) -> tuple[Coverage, ...]:
    """Return, for each market and language, how many published products have words and how many are read (one statement)."""
    rows = db.fetch(
        "SELECT u.market, w, count(*), count(t.id), count(t.id) FILTER (WHERE t.reviewed) FROM catalogue_publication u"
        " CROSS JOIN unnest(%s::text[]) AS w LEFT JOIN catalogue_producttext t ON t.product_id = u.product_id"
        " AND t.language = w GROUP BY 1, 2 ORDER BY 1, 2",
        [[lang.tag(language) for language in languages]],
    )
    return tuple(Coverage(*row) for row in rows)


_GAPS = """
SELECT p.public_id::text, p.handle, coalesce(en.title, p.handle), c.slug,
       ARRAY(SELECT w FROM unnest(%(languages)s::text[]) w WHERE NOT EXISTS
             (SELECT FROM catalogue_producttext t WHERE t.product_id = p.id AND t.language = w)),
       ARRAY(SELECT t.language::text FROM catalogue_producttext t WHERE t.product_id = p.id AND NOT t.reviewed
             AND t.language = ANY(%(languages)s::text[]) ORDER BY t.language),
       cardinality(p.pictures), v.bare, v.assumed,
       ARRAY(SELECT k FROM unnest(%(labels)s::text[]) k WHERE NOT EXISTS
             (SELECT FROM catalogue_labelline l WHERE l.product_id = p.id AND l.kind = k
              AND l.market IN ('', %(market)s) AND l.language = (%(languages)s::text[])[1]))
FROM catalogue_product p JOIN catalogue_category c ON c.id = p.category_id
LEFT JOIN catalogue_producttext en ON en.product_id = p.id AND en.language = 'en'
CROSS JOIN LATERAL (SELECT
    coalesce(array_agg(sku::text ORDER BY position) FILTER (WHERE picture = '' AND p.pictures = '{}'), '{}') AS bare,
    ARRAY(SELECT DISTINCT a::text FROM catalogue_variant x, unnest(x.assumed) a WHERE x.product_id = p.id ORDER BY 1)
        AS assumed
    FROM catalogue_variant WHERE product_id = p.id) v
WHERE p.handle > %(after)s AND (%(product)s = '' OR p.public_id::text = %(product)s) AND (%(category)s = '' OR c.slug = %(category)s) ORDER BY p.handle
"""


def gaps(
    *,
    languages: Sequence[str],
    market: str = "",
    category: str = "",
    after: str = "",
    product_id: str = "",
    limit: int = 100,
) -> tuple[ProductGaps, ...]:
    """Return what each product lacks, by handle after `after`: texts, reviews, pictures, customs and label data.

    A product that lacks nothing is listed too, with 100 per cent. The label is asked for in the first of the languages,
    general or of `market` (a code). One statement.
    """
    tags = [lang.tag(language) for language in languages] or ["en"]
    rows = db.fetch(
        _GAPS + " LIMIT %(limit)s",
        {
            "languages": tags,
            "labels": list(LABEL_NEEDED),
            "market": market,
            "category": category,
            "after": after,
            "product": product_id,
            "limit": limit,
        },
    )
    asked = 2 * len(tags) + 1 + len(CUSTOMS_FIELDS) + len(LABEL_NEEDED)
    found = []
    for key, handle, title, slug, absent, unread, pictures, bare, assumed, unlabelled in rows:
        # An absent text is unread too: it lacks both.
        missing = 2 * len(absent) + len(unread) + bool(bare) + len(assumed) + len(unlabelled)
        found.append(
            ProductGaps(
                key, handle, title, slug, tuple(absent), tuple(unread), pictures or 0, tuple(bare), tuple(assumed),
                tuple(unlabelled), labels.percent(asked=asked, missing=missing),
            )
        )  # fmt: skip
    return tuple(found)


@cache
def country_codes() -> Mapping[str, str]:
    """Return ISO 3166-1 code, or lower-case English name, → code; from refdata/countries.csv."""
    path = resources.files("entrepot.domains.catalogue").joinpath("refdata", "countries.csv")
    known: dict[str, str] = {}
    for row in csv.DictReader(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")):
        known[row["code"]] = row["code"]
        for name in (row["name"], *row["also"].split("|")):
            if name:
                known[name.lower()] = row["code"]
    return MappingProxyType(known)


def file_imports(*, states: Sequence[str] = (), newest: bool = True, limit: int = 50) -> tuple[FileImportView, ...]:
    """Return files that were sent to be brought in, the newest first (or the oldest, for who works them off)."""
    rows = FileImport.objects.filter(state__in=states) if states else FileImport.objects.all()
    return tuple(_file_import(row) for row in rows.order_by("-id" if newest else "id")[:limit])


def file_import(*, import_id: str) -> FileImportView:
    """Return a file that was sent; raise NotFound."""
    row = FileImport.objects.filter(public_id=import_id).first()
    if row is None:
        raise NotFound(kind="import", key=import_id)
    return _file_import(row)


def _file_import(row: FileImport) -> FileImportView:
    chosen = msgspec.convert(row.settings, ImportSettingsView)
    return FileImportView(
        str(row.public_id), row.name, row.document, chosen, row.state, row.report, row.errors, row.fault, row.sent_by,
        row.sent_at,
    )  # fmt: skip
