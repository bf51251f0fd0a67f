"""Builders of what many tests stand on. Each area adds its own builders beside its tests; only what all share is here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.catalogue.types import CategoryDraft, ProductDraft, TextDraft, VariantDraft
from entrepot.domains.checkout.types import CartLine
from entrepot.domains.checkout.types import buyer as checkout_buyer
from entrepot.domains.customs import services as customs
from entrepot.domains.inventory import services as inventory
from entrepot.domains.logistics import services as logistics
from entrepot.domains.markets import queries as market_queries
from entrepot.domains.markets import services as markets
from entrepot.domains.organisation import queries, services
from entrepot.domains.organisation.types import StoreInfo
from entrepot.domains.parties.types import AddressData
from entrepot.domains.payments import queries as payment_queries
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import ProviderState
from entrepot.domains.pricing import services as pricing
from entrepot.domains.tax import services as tax
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.flows.sell.expire_orders import expire_orders
from entrepot.flows.sell.place_order import Placed, place_order
from entrepot.flows.settle.open_books import open_books
from entrepot.infra import db, events
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.quote import FrozenQuote


def demo_store(*, code: str = "main") -> StoreInfo:
    """Set up the demo's entity and one store, and return the store; calling it again returns the same."""
    with db.transaction():
        services.set_up_entity(
            actor=SYSTEM,
            code="lingang",
            name="Lingang Trading (Shenzhen) Co., Ltd.",
            local_name="深圳临港贸易有限公司",
            country="CN",
            book_currency="CNY",
            time_zone="Asia/Shanghai",
            tax_ids={"ioss": "IM1560000000", "eori": "DE000000000000000"},
            address={"line1": "18 Nanhai Avenue", "city": "Shenzhen", "region": "Guangdong", "postcode": "518067"},
        )
        services.set_up_store(
            actor=SYSTEM, code=code, entity_code="lingang", name="Entrepôt demo store", base_currency="USD"
        )
    return queries.store(code=code)


# ---- a whole small shop: three markets, two warehouses, three articles, law, lanes, prices, rates


DAY = dt.date(2026, 11, 25)
START = dt.date(2026, 1, 1)
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)

# sku: (handle, HS code, grams, millimetres, price in USD, stock in SZX, stock in RTM)
ARTICLES = {
    "LAMP-OAK": ("desk-lamp", "940521", 900, (300, 120, 120), "39.00", 100, 40),
    "SPK-MINI": ("speaker", "851821", 450, (120, 120, 120), "29.50", 100, 0),
    "TEA-CUP": ("tea-cup", "691110", 250, (90, 90, 90), "12.25", 100, 100),
}


def seed_shop(*, stock: Mapping[str, tuple[int, int]] | None = None) -> StoreInfo:
    """Set up a whole small shop for tests and benches, ready to sell; calling it again changes nothing.

    `stock` gives sku → (units in SZX, units in RTM) instead of what ARTICLES says.
    """
    store = demo_store()
    open_books()
    with db.transaction():
        _seed_law_and_places(store)
        _seed_articles(store, {sku: row[5:7] for sku, row in ARTICLES.items()} | dict(stock or {}))
    forget_all()
    return store


def _seed_law_and_places(store: StoreInfo) -> None:
    told = market_queries.demo_data()
    for position, row in enumerate(told["markets"]):
        markets.set_up_market(actor=SYSTEM, position=position, **row)
    fx = told["fx"]
    markets.set_up_fx_source(
        actor=SYSTEM, code=fx["source"], base=fx["base"], age_limit_days=fx["age_limit_days"], priority=fx["priority"]
    )
    rates = [(fx["date"], currency, Decimal(rate)) for currency, rate in fx["rates"].items()]
    markets.load_fx_rates(actor=SYSTEM, source=fx["source"], base=fx["base"], rows=rates)
    entity = store.entity.id
    for scheme, jurisdiction in (("ioss", "EU"), ("oss", "EU"), ("vat", "DE"), ("vat", "SA"), ("vat", "NL")):
        tax.register(
            actor=SYSTEM,
            entity_id=entity,
            scheme=scheme,
            jurisdiction=jurisdiction,
            number=f"DEMO-{scheme}-{jurisdiction}".upper(),
            from_date=START,
        )
    for territory, ppm in (("EU", 30_000), ("US", 40_000), ("SA", 50_000)):
        customs.set_merchant_duty(actor=SYSTEM, territory=territory, rate_ppm=ppm, from_date=START)
    for code, kind, country, city, zone in (
        ("SZX", "domestic", "CN", "Shenzhen", "Asia/Shanghai"),
        ("RTM", "overseas", "NL", "Rotterdam", "Europe/Amsterdam"),
    ):
        inventory.set_up_warehouse(
            actor=SYSTEM,
            code=code,
            entity_id=entity,
            name=f"{city} warehouse",
            kind=kind,
            country=country,
            city=city,
            time_zone=zone,
            cutoff="15:00",
            address={"street_address": "1 Dock Road", "city": city, "country_code": country, "postal_code": "1000"},
        )
    logistics.set_up_lanes(actor=SYSTEM)
    logistics.set_up_number_ranges(actor=SYSTEM)


