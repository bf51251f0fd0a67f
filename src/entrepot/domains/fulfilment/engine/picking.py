"""What a pick list says: per warehouse which units to take off the shelves, in the order of the shelves, and for which orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.kernel.errors import N_

WORDS = {
    "title": N_("Pick list"),
    "warehouse": N_("Warehouse"),
    "article": N_("Article"),
    "units": N_("Units"),
    "orders": N_("For orders"),
    "done": N_("Done"),
    "parcels": N_("Parcels"),
    "leaves": N_("Leaves by"),
    "page": N_("Page"),
    "total": N_("Total"),
}


def pick_content(
    shipments: Sequence[ShipmentView],
    *,
    titles: Mapping[str, str],
    warehouses: Mapping[str, tuple[str, str]],
    bars: Callable[[str], Any],
    say: Callable[[str], str],
    moment: Callable[[str, dt.datetime | None], str],
    at: dt.datetime,
) -> dict[str, Any]:
    """Return the content of the list for `templates/pick_list.typ`: one part per warehouse, its SKUs in order.

    `titles` is SKU → name in the reader's language, `warehouses` code → (name, time zone); `bars` draws a SKU's bar code
    (None where it has letters no bar code bears); `moment(zone, at)` writes a moment. SKUs come sorted: shelves follow them.
    """
    parts = []
    for code in sorted({shipment.warehouse for shipment in shipments}):
        own = [shipment for shipment in shipments if shipment.warehouse == code]
        name, zone = warehouses.get(code, (code, "UTC"))
        wanted: dict[str, list[tuple[str, int]]] = {}
        for shipment in own:
            for line in shipment.lines:
                wanted.setdefault(line.sku, []).append((shipment.order_number, line.quantity))
        rows = [
            {
                "sku": sku,
                "title": titles.get(sku, ""),
                "units": sum(units for _, units in found),
                "orders": [f"{order} × {units}" for order, units in sorted(found)],
                "bars": bars(sku),
            }
            for sku, found in sorted(wanted.items())
        ]
        soonest = min((s.dispatch_by for s in own if s.dispatch_by), default=None)
        parts.append(
            {
                "code": code,
                "name": name,
                "parcels": len(own),
                "leaves": moment(zone, soonest),
                "printed": moment(zone, at),
                "rows": rows,
                "units": sum(row["units"] for row in rows),
            }
        )
    return {"title": say(WORDS["title"]), "words": {key: say(words) for key, words in WORDS.items()}, "parts": parts}
