"""The cards of a grid, written in one go: a shelf has 24 of them, and they are most of its work.

Each is the tile, the place, the name, the price and the day, in this order; the whole card is one link. Texts are escaped
here, one by one; everything else is ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext
from markupsafe import Markup, escape

from entrepot.domains.offers.types import OfferCard
from entrepot.interfaces.storefront.place import Shop
from entrepot.interfaces.web import formats

_SOON_DAYS = 7


def grid(shop: Shop, cards: Sequence[OfferCard], columns: int = 4, eager: int = 0) -> Markup:
    """Return cards as a list; the first `eager` pictures are loaded at once, the rest when they come into view."""
    # Plain text from here on: a Markup would escape the figures that are put into it.
    words = {
        "sold_out": str(escape(gettext("Sold out"))),
        "from": str(escape(gettext("from %(amount)s"))),
        "arrives": str(escape(gettext("Arrives %(days)s"))),
    }
    written = "".join(_card(shop, card, words, number >= eager) for number, card in enumerate(cards))
    return Markup(f'<ul class="grid{" grid-3" if columns == 3 else ""}">{written}</ul>')  # noqa: S704 escaped in _card


def _card(shop: Shop, card: OfferCard, words: dict[str, str], lazy: bool) -> str:
    tag = when = ""
    if card.band == "sold_out":
        tag = f'<span class="tag">{words["sold_out"]}</span>'
    else:
        if card.band == "few":
            told = ngettext("Last %(num)s", "Last %(num)s", card.units_left) % {"num": card.units_left}
            tag = f'<span class="tag tag-lamp">{escape(told)}</span>'
        later = " later" if (card.arrives_last - shop.today).days > _SOON_DAYS else ""
        days = f"<bdi>{formats.days(card.arrives_first, card.arrives_last, shop.cldr)}</bdi>"
        told = words["arrives"].replace("%(days)s", days)
        when = f'<div class="when{later}"><i class="i i-truck" aria-hidden="true"></i><span>{told}</span></div>'
    if card.picture:
        loading = ' loading="lazy"' if lazy else ""
        picture = f'<img src="{escape(card.picture)}" alt=""{loading} width="400" height="400">'
    else:
        picture = '<span class="blank" aria-hidden="true"></span>'
    price = f"<bdi>{formats.money(card.price_minor, card.currency, shop.cldr)}</bdi>"
    if card.from_price:
        price = words["from"].replace("%(amount)s", price)
    place = f'<div class="meta"><span>{escape(card.place)}</span></div>' if card.place else ""
    foreign = f' lang="{escape(card.language)}"' if card.language and card.language[:2] != shop.language else ""
    return (
        f'<li class="card"><a href="{shop.url}p/{escape(card.handle)}"><div class="tile {card.tile}">{tag}{picture}</div>{place}'
        f'<h3{foreign}>{escape(card.title)}</h3><div class="buy"><span class="price">{price}</span></div>{when}</a></li>'
    )
