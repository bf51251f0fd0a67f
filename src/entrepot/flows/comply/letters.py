"""Queue the mails about somebody's data, in the language of the locale he asked in."""

from __future__ import annotations

import hashlib
from typing import Any

from babel import Locale, UnknownLocaleError
from django.conf import settings

from entrepot.domains.identity.types import AccountInfo
from entrepot.domains.messages import services as messages
from entrepot.domains.organisation import queries as organisation
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound

_TAGS = {"zh": "zh-Hans", "pt": "pt-BR"}


def language(locale: str) -> str:
    """Return the BCP 47 tag of a locale as it stands in an address: de-de → de, zh-sg → zh-Hans."""
    head = locale.partition("-")[0].lower()
    return _TAGS.get(head, head)


def cldr(locale: str) -> Locale:
    """Return the CLDR locale for days in mails."""
    head, _dash, country = locale.partition("-")
    for name in (f"{head}_{country.upper()}", head, "en"):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def write(kind: str, account: AccountInfo, locale: str, *, once: str, path: str = "account/data", **facts: Any) -> None:
    """Queue a mail to the owner of an account; `once` makes it once-only."""
    try:
        shop = organisation.store().name
    except NotFound:
        shop = "Entrepôt"
    digest = hashlib.sha256(f"{account.id}:{once}".encode()).hexdigest()[:40]
    messages.queue_message(
        actor=SYSTEM,
        key=f"{kind}:{digest}",
        kind=kind,
        language=language(locale),
        recipient=account.email,
        name=account.name,
        context={"shop": shop, "link": f"{settings.ENTREPOT_BASE_URL}/{locale}/{path}", **facts},
        about=f"account:{account.id}",
    )
