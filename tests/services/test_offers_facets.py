"""The numbers beside a shelf's filters are those of a plain count over the same goods, and pages follow each other."""

import datetime as dt
import random
import uuid
from collections import Counter

import pytest

from entrepot.domains.offers import queries as offers
from entrepot.domains.offers import services
from entrepot.domains.offers.types import Filters, OfferDraft, ProductDraft, WordsDraft
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 27)


def goods(count: int = 70) -> tuple[list[ProductDraft], dict[str, OfferDraft], dict[str, dict[str, str]]]:
    """Put a shelf of goods on sale; return products, their offers, and their colour by language."""
    chance = random.Random(4)  # the same goods each time
    products, drafts, colours = [], {}, {}
    for number in range(count):
        key = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        brand = chance.choice(("Harbour", "Quay", ""))
        products.append(ProductDraft(key, f"p-{number}", f"home/{chance.choice('ab')}/", brand, "", "stone", 1))
        days = chance.randrange(12)
        drafts[key] = OfferDraft(
            "DE", f"SKU-{number}", key, chance.randrange(500, 9000), 0, 0, 0, 0, "EUR",
            chance.choice(("in_stock", "few", "sold_out")), chance.choice(("CN", "NL")), DAY, DAY + dt.timedelta(days),
            500, DAY, good_until=dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
        )  # fmt: skip
        spoken = chance.choice((("de", "en"), ("en",), ("ja",)))
        colours[key] = {language: f"{language} {chance.choice(('red', 'blue'))}" for language in spoken}
    words = [
        WordsDraft(key, language, f"title {key}", "", (("Colour", colour),), (), (), ())
        for key, told in colours.items()
        for language, colour in told.items()
    ]
    with db.transaction():
        services.replace_offers(
            actor=SYSTEM, market="DE", products=products, drafts={key: [draft] for key, draft in drafts.items()}
        )
        services.replace_words(actor=SYSTEM, words=words)
    offers.facet_memo.forget()
    return products, drafts, colours


def kept(draft: OfferDraft, brand: str, filters: Filters, besides: str = "") -> bool:
    """Say whether a product passes the filters; `besides` names the one that is not asked."""
    return all(
        (
            besides == "brand" or not filters.brands or brand in filters.brands,
            besides == "from" or not filters.ships_from or draft.ships_from in filters.ships_from,
            filters.price_to is None or draft.price_minor <= filters.price_to,
            not filters.in_stock or draft.band != "sold_out",
        )
    )


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(price_to=4000),
        Filters(ships_from=("NL",), in_stock=True),
        Filters(brands=("Quay",), price_to=6000),
    ],
)
@pytest.mark.parametrize("path", ["", "home/a/"])
def test_facets_are_those_of_a_plain_count(filters: Filters, path: str) -> None:
    products, drafts, colours = goods()
    found = offers.listing(market="DE", language="de", category=path, filters=filters, arrival_days=[DAY])
    here = [(p, drafts[p.product_id]) for p in products if p.shelf_path.startswith(path)]
    passed = [(p, d) for p, d in here if kept(d, p.brand, filters)]
    assert found.total == len(passed)
    told = {(facet.kind, facet.value): facet.count for facet in found.facets if facet.count}
    wanted: Counter[tuple[str, str]] = Counter()
    wanted.update(("from", d.ships_from) for p, d in here if kept(d, p.brand, filters, "from"))
    wanted.update(("brand", p.brand) for p, d in here if p.brand and kept(d, p.brand, filters, "brand"))
    wanted.update(("arrives", str(DAY)) for p, d in passed if d.arrives_last <= DAY and d.band != "sold_out")
    for product, _ in passed:
        spoken = colours[product.product_id]
        wanted["Colour", spoken.get("de") or spoken.get("en") or spoken["ja"]] += 1
    assert told == wanted


@pytest.mark.parametrize("sort", ["price", "price_down", "new", "arrives"])
def test_pages_follow_each_other(sort: str) -> None:
    _, drafts, _ = goods()
    pages = [offers.listing(market="DE", language="de", sort=sort, page=number).cards for number in (1, 2, 3)]
    cards = [card for page in pages for card in page]
    assert sorted(card.product_id for card in cards) == sorted(drafts)
    sold_out = [card.band == "sold_out" for card in cards]
    assert sold_out == sorted(sold_out)
    if sort.startswith("price"):
        prices = [card.price_minor for card in cards if card.band != "sold_out"]
        assert prices == sorted(prices, reverse=sort == "price_down")
