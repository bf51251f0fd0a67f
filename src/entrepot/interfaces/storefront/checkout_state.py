"""The checkout as its island takes it: form, price, deliveries, payment, all figures written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entrepot.domains.markets import queries as markets
from entrepot.domains.parties.types import SavedAddressView
from entrepot.interfaces.storefront import islands
from entrepot.interfaces.storefront.place import Shop, locale_of
from entrepot.interfaces.web import formats
from entrepot.interfaces.web.cascade import rate_words
from entrepot.kernel.quote import FrozenQuote

_LINK = re.compile(r"(.*?)<a [^>]*>(.*?)</a>(.*)", re.DOTALL)


def state(shop: Shop, shown: dict[str, Any], name: str = "", saved: Sequence[SavedAddressView] = ()) -> dict[str, Any]:
    """Return the island's state from what the page's template is given; `name` and `saved` are of who is logged in."""
    quote: FrozenQuote = shown["quote"]
    plain = _("Without an account. Delivery to %(country)s.") % {"country": shop.country}
    known = _("%(name)s, delivery to %(country)s.") % {"name": name, "country": shop.country}
    return {
        "countries": countries(shop),
        "country": shop.locale,
        "intro": known if name else plain,
        "log_in": "" if name else f"{shop.url}account/log-in?next={shop.url}checkout",
        "saved": [
            {
                "href": f"{shop.url}checkout?address={one.id}",
                "label": f"{one.address.name}, {one.address.city or one.address.street_address}",
            }
            for one in (saved if len(saved) > 1 else ())
        ],
        "fields": [msgspec.to_builtins(field) for field in shown["fields"]],
        "phone_example": shown["phone_example"],
        "typed": shown["typed"],
        "faults": [{"field": name, "why": why} for name, why in shown["faults"]],
        "faults_title": ngettext(
            "There is %(num)s thing to correct", "There are %(num)s things to correct", len(shown["faults"])
        )
        % {"num": len(shown["faults"])},
        "fault_titles": fault_titles(),
        "asked": asked(shop, quote, shown),
        "deliveries": [_delivery(choice, quote, shop) for choice in shown["deliveries"]],
        "methods": [
            {
                "code": m.code,
                "name": _(m.name),
                "note": _(m.note) if m.note else "",
                "test": m.test,
                "door": m.at_the_door,
            }
            for m in shown["methods"]
        ],
        "chosen": shown["chosen"],
        "company": shown["company"],
        **priced(shop, shown),
    }


def fault_titles() -> list[str]:
    """Return the heading of a list of one, two, … faults, so that the island need not count in every language."""
    form = ngettext
    return [
        form("There is %(num)s thing to correct", "There are %(num)s things to correct", n) % {"num": n}
        for n in range(1, 13)
    ]


def countries(shop: Shop) -> list[dict[str, Any]]:
    """Return the open markets with the address of this language there (or of their own first one), by name."""
    found = [
        {"locale": locale_of(info, shop.language), "name": formats.country_name(info.country, shop.cldr)}
        for info in markets.markets()
        if info.open
    ]
    return sorted(found, key=lambda country: country["name"])


def asked(shop: Shop, quote: FrozenQuote, shown: dict[str, Any]) -> dict[str, Any] | None:
    """Return what changed since the price the buyer saw, None when nothing did."""
    before = shown["asked"]
    if before is None:
        return None
    told = _("The price is now %(after)s instead of %(before)s.") % {
        "after": formats.money(quote.total_minor, quote.currency, shop.cldr),
        "before": formats.money(before.total_minor, before.currency, shop.cldr),
    }
    return {
        "told": f"{shown['why']} {told}".strip(),
        "changes": [
            {
                "label": label,
                "before": formats.money(was, before.currency, shop.cldr),
                "after": formats.money(now, quote.currency, shop.cldr),
            }
            for label, was, now in shown["changes"]
        ],
    }


def _delivery(choice: dict[str, Any], quote: FrozenQuote, shop: Shop) -> dict[str, Any]:
    several = len(choice["days"]) > 1
    days = _("; ").join(
        (f"{city}: " if several else "") + formats.days(first, last, shop.cldr) for city, first, last in choice["days"]
    )
    services = _(", ").join(dict.fromkeys(choice["services"]))
    sub = f"{days} · {services}"
    if not choice["chosen"]:
        total = formats.money(choice["total_minor"], quote.currency, shop.cldr)
        sub += " · " + _("total %(amount)s") % {"amount": total}
    parcels = ngettext("To your door, in one parcel", "To your door, in %(num)s parcels", len(choice["days"])) % {
        "num": len(choice["days"])
    }
    return {
        "grade": choice["grade"],
        "title": _("Express") if choice["grade"] == "express" else parcels,
        "price": formats.money(choice["price_minor"], quote.currency, shop.cldr),
        "sub": sub,
        "chosen": choice["chosen"],
    }


def priced(shop: Shop, shown: dict[str, Any]) -> dict[str, Any]:
    """Return what follows from the price: parcels, sums, cascades, the button's words, how long it is fixed."""
    quote: FrozenQuote = shown["quote"]
    total = formats.money(quote.total_minor, quote.currency, shop.cldr)
    button = _("Order with obligation to pay, %(amount)s") if shown["order_words"] else _("Place order, %(amount)s")
    fixed = _("This price is fixed until %(time)s. After that it is worked out anew and you are asked.")
    until = formats.clock_time(quote.expires_at, shop.market.time_zone, shop.cldr, named=True)
    because = _(quote.expires_because) if quote.expires_because else ""
    return {
        "quote_id": quote.id,
        "total": total,
        "button": button % {"amount": total},
        "fixed": f"{fixed % {'time': until}} {because}".strip(),
        "terms": _terms(),
        "within": _("What is in %(amount)s") % {"amount": total},
        "parcels": islands.parcels(shown["parcels"], quote.currency, shop, {}),
        "sums": sums(shop, shown),
        "cascades": _cascades(shop, shown),
        "fx": [rate_words(fx, shop.cldr) for fx in quote.fx if fx.source_currency != quote.currency],
    }


