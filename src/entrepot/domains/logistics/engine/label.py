"""What our own label says (`templates/label.typ`, 4 × 6 inches), for carriers that let their customers print."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel import Locale

from entrepot.domains.logistics.engine.s10 import grouped
from entrepot.domains.logistics.types import BookingRequest

_COUNTRIES = Locale("en").territories


def label_content(request: BookingRequest, number: str, *, carrier: str, kind: str) -> dict[str, Any]:
    """Return the content of the label.

    The receiver stands as its country writes it (who delivers reads that); the country of destination stands in English
    capitals, as the Universal Postal Convention asks.
    """
    return {
        "title": number,
        "carrier": carrier,
        "kind": kind,
        "service": request.service_name or request.service,
        "mass": f"{Decimal(request.mass_g) / 1000:.3f} kg",
        "terms": request.incoterm if request.crosses_border else "",
        "parcel": f"{request.package} / {request.packages}",
        "order": request.order_number,
        "date": request.at.date().isoformat(),
        "number": grouped(number),
        "from": _address(request.sender),
        "to": _address(request.recipient, request.recipient_lines),
    }


def _address(told: dict[str, str], as_written: tuple[str, ...] = ()) -> dict[str, Any]:
    town = " ".join(told[key] for key in ("postal_code", "city") if told.get(key))
    lines = as_written or (
        told.get("company_name", ""),
        *told.get("street_address", "").splitlines(),
        told.get("city_area", ""),
        town,
        told.get("country_area", ""),
    )
    country = told.get("country_code", "")
    return {
        "name": told.get("name", ""),
        "lines": [line.strip() for line in lines if line.strip()],
        "country": str(_COUNTRIES.get(country, country)).upper(),
        "phone": told.get("phone", ""),
    }
