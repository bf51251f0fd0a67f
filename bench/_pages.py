"""Pages under load: the demo's offers copied until there are as many as asked for, then one web process and the empty view beside it.

*warm* asks for one address again and again; *uncached* for a different one each time (shelf, order, page, filter), so that the
short memory of facets helps little. `hello` is an empty view behind the same middleware in the same process.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Iterator, Sequence

from bench._frame import Result, shop
from bench._load import http
from entrepot.domains.offers import queries as offers
from entrepot.infra import db

PEER = "hello"
_WORDS = "harbour quay lantern copper linen walnut basalt indigo juniper saffron cobalt amber willow granite".split()  # noqa: SIM905

_COPY_ROWS = """
INSERT INTO offers_offerrow (market, product_id, handle, shelf_path, brand, picture, tile, sku, price_minor, from_price,
  currency, band, units_left, ships_from, arrives_first, arrives_last, hidden_because)
SELECT o.market, md5(o.product_id::text || n)::uuid, o.handle || '-' || n, o.shelf_path, o.brand || ' ' || n %% 40, o.picture, o.tile,
  o.sku || '-' || n, o.price_minor + (n * 37) %% 5000, o.from_price, o.currency, o.band, o.units_left, o.ships_from,
  o.arrives_first + n %% 9, o.arrives_last + n %% 9, ''
FROM offers_offerrow o, generate_series(1, %s) n WHERE o.handle !~ '-[0-9]+$' OR o.handle IN (SELECT handle FROM catalogue_product)
ON CONFLICT DO NOTHING
"""
_COPY_WORDS = """
INSERT INTO offers_offerwords (product_id, language, title, place, facets)
SELECT md5(w.product_id::text || n)::uuid, w.language, w.title || ' ' || n, w.place, w.facets
FROM offers_offerwords w, generate_series(1, %s) n
WHERE w.product_id IN (SELECT public_id FROM catalogue_product) ON CONFLICT DO NOTHING
"""
_COPY_SEARCH = """
INSERT INTO offers_searchrow (product_id, words)
SELECT md5(s.product_id::text || n)::uuid, s.words || array_to_tsvector(ARRAY[(%s::text[])[1 + n %% %s], 'no' || n])
FROM offers_searchrow s, generate_series(1, %s) n
WHERE s.product_id IN (SELECT public_id FROM catalogue_product) ON CONFLICT DO NOTHING
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that all benches of pages share."""
    parser.add_argument(
        "--offers", type=int, nargs="+", default=[48, 60_000], help="offers in the shop, over all markets"
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="of load per figure")
    parser.add_argument("--clients", type=int, default=8)


def scale(wanted: int) -> int:
    """Copy the demo's offers until there are about `wanted` of them; return how many there are."""
    with db.transaction():
        db.execute("DELETE FROM offers_offerrow WHERE product_id NOT IN (SELECT public_id FROM catalogue_product)")
        db.execute("DELETE FROM offers_offerwords WHERE product_id NOT IN (SELECT public_id FROM catalogue_product)")
        db.execute("DELETE FROM offers_searchrow WHERE product_id NOT IN (SELECT public_id FROM catalogue_product)")
        (there,) = db.fetch("SELECT count(*) FROM offers_offerrow")[0]
        copies = max(0, round(wanted / there) - 1)
        if copies:
            db.execute(_COPY_ROWS, [copies])
            db.execute(_COPY_WORDS, [copies])
            db.execute(_COPY_SEARCH, [_WORDS, len(_WORDS), copies])
    db.execute("VACUUM ANALYZE offers_offerrow, offers_offerwords, offers_searchrow")
    offers.facet_memo.forget()
    return db.fetch("SELECT count(*) FROM offers_offerrow")[0][0]


def handles() -> list[str]:
    """Return the handles of the demo's products."""
    return [row[0] for row in db.fetch("SELECT handle FROM catalogue_product ORDER BY handle")]


def shelves() -> list[str]:
    """Return the slugs of the shelves."""
    return [row[0] for row in db.fetch("SELECT slug FROM catalogue_category ORDER BY slug")]


def words() -> Sequence[str]:
    """Return words that the copies are found by."""
    return _WORDS


def shuffled(seed: int, *parts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield every combination of parts, in an order that looks like chance and is always the same."""
    every = list(itertools.product(*parts))
    random.Random(seed).shuffle(every)
    return itertools.cycle(every)


def measure(args: argparse.Namespace, warm: Sequence[str], uncached: Iterator[str]) -> Result:
    """Load the pages at every size and the empty view once per size; a failed answer stops the bench."""
    figures: dict[str, float] = {}
    hello: dict[str, float] = {}
    notes = []
    for wanted in args.offers:
        there = scale(wanted)
        with shop(workers=1, threads=2, sandbox=False, worker=False, first="/__hello") as running:
            sides = {
                "warm": list(warm),
                "uncached": list(itertools.islice(uncached, 3000)),
            }
            for side, paths in sides.items():
                http(running.address, paths[:5], clients=2, seconds=0.5)
                empty = http(running.address, ["/__hello"], clients=args.clients, seconds=args.seconds / 2)
                got = http(running.address, paths, clients=args.clients, seconds=args.seconds)
                bad = {status: n for status, n in got.statuses.items() if status != 200}
                if bad:
                    raise SystemExit(f"bench: answers other than 200: {bad}")
                figures[f"req_per_s.{there}.{side}"] = round(got.per_second, 1)
                hello[f"req_per_s.{there}.{side}"] = round(empty.per_second, 1)
                share = got.per_second / empty.per_second
                middle, tail = got.latencies[len(got.latencies) // 2], got.latencies[int(len(got.latencies) * 0.95)]
                notes.append(
                    f"{there} offers, {side}: {share:.3f} of hello; {middle:.1f} ms in the middle, {tail:.1f} ms at 95 %; {got.body_bytes:,} bytes"
                )
    return {"figures": figures, "peers": {PEER: hello}, "units": {"req_per_s": "1/s"}, "notes": notes}
