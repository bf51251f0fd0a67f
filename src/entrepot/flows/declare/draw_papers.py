"""Papers without a number of ours: the packing list of each dataset, and CN 22 or CN 23 once the item has its number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale, UnknownLocaleError
from django.utils import translation

from entrepot.domains.declarations import queries as declaration_queries
from entrepot.domains.declarations import services as declarations
from entrepot.domains.declarations.engine import forms, packing
from entrepot.domains.declarations.events import DatasetStored
from entrepot.domains.declarations.types import DatasetView
from entrepot.domains.documents import services as documents
from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import barcode, pdf
from entrepot.kernel.actor import SYSTEM

POSTAL = {"cn22": forms.cn22_content, "cn23": forms.cn23_content}


def _countries(language: str) -> Mapping[str, str]:
    """The names of countries in an order's language; CLDR knows not every pair of language and country (en-SA)."""
    for name in (language.replace("-", "_"), language.split("-")[0]):
        try:
            return Locale.parse(name).territories
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en").territories


def draw_packing_list(event: DatasetStored) -> None:
    """Draw the packing list of a dataset just stored, in the buyer's language (in the delivery's transaction)."""
    dataset = declaration_queries.dataset(
        order_id=event.order_id, consignment_ref=event.consignment_ref, package=event.package
    )
    kind = "packing_list"
    if kind not in dataset.goods.papers or declaration_queries.paper(dataset_id=dataset.id, kind=kind):
        return
    language = dataset.goods.language
    names = _countries(language)
    with translation.override(language):
        content = packing.packing_content(
            dataset.goods,
            dataset.parties,
            on=_day(dataset, dataset.created_at),
            say=translation.gettext,
            language=language,
            country_name=lambda code: str(names.get(code, code)),
        )
    content["bars"] = msgspec.to_builtins(barcode.code128(dataset.goods.order_number))
    _draw(dataset, kind, content, dataset.created_at)


def draw_postal_forms(event: ShipmentDispatched) -> None:
    """Draw CN 22 or CN 23 of each parcel of a shipment that needs one, with its item number and bar code."""
    parcels = logistics.parcels(shipment_ids=[event.shipment_id])
    held = {
        d.package: d for d in declaration_queries.datasets(order_id=event.order_id) if _of(d, event.consignment_ref)
    }
    for parcel in parcels:
        dataset = held.get(parcel.package)
        if dataset is not None:
            draw_postal_form(dataset=dataset, item_number=parcel.tracking_number)


def draw_postal_form(*, dataset: DatasetView, item_number: str) -> str:
    """Draw the postal customs form of a parcel and return its document id; "" when it needs none. Once per dataset."""
    for kind, content_of in POSTAL.items():
        if kind in dataset.goods.papers:
            known = declaration_queries.paper(dataset_id=dataset.id, kind=kind)
            if known:
                return known
            moment = dataset.created_at
            more = {"invoice_number": _invoice(dataset), "office": ""} if kind == "cn23" else {}
            content = content_of(
                dataset.goods, dataset.parties, item_number=item_number, posted_on=_day(dataset, moment), **more
            )
            content["bars"] = msgspec.to_builtins(barcode.code128(item_number))
            return _draw(dataset, kind, content, moment)
    return ""


def _of(dataset: DatasetView, consignment_ref: str) -> bool:
    return dataset.consignment_ref == consignment_ref


def _day(dataset: DatasetView, moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZoneInfo(organisation.entity(entity_id=dataset.entity_id).time_zone)).date()


def _invoice(dataset: DatasetView) -> str:
    found = declaration_queries.invoice_of_dataset(dataset_id=dataset.id)
    return found.number if found else ""


def _draw(dataset: DatasetView, kind: str, content: dict[str, Any], moment: dt.datetime) -> str:
    content["han"] = pdf.han_fonts(dataset.goods.destination_country)
    document = documents.store_file(
        actor=SYSTEM,
        content=pdf.typeset(declaration_queries.template(kind), content, at=moment),
        mime="application/pdf",
        name=f"{kind}-{dataset.goods.order_number}-{dataset.consignment_ref}-{dataset.package}.pdf",
        retention="customs_10_years",
    )
    declarations.record_paper(actor=SYSTEM, dataset_id=dataset.id, kind=kind, document_id=document, at=moment)
    return document