def _seed_articles(store: StoreInfo, stock: Mapping[str, tuple[int, int]]) -> None:
    catalogue.upsert_categories(actor=SYSTEM, drafts=[CategoryDraft(slug="things", names={"en": "Things"})])
    drafts = [
        ProductDraft(
            handle=handle,
            category="things",
            texts={"en": TextDraft(title=handle.replace("-", " ").capitalize())},
            variants=(
                VariantDraft(
                    sku=sku,
                    options={},
                    hs_code=hs,
                    origin="CN",
                    mass_g=mass,
                    length_mm=size[0],
                    width_mm=size[1],
                    height_mm=size[2],
                    customs_description=handle.replace("-", " "),
                ),
            ),
        )
        for sku, (handle, hs, mass, size, *_) in ARTICLES.items()
    ]
    ids = list(catalogue.upsert_products(actor=SYSTEM, drafts=drafts).ids.values())
    for market in market_queries.markets():
        catalogue.publish_products(actor=SYSTEM, product_ids=ids, market=market.code)
    pricing.set_up_price_list(actor=SYSTEM, code="base", store_code=store.code, currency="USD", base=True)
    prices = [(sku, Decimal(row[4])) for sku, row in ARTICLES.items()]
    pricing.set_prices(actor=SYSTEM, price_list="base", rows=prices, from_date=START)
    inventory.receive_stocks(
        actor=SYSTEM,
        rows=[(w, sku, n) for sku, both in stock.items() for w, n in zip(("SZX", "RTM"), both, strict=True) if n],
        reference="seed",
    )


# ---- orders at any stage

ADDRESSES = {
    "DE": AddressData("Jonas Weber", "Lornsenstraße 12", "Hamburg", "DE", postal_code="22767"),
    "US": AddressData("Ada King", "500 Howard Street", "San Francisco", "US", postal_code="94105", country_area="CA"),
    "SA": AddressData("Noura Al-Harbi", "King Fahd Road 7", "Riyadh", "SA", postal_code="12211"),
}


def a_quote(
    lines: Mapping[str, int] | None = None, *, market: str = "DE", at: dt.datetime = AT, **more: Any
) -> FrozenQuote:
    """Freeze a quote for some articles (by default one lamp) to the builders' address in a market."""
    address = ADDRESSES[market]
    return quote_cart(
        actor=SYSTEM,
        market=market,
        at=at,
        lines=[CartLine(sku, quantity) for sku, quantity in (lines or {"LAMP-OAK": 1}).items()],
        country=address.country_code,
        region=address.country_area,
        postcode=address.postal_code,
        freeze=True,
        **more,
    )


def a_placed_order(
    lines: Mapping[str, int] | None = None,
    *,
    market: str = "DE",
    at: dt.datetime = AT,
    method: str = "card",
    email: str = "",
    quote: FrozenQuote | None = None,
    credit_code: str = "",
) -> Placed:
    """Place an order; each has an e-mail address of its own unless one is given. No provider is called."""
    quote = quote or a_quote(lines, market=market, at=at)
    return place_order(
        actor=checkout_buyer(quote.id),
        quote_id=quote.id,
        email=email or f"buyer-{quote.id}@example.com",
        name=ADDRESSES[market].name,
        address=ADDRESSES[market],
        method=method,
        locale="en",
        at=at,
        credit_code=credit_code,
    )


def money_comes(order_id: str, *, attempt_id: str = "", at: dt.datetime = AT, amount_minor: int | None = None) -> None:
    """Let the provider say that an order's attempt (by default its last) was captured, and deliver what follows."""
    tries = payment_queries.attempts(order_id=order_id)
    attempt = next((a for a in tries if a.id == attempt_id), tries[-1])
    state = ProviderState(
        reference=f"ref-{attempt.id}",
        status="captured",
        amount_minor=attempt.amount_minor if amount_minor is None else amount_minor,
        currency=attempt.currency,
        attempt_id=attempt.id,
    )
    with db.transaction():
        apply_answer(attempt.id, state, at)
    deliver_all()


def let_lapse(at: dt.datetime) -> int:
    """Let the timers run that end unpaid orders, as if no provider had more to say; return how many orders expired."""
    with db.transaction():
        lapsed = [attempt.id for attempt in payment_queries.lapsed_attempts(at=at)]
        payments.expire_attempts(actor=SYSTEM, attempt_ids=lapsed, at=at)
    return expire_orders(at)


def a_confirmed_order(lines: Mapping[str, int] | None = None, **how: Any) -> Placed:
    """Place an order and let its money come; shipments are opened, the sale is posted, mails are queued."""
    placed = a_placed_order(lines, **how)
    deliver_all()
    money_comes(placed.order_id, at=how.get("at", AT))
    return placed


def deliver_all(limit: int = 500) -> None:
    """Deliver every event that is due; fail on one whose subscriber fails."""
    for _ in range(limit):
        if not events.deliver_batch():
            break
    broken = events.dead_letters(held_only=False)
    assert not broken, [(letter.subscriber, letter.error) for letter in broken]
