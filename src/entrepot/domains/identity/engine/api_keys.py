"""What an API key looks like and what it may do. Pure; the randomness is the caller's.

A key reads `ep_<pk|sk>_<prefix>_<secret>`: the prefix finds the row and may be shown, the secret is kept as a hash only.
`pk` is a public storefront key: it stands in pages everybody can read, so it may do what any visitor may. `sk` is a
server key: it does what its scopes say.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from entrepot.domains.identity.types import KeyKind
from entrepot.kernel.errors import N_

MARKS: dict[str, KeyKind] = {"pk": "public", "sk": "secret"}
PREFIX_LENGTH = 10
_FORM = re.compile(r"ep_(pk|sk)_([a-z0-9]{10})_([A-Za-z0-9_-]{32,64})")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,200}(:\d{1,5})?")

# What a visitor of a shop may do; nothing else can be given to a public key.
PUBLIC_SCOPES: dict[str, str] = {
    "api.read_catalogue": N_("Read markets, categories, offers and search"),
    "api.quote": N_("Compute what goods cost landed"),
    "checkout.place": N_("Baskets, checkout, and the order placed with it"),
}
SECRET_SCOPES: dict[str, str] = {
    **PUBLIC_SCOPES,
    "api.read_products": N_("Read products with their customs data"),
    "api.read_orders": N_("Read orders with the buyer's address"),
    "api.read_stock": N_("Read stock by warehouse"),
    "api.read_tracking": N_("Read parcels and their tracking"),
    "messages.manage_webhooks": N_("Manage webhooks and send them again"),
    "catalogue.import": N_("Add and change products"),
    "catalogue.publish": N_("Publish products to markets and withdraw them"),
    "pricing.set_prices": N_("Set prices"),
    "inventory.receive": N_("Receive stock"),
    "inventory.adjust": N_("Correct stock"),
    "orders.cancel": N_("Cancel orders"),
    "orders.refund": N_("Refund orders"),
    "logistics.track": N_("Record tracking of parcels"),
}


def scopes_of(kind: KeyKind) -> dict[str, str]:
    """Return what a key of a kind can be given: permission → message id of what it allows."""
    return PUBLIC_SCOPES if kind == "public" else SECRET_SCOPES


def spell(kind: KeyKind, prefix: str, secret: str) -> str:
    """Return the key as its holder gets it, once."""
    mark = next(mark for mark, meant in MARKS.items() if meant == kind)
    return f"ep_{mark}_{prefix}_{secret}"


def parse(text: str) -> tuple[KeyKind, str, str] | None:
    """Return (kind, prefix, secret) of a key, None when it cannot be one.

    >>> parse("ep_pk_abcdefghij_" + "s" * 40)[:2], parse("Bearer nonsense")
    (('public', 'abcdefghij'), None)
    """
    match = _FORM.fullmatch(text)
    return (MARKS[match[1]], match[2], match[3]) if match else None


def digest(secret: str) -> str:
    """Return the hash that is stored of a secret: plain SHA-256, for 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Say whether a secret is the stored one, in the same time for every wrong one."""
    return hmac.compare_digest(digest(secret), stored)


def origin(text: str) -> str:
    """Return a web origin in its plain form (`https://shop.example`), "" when the text is none.

    >>> origin("HTTPS://Shop.example/"), origin("*")
    ('https://shop.example', '')
    """
    plain = text.strip().lower().rstrip("/")
    return plain if _ORIGIN.fullmatch(plain) else ""
