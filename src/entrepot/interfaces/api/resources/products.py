"""Products whole, with their customs data: read, added and changed by the rules of an import, published, priced."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct, RawText, RawVariant
from entrepot.domains.catalogue.errors import UnknownProduct
from entrepot.domains.catalogue.types import ProductView
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services as prices
from entrepot.flows.bring_in.import_catalogue import ImportSettings, import_products
from entrepot.flows.bring_in.import_catalogue_files import load_defaults
from entrepot.infra import db
from entrepot.interfaces.api import pages
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.shapes import goods
from entrepot.interfaces.api.shapes.common import Code, Cursor, Language, Limit, Page, PublicId, Text, Word
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput, NotFound

router = Router()
READ, WRITE, PUBLISH = "api.read_products", "catalogue.import", "catalogue.publish"


@operation(router, "GET", "/products", READ, answer=Page[goods.Product])
def list_products(
    request: HttpRequest,
    handle: Text = "",
    category: Word = "",
    language: Language = "en",
    cursor: Cursor | None = None,
    limit: Limit = pages.DEFAULT,
) -> Page[goods.Product]:
    """List whole products, the oldest first; `handle` finds one, `category` (a slug) those of a shelf."""
    if handle:
        return Page[goods.Product](items=_whole([catalogue.product(handle=handle, language=language)]))
    of = pages.of("products", category, language)
    ids = catalogue.product_ids(after=pages.read(of, cursor), category=category, limit=limit + 1)
    views = catalogue.products(ids=ids[:limit], language=language)
    more = pages.write(of, ids[limit - 1]) if len(ids) > limit else None
    return Page[goods.Product](items=_whole([views[key] for key in ids[:limit] if key in views]), next_cursor=more)


@operation(router, "GET", "/products/{product_id}", READ, answer=goods.Product)
def get_product(request: HttpRequest, product_id: PublicId, language: Language = "en") -> goods.Product:
    """Show a whole product."""
    return _whole([catalogue.product(product_id=str(product_id), language=language)])[0]


@operation(router, "POST", "/products", WRITE, answer=goods.ProductsDone)
def upsert_products(request: HttpRequest, body: goods.ProductsIn) -> goods.ProductsDone:
    """Add or change up to 100 products by the rules of a file's import: good ones go in whole, bad ones are named.

    Prices need the scope `pricing.set_prices`, opening stock `inventory.receive`, publishing `catalogue.publish`.
    """
    refused: list[Problem] = []
    report = import_products(
        actor=_importer(request.caller.actor, body),
        found=[_raw(number, product) for number, product in enumerate(body.products)],
        settings=ImportSettings(
            form="ours",
            defaults=load_defaults(),
            store=organisation.store(code=request.caller.key.store_code),
            currency=body.currency,
            warehouse=body.warehouse,
            on=request.caller.at.date(),
            markets=tuple(markets.open_market(code=code).code for code in body.markets),
            language=body.language,
            preview=body.preview,
        ),
        refuse=refused.append,
    )
    return goods.ProductsDone(
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        refused=[_refusal(problem, body.products) for problem in refused],
        assumed=report.assumed,
        prices_changed=report.prices_changed,
        stock_received=report.stock_received,
        published=report.published,
    )


def _importer(actor: Actor, body: goods.ProductsIn) -> Actor:
    """Return who imports: the key, which may store the pictures drawn; without markets, publishing publishes nothing."""
    own = {"documents.store"} if body.markets else {"documents.store", PUBLISH}
    return Actor(actor.kind, actor.id, actor.permissions | own)


def _raw(number: int, product: goods.ProductIn) -> RawProduct:
    return RawProduct(
        row=number,
        handle=product.handle,
        text=RawText(
            product.title, product.description, product.maker_place, product.option_name, dict(product.attributes)
        ),
        variants=[_raw_variant(number, variant) for variant in product.variants],
        category=product.category,
        brand=product.brand,
        tax_category=product.tax_category,
        others={
            language: RawText(t.title, t.description, t.maker_place, t.option_name, dict(t.attributes))
            for language, t in product.translations.items()
        },
        pictures=tuple(product.pictures),
    )


def _raw_variant(number: int, variant: goods.VariantIn) -> RawVariant:
    return RawVariant(
        row=number,
        sku=variant.sku,
        option=variant.option,
        barcode=variant.barcode,
        price=variant.price or "",
        stock=str(variant.stock or ""),
        hs_code=variant.hs_code,
        origin=variant.origin,
        mass_g=str(variant.mass_g or ""),
        length_mm=str(variant.length_mm or ""),
        width_mm=str(variant.width_mm or ""),
        height_mm=str(variant.height_mm or ""),
        customs_description=variant.customs_description,
        picture=variant.picture,
    )


def _refusal(problem: Problem, products: list[goods.ProductIn]) -> goods.Refusal:
    return goods.Refusal(
        product=problem.row,
        handle=products[problem.row].handle,
        field=problem.field,
        value=problem.value[:200],
        rule=problem.rule,
    )


@operation(router, "PUT", "/products/{product_id}/markets/{market}", PUBLISH, answer=goods.Changed)
def publish_product(request: HttpRequest, product_id: PublicId, market: Code) -> goods.Changed:
    """Let a product be offered in a market; offers follow within seconds."""
    code = markets.open_market(code=market).code
    return _published(product_id, code, request.caller.actor, publish=True)


@operation(router, "DELETE", "/products/{product_id}/markets/{market}", PUBLISH, answer=goods.Changed)
def withdraw_product(request: HttpRequest, product_id: PublicId, market: Code) -> goods.Changed:
    """Take a product out of a market."""
    code = markets.market(code=market).code
    return _published(product_id, code, request.caller.actor, publish=False)


def _published(product_id: PublicId, market: str, actor: Actor, *, publish: bool) -> goods.Changed:
    key = str(product_id)
    if key not in catalogue.products(ids=[key]):
        raise UnknownProduct(key=key, kind="product")
    with db.transaction():
        change = services.publish_products if publish else services.withdraw_products
        return goods.Changed(changed=len(change(actor=actor, product_ids=[key], market=market)))


@operation(router, "PUT", "/prices", "pricing.set_prices", answer=goods.Changed)
def set_prices(request: HttpRequest, body: goods.PricesIn) -> goods.Changed:
    """Set net unit prices in a currency the shop keeps a list in, from a day on; null ends a SKU's price."""
    lists = pricing.price_lists(store_id=request.caller.key.store_id)
    if body.currency not in lists:
        raise NotFound(kind="price list", key=body.currency)
    wanted = {row.sku: row.decimal for row in body.prices}
    unknown = sorted(set(wanted) - set(catalogue.owners_of(skus=list(wanted))))
    if unknown:
        raise InvalidInput(field="sku", value=unknown[0], rule="There is no such article in the catalogue.")
    with db.transaction():
        changed = prices.set_prices(
            actor=request.caller.actor,
            price_list=lists[body.currency],
            rows=list(wanted.items()),
            from_date=body.from_date or request.caller.at.date(),
        )
    return goods.Changed(changed=changed)


def _whole(found: list[ProductView]) -> list[goods.Product]:
    sold_in = catalogue.markets_of(product_ids=[product.id for product in found])
    return [
        goods.Product(
            id=p.id,
            handle=p.handle,
            category=p.category,
            brand=p.brand,
            title=p.title,
            description=p.description,
            language=p.language,
            provenance=p.provenance,
            tax_category=p.tax_category,
            pictures=list(p.pictures),
            attributes=p.attributes,
            variants=[
                goods.Variant(
                    sku=v.sku,
                    option=v.option,
                    picture=v.picture,
                    hs_code=v.hs_code,
                    origin=v.origin,
                    mass_g=v.mass_g,
                    length_mm=v.dimensions_mm[0],
                    width_mm=v.dimensions_mm[1],
                    height_mm=v.dimensions_mm[2],
                    customs_description=v.customs_description,
                    assumed=list(v.assumed),
                )
                for v in p.variants
            ],
            markets=list(sold_in.get(p.id, ())),
        )
        for p in found
    ]
