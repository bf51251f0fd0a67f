"""Shopify's product CSV: one row per variant or picture; rows of a product share the handle, product cells stand on the first.

Columns: https://help.shopify.com/en/manual/products/import-export/using-csv. Pictures are addresses on somebody's
server; nothing is fetched, a drawn picture stands in. A weight of 0 means that nobody weighed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from entrepot.domains.catalogue.engine import clean
from entrepot.domains.catalogue.engine.forms import table
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct, RawText, RawVariant

NEEDED = frozenset({"Handle", "Title", "Variant Price"})
_OPTIONS = ("Option1 Value", "Option2 Value", "Option3 Value")
_GRAMS = {"g": 1.0, "kg": 1000.0, "lb": 453.59237, "oz": 28.349523125}


def read(lines: Iterable[str]) -> Iterator[RawProduct | Problem]:
    """Yield the products of the file; a picture-only row adds nothing."""
    product: RawProduct | None = None
    for found in table.rows(lines, needed=NEEDED):
        if isinstance(found, Problem):
            yield found
            continue
        number, row = found
        handle = row["Handle"].strip()
        if product is None or handle != product.handle:
            if product is not None:
                yield product
            product = _product(number, row, handle)
        if _is_variant(row):
            product.variants.append(_variant(number, row))
    if product is not None:
        yield product


def _is_variant(row: dict[str, str]) -> bool:
    """Tell a variant from a row that only brings one more picture."""
    return any(row.get(name, "").strip() for name in (*_OPTIONS, "Variant SKU", "Variant Price"))


def _product(number: int, row: dict[str, str], handle: str) -> RawProduct:
    names = [row.get(f"Option{i} Name", "").strip() for i in (1, 2, 3)]
    kept = [name for name in names if name and name != "Title"]
    text = RawText(row["Title"], row.get("Body (HTML)", ""), option_name=" · ".join(kept))
    tags = row.get("Tags", "")
    kind = row.get("Type") or row.get("Product Category") or row.get("Google Shopping / Google Product Category", "")
    status = row.get("Status", "").strip().lower()
    return RawProduct(
        row=number,
        handle=handle,
        text=text,
        variants=[],
        hints=(row["Title"], kind, tags, handle.replace("-", " "), clean.plain(text.description[:600])),
        brand=row.get("Vendor", ""),
        published=row.get("Published", "").strip().lower() != "false" and status not in ("draft", "archived"),
    )


def _variant(number: int, row: dict[str, str]) -> RawVariant:
    values = [row.get(name, "").strip() for name in _OPTIONS]
    return RawVariant(
        number,
        sku=row.get("Variant SKU", "").strip().lstrip("'"),
        option=" · ".join(value for value in values if value and value != "Default Title"),
        barcode=row.get("Variant Barcode", "").strip().lstrip("'"),
        price=row.get("Variant Price", ""),
        stock=_stock(row.get("Variant Inventory Qty", "").strip()),
        hs_code=row.get("HS Code", "") or row.get("Variant HS Code", ""),
        origin=row.get("Country of Origin", "") or row.get("Variant Country of Origin", ""),
        mass_g=_mass(row),
    )


def _stock(text: str) -> str:
    """A negative quantity is what Shopify writes for oversold articles: nothing is there."""
    return "0" if text.startswith("-") and text[1:].isdigit() else text


def _mass(row: dict[str, str]) -> str:
    """Return grams; a newer export has `Variant Weight` in the unit of `Variant Weight Unit` instead of grams."""
    grams = row.get("Variant Grams", "").strip()
    if grams:
        return grams
    weight, unit = row.get("Variant Weight", "").strip(), row.get("Variant Weight Unit", "").strip()
    try:
        return str(round(float(weight) * _GRAMS[unit])) if weight else ""
    except (ValueError, KeyError):
        return weight
