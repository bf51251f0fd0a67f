"""Queue a mail about somebody's own account, in the language given, in the transaction of what it tells of."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings

from entrepot.domains.messages import services as messages
from entrepot.domains.organisation import queries as organisation
from entrepot.infra.memo import Memo
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound

_shop = Memo(ttl_s=60)


def write(kind: str, *, to: str, name: str, language: str, path: str, about: str = "", once: str, **facts: Any) -> None:
    """Queue a mail.

    Args:
        path: where its button leads, below the shop's address.
        once: what makes it once-only (a key's text, a moment); only its hash is kept.
        about: the public id of the account, for the log.
    """
    digest = hashlib.sha256(f"{to.lower()}:{once}".encode()).hexdigest()[:40]
    messages.queue_message(
        actor=SYSTEM,
        key=f"{kind}:{digest}",
        kind=kind,
        language=tag(language),
        recipient=to,
        name=name,
        context={"shop": shop_name(), "link": f"{settings.ENTREPOT_BASE_URL}{path}", **facts},
        about=f"account:{about}" if about else "",
    )


def shop_name() -> str:
    """Return the store's name; read once a minute."""

    def ask() -> str:
        try:
            return organisation.store().name
        except NotFound:
            return "Entrepôt"

    return _shop.get("name", ask)


def tag(language: str) -> str:
    """Return the BCP 47 tag of a language as addresses or settings write it: zh, zh-hans → zh-Hans; pt → pt-BR."""
    head = language.lower().split("-")[0]
    return {"zh": "zh-Hans", "pt": "pt-BR"}.get(head, head)
