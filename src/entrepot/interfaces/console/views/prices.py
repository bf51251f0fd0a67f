"""Prices: SKU by market as the shelves show them, changed in bulk after seeing what every buyer would see; the log of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.errors import UnknownArticle
from entrepot.domains.markets import queries as markets
from entrepot.domains.offers import queries as offers
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services as pricing_services
from entrepot.domains.pricing.types import PriceListInfo
from entrepot.flows.price.margins import margins
from entrepot.flows.price.set_prices import preview_prices, set_prices
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError, InvalidInput
from entrepot.kernel.quote import FxQuote

PAGE = 40
DAYS = 30
_WHOLE = 100  # per cent
HERE = "/console/prices"


class Asked(msgspec.Struct, frozen=True):
    """What a form of prices asks: the list, the day from which they hold, and the SKUs whose price was changed."""

    price_list: str
    from_date: dt.date
    rows: tuple[tuple[str, Decimal | None], ...]


@door.page("console.see_products")
def table(request: HttpRequest) -> HttpResponse:
    """Show SKU by market what the shelves show, with the prices of one list to change."""
    after = request.GET.get("before", "")[:100].replace("\x00", "")
    skus = catalogue.all_skus(after=after, limit=PAGE + 1)
    return look.draw(request, "console/prices.html", _frame(request, skus))


def _frame(request: HttpRequest, skus: Sequence[str]) -> dict:
    shop, shown = organisation.store(), skus[:PAGE]
    lists = pricing.all_price_lists(store_id=shop.id)
    return {
        "lists": lists,
        "chosen": _chosen(lists, request.GET.get("list", "")),
        "facts": catalogue.variant_facts(skus=shown, language=look.content_language()),
        "skus": shown,
        "own": pricing.own_prices(skus=shown, store_id=shop.id, on=clock.today()),
        "shelf": offers.shelf_prices(skus=shown),
        "markets": [m for m in markets.markets() if m.open],
        "today": clock.today(),
        "next_before": shown[-1] if len(skus) > PAGE else "",
        "typed": {}, "error": "", "field": "",
    }  # fmt: skip


@require_POST
@door.page("pricing.set_prices")
def preview(request: HttpRequest) -> HttpResponse:
    """Show what every buyer would see; nothing is written. What is wrong is said, and what was typed stays."""
    try:
        asked = _read(request)
        changed = preview_prices(
            actor=request.desk.anywhere, price_list=asked.price_list, rows=asked.rows, from_date=asked.from_date,
            at=clock.now(),
        )  # fmt: skip
    except EntrepotError as fault:
        typed = {key[2:]: value[:40] for key, value in request.POST.items() if key.startswith("p:")}
        frame = _frame(request, sorted(typed)[:PAGE])
        lists = frame["lists"]
        frame |= {"chosen": _chosen(lists, request.POST.get("list", "")), "typed": typed, "error": words.say(fault)}
        frame |= {"field": str(fault.params.get("field", ""))}
        return look.draw(request, "console/prices.html", frame, status=fault.status)
    context = {
        "asked_": asked,
        "currency": next(p.currency for p in _lists() if p.code == asked.price_list),
        "facts": catalogue.variant_facts(skus=[sku for sku, _p in asked.rows], language=look.content_language()),
        "changed": changed,
    }
    return look.draw(request, "console/prices_preview.html", context)


@require_POST
@door.page("pricing.set_prices")
def save(request: HttpRequest) -> HttpResponse:
    """Write the prices that were previewed."""
    asked = _read(request)
    number = set_prices(
        actor=request.desk.anywhere, price_list=asked.price_list, rows=asked.rows, from_date=asked.from_date
    )
    door.say(request, _("Prices changed: %(number)s. The shelves follow within seconds.") % {"number": number})
    return HttpResponseRedirect(f"{HERE}?list={asked.price_list}")


@door.page("console.see_products")
def detail(request: HttpRequest, sku: str) -> HttpResponse:
    """Show where the shelf prices of a SKU come from, its log, and its lowest price of 30 days in each list."""
    fact = catalogue.variant_facts(skus=[sku], language=look.content_language()).get(sku)
    if fact is None:
        raise UnknownArticle(sku=sku[:100])
    shop, on = organisation.store(), clock.today()
    own = pricing.own_prices(skus=[sku], store_id=shop.id, on=on).get(sku, {})
    lists = _lists()
    base = next((p for p in lists if p.base), None)
    opened = [m for m in markets.markets() if m.open]
    selling = _percent(request.GET.get("selling", ""))
    context = {
        "selling": request.GET.get("selling", "")[:10], "cost": pricing.costs(skus=[sku], store_id=shop.id, on=on).get(sku),
        "left": margins(sku=sku, selling_ppm=selling, at=clock.now()),
        "sku": sku, "fact": fact, "own": own, "lists": lists, "base": base, "markets": opened,
        "shelf": offers.shelf_prices(skus=[sku]), "log": pricing.price_log(sku=sku),
        "rates": {m.currency: _rate(base.currency, m.currency, on) for m in opened if base and m.currency not in own},
        "lowest": {p.code: pricing.lowest_price(sku=sku, price_list=p.code, since=on - dt.timedelta(days=DAYS), on=on)
                   for p in lists if p.currency in own},
    }  # fmt: skip
    return look.draw(request, "console/price.html", context)


@require_POST
@door.page("pricing.set_prices")
def cost(request: HttpRequest, sku: str) -> HttpResponse:
    """Say what a unit of a SKU costs the shop from today on."""
    value = _price("unit_cost", request.POST.get("unit_cost", "").strip())
    if value is None:
        raise InvalidInput(field="unit_cost", value="", rule=_("Fill this in."))
    currency = request.POST.get("currency", "").strip().upper()[:3]
    with db.transaction():
        pricing_services.set_cost(
            actor=request.desk.anywhere, store_code=organisation.store().code, sku=sku, unit_cost=value,
            currency=currency, from_date=clock.today(),
        )  # fmt: skip
    door.say(request, _("Saved."))
    return HttpResponseRedirect(f"{HERE}/{quote(sku, safe='')}")


def _percent(text: str) -> int:
    """Return a percentage as ppm; what is none, or not between 0 and 100, counts as nothing."""
    try:
        value = Decimal(text.strip() or "0")
    except InvalidOperation:
        return 0
    return int(value * 10_000) if value.is_finite() and 0 <= value <= _WHOLE else 0


def _lists() -> tuple[PriceListInfo, ...]:
    return pricing.all_price_lists(store_id=organisation.store().id)


def _chosen(lists: Sequence[PriceListInfo], code: str) -> PriceListInfo | None:
    return next((one for one in lists if one.code == code), lists[0] if lists else None)


def _rate(source: str, target: str, on: dt.date) -> FxQuote | None:
    try:
        return markets.fx_quote(source_currency=source, target=target, on=on)
    except EntrepotError:  # no rate, or one too old: the page says that there is none
        return None


def _read(request: HttpRequest) -> Asked:
    """Return what was typed and differs from what stands; raise InvalidInput naming the SKU or the field."""
    chosen = _chosen(_lists(), request.POST.get("list", ""))
    if chosen is None:
        raise InvalidInput(field="list", value="", rule=_("There is no price list yet."))
    try:
        day = dt.date.fromisoformat(request.POST.get("from_date", ""))
    except ValueError:
        rule = _("This is no date. Write year-month-day, e.g. 2026-12-24.")
        raise InvalidInput(field="from_date", value=request.POST.get("from_date", "")[:20], rule=rule) from None
    if day < clock.today():
        raise InvalidInput(field="from_date", value=day, rule=_("A price cannot begin in the past."))
    typed = {key[2:]: str(value).strip() for key, value in request.POST.items() if key.startswith("p:")}
    own = pricing.own_prices(skus=list(typed), store_id=organisation.store().id, on=day)
    found = {sku: _price(sku, text) for sku, text in typed.items()}
    rows = [(sku, price) for sku, price in found.items() if price != own.get(sku, {}).get(chosen.currency)]
    if not rows:
        raise InvalidInput(field="list", value=chosen.code, rule=_("No price differs from what stands."))
    return Asked(chosen.code, day, tuple(rows))


def _price(sku: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value < 10**9:
        rule = _("This is no price. Write digits, with a point before decimals.")
        raise InvalidInput(field=sku, value=text[:40], rule=rule)
    return value
