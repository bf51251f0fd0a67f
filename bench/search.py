"""Search: pages per second, and with `--judgements DIR` how good the order of the answers is (NDCG at 10)."""

from __future__ import annotations

import argparse
import collections
import csv
import datetime as dt
import gzip
import json
import math
import time
import uuid
from pathlib import Path
from typing import Any

from bench import _pages
from bench._frame import Result
from entrepot.domains.catalogue.types import SearchText
from entrepot.domains.offers import queries, services
from entrepot.domains.offers.types import OfferDraft, ProductDraft
from entrepot.flows.price.draft_offer import words_of
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM

HELP = "search pages per second, and NDCG at 10 on rated queries"
_MARKET = "DE"
_DAY = dt.date(2026, 12, 1)
_BATCH = 1000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _pages.arguments(parser)
    parser.add_argument("--judgements", type=Path, help="folder with products.jsonl.gz, queries.csv and ratings.csv")


def run(args: argparse.Namespace) -> Result:
    """Measure the pages, then the order of answers."""
    languages = ["de-de", "en-de", "en-us", "ar-sa"]
    asked = [
        "lamp",
        "teekanne",
        "lampe leder",
        "camera",
        "steel flask",
        "مصباح",
        "linen",
        "headphones",
        *_pages.words(),
    ]
    pages = _pages.shuffled(7, languages, asked, ["", "&sort=price", "&page=2", "&price_to=80", "&stock=1"])
    result = _pages.measure(
        args, ["/de-de/search?q=lampe"], (f"/{locale}/search?q={_quoted(word)}{more}" for locale, word, more in pages)
    )
    if args.judgements:
        score, notes = judge(args.judgements)
        result["figures"]["ndcg_at_10"] = score
        result["units"]["ndcg_at_10"] = ""
        result["notes"] += notes
    return result


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def judge(folder: Path) -> tuple[float, list[str]]:
    """Index the rated products and return the mean NDCG at 10 over the rated queries, with what was measured beside it."""
    began = time.perf_counter()
    ids = _index(folder / "products.jsonl.gz")
    indexed = time.perf_counter() - began
    ratings: dict[str, dict[str, int]] = collections.defaultdict(dict)
    with (folder / "ratings.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["docid"] in ids:
                ratings[row["query"]][ids[row["docid"]]] = int(row["rating"])
    scores, times = [], []
    for query, rated in ratings.items():
        queries.facet_memo.forget()
        began = time.perf_counter()
        found = queries.listing(market=_MARKET, language="en", text=query, sort="relevance", size=10)
        times.append((time.perf_counter() - began) * 1000)
        scores.append(
            _ndcg([rated.get(card.product_id, 0) for card in found.cards], sorted(rated.values(), reverse=True))
        )
    times.sort()
    return round(sum(scores) / len(scores), 4), [
        f"{len(ids):,} products indexed in {indexed:.1f} s; {len(scores)} queries, {times[len(times) // 2]:.1f} ms in the middle",
        "unrated products count as 0",
    ]


def _ndcg(gains: list[int], ideal: list[int], depth: int = 10) -> float:
    """Return the discounted gain of an order over that of the best order."""

    def discounted(values: list[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values[:depth]))

    best = discounted(ideal)
    return discounted(gains) / best if best else 0.0


def _index(path: Path) -> dict[str, str]:
    """Put the rated products alone on the shelves of one market; return their ids by the data's own."""
    with db.transaction():
        for table in ("offers_offerrow", "offers_variantoffer", "offers_offerwords", "offers_searchrow"):
            db.execute(f"DELETE FROM {table}")
    ids: dict[str, str] = {}
    batch: list[dict[str, Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            batch.append(json.loads(line))
            if len(batch) == _BATCH:
                _put(batch, ids)
                batch = []
    _put(batch, ids)
    db.execute("ANALYZE offers_offerrow, offers_offerwords, offers_searchrow")
    return ids


def _put(batch: list[dict[str, Any]], ids: dict[str, str]) -> None:
    texts, products, drafts = [], [], {}
    for row in batch:
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, row["id"]))
        ids[row["id"]] = key
        attributes = {
            k.partition("_")[2][2:]: str(v) for k, v in row.items() if k.startswith("attr_") and not isinstance(v, bool)
        }
        kind = attributes.get("product_type", "")
        texts.append(
            SearchText(
                key, "en", row["title"][:300], row.get("short_description") or "", row.get("supplier") or "", "", "rated", kind,
                attributes, (), (row.get("name") or "",), tuple(row.get("ean") or ()),
            )
        )  # fmt: skip
        products.append(ProductDraft(key, f"rated-{row['id']}", "rated/", row.get("supplier") or "", "", "stone", 1))
        drafts[key] = [
            OfferDraft(
                _MARKET, row["id"], key, 100, 100, 0, 0, 0, "EUR", "in_stock", "NL", _DAY, _DAY, 0, _DAY, "RTM", "standard",
                good_until=dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
            )
        ]  # fmt: skip
    with db.transaction():
        services.replace_offers(actor=SYSTEM, market=_MARKET, products=products, drafts=drafts)
        services.replace_words(actor=SYSTEM, words=[words_of(text) for text in texts])
