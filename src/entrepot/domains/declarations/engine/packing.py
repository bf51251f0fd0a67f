"""What the packing list of a parcel says: what lies in it, for whom packs it and whom it reaches. No value stands on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from entrepot.domains.declarations.types import DatasetGoods, Parties, Party
from entrepot.kernel.errors import N_

WORDS = {
    "title": N_("Packing list"),
    "order": N_("Order number"),
    "date": N_("Date"),
    "parcel": N_("Parcel"),
    "from": N_("From"),
    "to": N_("To"),
    "article": N_("Article"),
    "units": N_("Units"),
    "origin": N_("Origin"),
    "mass": N_("Net kg"),
    "net": N_("Net mass"),
    "gross": N_("Gross mass"),
    "total": N_("Total"),
    "page": N_("Page"),
}


def packing_content(
    goods: DatasetGoods,
    parties: Parties,
    *,
    on: dt.date,
    say: Callable[[str], str],
    language: str,
    country_name: Callable[[str], str],
) -> dict[str, Any]:
    """Return the content of the packing list for `templates/packing_list.typ`, in the words of `say`.

    `language` is the BCP 47 tag the words are in, from which the template takes direction and fonts.
    """
    units = sum(line.quantity for line in goods.lines)
    return {
        "title": f"{say(WORDS['title'])} {goods.order_number}",
        "language": language.split("-")[0],
        "words": {key: say(words) for key, words in WORDS.items()},
        "order": goods.order_number,
        "date": on.isoformat(),
        "parcel": f"{goods.package} / {goods.packages}",
        "from": _party(parties.dispatch, country_name),
        "to": _party(parties.consignee, country_name),
        "lines": [
            {
                "title": line.title or line.description,
                "description": line.description if line.title else "",
                "sku": line.sku,
                "quantity": str(line.quantity),
                "origin": line.origin,
                "mass": _kg(line.net_mass_g),
            }
            for line in goods.lines
        ],
        "units": str(units),
        "net": f"{_kg(sum(line.net_mass_g for line in goods.lines))} kg",
        "gross": f"{_kg(goods.gross_mass_g)} kg",
    }


def _party(party: Party, country_name: Callable[[str], str]) -> dict[str, Any]:
    return {"name": party.name, "lines": list(party.lines), "country": country_name(party.country)}


def _kg(mass_g: int) -> str:
    return f"{Decimal(mass_g) / 1000:,.3f}"
