"""What the Vue islands are given: the page's state with every figure and day already written, and their words.

An island formats nothing: amounts, days and sentences come from here, as on the page that stands when scripts are off. Its
fixed words come from the same message catalogue as the page's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from entrepot.interfaces.storefront.place import Shop
from entrepot.interfaces.storefront.show import Parcel, ShownLine
from entrepot.interfaces.web import formats
from entrepot.interfaces.web.cascade import Row
from entrepot.kernel.errors import N_

# The words an island says by itself; a test holds them against the calls of t() in web/src.
WORDS = {
    "cart": (
        N_("Articles"), N_("Change"), N_("Change this line to go on."), N_("Go to checkout"), N_("Look around"),
        N_("Nothing in it yet. What you put in stays here for a year."), N_("Quantity of %(title)s"), N_("Remove"),
        N_("Rule and source"), N_("The basket is being worked out anew."), N_("Total"), N_("Undo"),
        N_("%(title)s was taken out."), N_("The network is away. Nothing was changed; try once more."), N_("Basket"),
    ),
    "checkout": (
        N_("optional"), N_("Checkout"), N_("Contact"), N_("Country"), N_("Delivery"), N_("Delivery address"), N_("E-mail"),
        N_("Payment"), N_("Phone"), N_("Rule and source"), N_("See the order"), N_("Test"), N_("Total"), N_("Your order"),
        N_("Nothing was ordered. The button below orders at the new price."), N_("The price is being worked out anew."),
        N_("The network is away. Nothing was changed; try once more."), N_("Only the carrier sees it, on the day of delivery."),
        N_("Test payment, no money moves."), N_("This shop runs against a sandbox: use the test cards its page shows."),
        N_("You can cancel free of charge until the warehouse packs it."), N_("Nothing to pay on delivery."),
        N_("Duty and import tax are paid by us. If customs asks for more, we pay that too."), N_("I have one"),
        N_("I buy for a company"), N_("Name of the company"),
        N_("Your addresses"), N_("The courier collects the price of the order and nothing more."),
    ),
}  # fmt: skip
_PLACE = re.compile(r"%\((\w+)\)s")
_SIGNS = re.compile(r"[{}@|$]")


def words(island: str) -> dict[str, str]:
    """Return message id → text of an island in the active language, in the form of vue-i18n ({name}, signs quoted)."""
    return {message: _as_vue(_(message)) for message in WORDS[island]}


def _as_vue(text: str) -> str:
    quoted = _SIGNS.sub(lambda found: "{'" + found[0] + "'}", text)
    return _PLACE.sub(lambda found: "{" + found[1] + "}", quoted)


def props(island: str, shop: Shop, state: dict[str, Any]) -> Markup:
    """Return the attributes of an island's element."""
    told = {"url": shop.url, "language": shop.tag, "words": words(island), "state": state}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Markup('data-island="{}" data-props="{}"').format(island, text)


def cascade(rows: Iterable[Row], total_minor: int, currency: str, label: str, shop: Shop) -> dict[str, Any]:
    """Return a cascade with its amounts written."""
    return {
        "rows": [
            {
                "kind": row.kind, "name": row.name, "why": row.why, "weight": max(0, row.amount_minor),
                "amount": formats.money(row.amount_minor, currency, shop.cldr), "detail": row.detail,
            }
            for row in rows
        ],
        "total": formats.money(total_minor, currency, shop.cldr), "label": label,
    }  # fmt: skip


def parcels(found: Iterable[Parcel], currency: str, shop: Shop, wanted: dict[str, int]) -> list[dict[str, Any]]:
    """Return parcels with their lines, days and prices written; `wanted` are the quantities of the whole basket."""
    told = []
    for number, parcel in enumerate(found, start=1):
        days = formats.days(parcel.first, parcel.last, shop.cldr) if parcel.first and parcel.last else ""
        told.append(
            {
                "title": _("Parcel %(number)s from %(city)s") % {"number": number, "city": parcel.city} if parcel.city else "",
                "arrives": _("Arrives %(days)s") % {"days": days} if days else "", "days": days,
                "service": parcel.service,
                "delivery": formats.money(parcel.delivery_minor, currency, shop.cldr) if parcel.city else "",
                "lines": [_line(line, currency, shop, wanted.get(line.sku, line.quantity)) for line in parcel.lines],
            }
        )  # fmt: skip
    return told


def _line(line: ShownLine, currency: str, shop: Shop, wanted: int) -> dict[str, Any]:
    part = ""
    if wanted != line.quantity:
        part = _("%(here)s of %(all)s in this parcel") % {"here": line.quantity, "all": wanted}
    price = "" if line.price_minor is None else formats.money(line.price_minor, currency, shop.cldr)
    return {
        "sku": line.sku, "title": line.title, "option": line.option, "picture": line.picture, "tile": line.tile,
        "handle": line.handle, "quantity": line.quantity, "wanted": wanted, "part": part, "price": price,
        "each": each(line, currency, shop),
    }  # fmt: skip


def each(line: ShownLine, currency: str, shop: Shop) -> str:
    """Say what one piece of a line costs, and that it may cost another sum alone: reliefs and roundings look at all of it."""
    if line.price_minor is None or line.quantity < 2:
        return ""
    amount = formats.money(round(line.price_minor / line.quantity), currency, shop.cldr)
    return _("about %(amount)s each; duty and tax depend on all that is ordered together") % {"amount": amount}


def articles(count: int, shop: Shop) -> str:
    """Say how many articles a sum is for, and what is inside it."""
    if shop.incl:
        text = ngettext("%(num)s article, duty and tax included", "%(num)s articles, duty and tax included", count)
    else:
        text = ngettext("%(num)s article, duty included", "%(num)s articles, duty included", count)
    return text % {"num": count}
