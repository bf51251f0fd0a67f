"""Writes of the catalogue: shelves, whole products in bulk, publication, confirmation of customs data, labels, words."""

from entrepot.domains.catalogue.services.files import confirm_file, record_import, send_file
from entrepot.domains.catalogue.services.labels import write_labels
from entrepot.domains.catalogue.services.products import (
    confirm_customs_data,
    set_pictures,
    tell_changed,
    upsert_products,
)
from entrepot.domains.catalogue.services.shelves import publish_products, upsert_categories, withdraw_products
from entrepot.domains.catalogue.services.texts import review_text, write_text

__all__ = [
    "confirm_customs_data",
    "confirm_file",
    "publish_products",
    "record_import",
    "review_text",
    "send_file",
    "set_pictures",
    "tell_changed",
    "upsert_categories",
    "upsert_products",
    "withdraw_products",
    "write_labels",
    "write_text",
]
