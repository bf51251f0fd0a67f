"""The rules of webhooks: how a call is signed, when it is tried again, when an endpoint is paused, which address may be one."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlsplit

from entrepot.kernel.errors import N_

SIGNATURE = "Entrepot-Signature"
OVERLAP = dt.timedelta(days=1)
"""How long the secret before signs beside the new one, so that a receiver can change over."""
PAUSE_AFTER = dt.timedelta(days=3)
"""An endpoint that took nothing for so long is paused, and staff are told."""
LEASE = dt.timedelta(minutes=2)
_WAITS_S = (30, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def sign(secrets: Sequence[str], moment: int, body: str) -> str:
    """Return the value of the signature header: `t=<unix>,v1=<hex>` with one v1 for each valid secret.

    Each is HMAC-SHA256 over `<unix>.<body>`; a receiver accepts any of them, and refuses a moment long past.

    >>> sign(["s"], 1, "{}")[:8]
    't=1,v1=4'
    """
    parts = [hmac.new(s.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest() for s in secrets]
    return ",".join([f"t={moment}", *(f"v1={part}" for part in parts)])


def next_try(attempts: int, at: dt.datetime) -> dt.datetime | None:
    """Return when to try again after so many failed attempts: 30 s, 1, 5, 30 min, 2, 5, 10, 14, 20, 24 h; None = no more."""
    return at + dt.timedelta(seconds=_WAITS_S[attempts - 1]) if 1 <= attempts <= len(_WAITS_S) else None


def address_fault(url: str, *, loopback: bool) -> str:
    """Return the rule an endpoint's address breaks (a message id), "" when it may be one.

    Args:
        loopback: whether plain http to this machine will do (the demo).
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return N_("This is no address of the web.")
    if not host or len(url) > 500 or not url.isascii() or not url.isprintable() or " " in url:
        return N_("This is no address of the web.")
    if parts.username or parts.password or parts.fragment:
        return N_("An address has no name, password or fragment in it; the signature says who calls.")
    if parts.scheme == "https" or (loopback and parts.scheme == "http" and host in _LOOPBACK):
        return ""
    return N_("An endpoint begins with https://.")