def _terms() -> tuple[str, str, str]:
    """Return the sentence about the terms as what stands before its link, the link's words, and what follows."""
    text = _('With the order you agree to the <a href="%(href)s">terms on the help page</a>.')
    found = _LINK.fullmatch(text)
    return (found[1], found[2], found[3]) if found else (text, "", "")


def sums(shop: Shop, shown: dict[str, Any]) -> list[dict[str, str]]:
    """Return the rows between the lines and the total."""
    quote, parcels = shown["quote"], shown["parcels"]

    def row(label: str, minor: int) -> dict[str, str]:
        return {"label": label, "amount": formats.money(minor, quote.currency, shop.cldr)}

    goods = sum(line.price_minor or 0 for parcel in parcels for line in parcel.lines)
    rows = [row(islands.articles(shown["cart"].count, shop), goods)]
    rows.append(row(_("Delivery"), sum(parcel.delivery_minor for parcel in parcels)))
    if not shop.incl:
        rows.append(row(shop.tax.row, quote.tax_minor))
    return rows


def _cascades(shop: Shop, shown: dict[str, Any]) -> list[dict[str, Any]]:
    quote: FrozenQuote = shown["quote"]
    if len(shown["cascades"]) == 1:
        whole = islands.cascade(shown["cascade"], quote.total_minor, quote.currency, _("Total"), shop)
        return [{"title": "", **whole}]
    return [
        {
            "title": _("Parcel %(number)s from %(city)s") % {"number": number, "city": _(consignment.warehouse_city)},
            **islands.cascade(rows, consignment.total_minor, quote.currency, _("Parcel"), shop),
        }
        for number, (consignment, rows) in enumerate(shown["cascades"], start=1)
    ]
