"""What the audit log may keep of a call: ids, codes, counts and sums, never a name, an address or free text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# Names of arguments whose short values are safe to keep; everything ending in `_id`, `_minor` or `_code` is, too.
SAFE = frozenset({
    "sku", "skus", "quantity", "warehouse", "code", "market", "currency", "country", "state", "kind", "method",
    "reference", "role", "scope", "store", "scheme", "jurisdiction", "from_date", "until", "on", "at", "at_least",
    "price_list", "carrier", "service", "event", "delivery_id", "open", "book", "consignment_ref", "product_ids",
    "handle", "key",
})  # fmt: skip
SAFE_ENDINGS = ("_id", "_ids", "_minor", "_code", "_ref")
LONGEST = 80
MOST = 20


def details(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a service call that may be kept, as JSON-able values.

    Texts longer than LONGEST are cut, lists longer than MOST are given as their first entries and their length.
    """
    return {name: value for name, raw in arguments.items() if _safe(name) and (value := _value(raw)) is not None}


def subject(arguments: Mapping[str, Any]) -> str:
    """Return what a call was about as `<kind>:<id>`, from its first `…_id` argument, "" when there is none."""
    for name, value in arguments.items():
        if name.endswith("_id") and isinstance(value, str) and value:
            return f"{name.removesuffix('_id')}:{value}"[:100]
    return ""


def _safe(name: str) -> bool:
    return name in SAFE or name.endswith(SAFE_ENDINGS)


def _value(raw: Any) -> Any:
    if isinstance(raw, bool | int):
        return raw
    if isinstance(raw, str):
        return raw[:LONGEST]
    if isinstance(raw, dt.date | Decimal):
        return str(raw)
    if isinstance(raw, list | tuple | set | frozenset) and all(isinstance(x, str | int) for x in raw):
        kept = [x if isinstance(x, int) else x[:LONGEST] for x in list(raw)[:MOST]]
        return kept if len(raw) <= MOST else [*kept, f"… {len(raw)}"]
    return None
