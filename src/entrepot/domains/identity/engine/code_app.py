"""Codes of an app (TOTP, RFC 6238: HMAC-SHA-1, 30 seconds, six digits), pure.

Source: RFC 6238 with the dynamic truncation of RFC 4226, section 5.3; its test vectors are in tests/unit.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6


def code(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a time step (seconds since 1970 // 30).

    Args:
        secret: base32, as an app takes it.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    mac = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: str, given: str, at_s: float, after: int) -> int:
    """Return the time step whose code was given, 0 when none fits.

    A clock may be a step off either way. Steps up to `after` were used before and count no more.
    """
    now = int(at_s) // STEP_S
    fitting = [s for s in (now - 1, now, now + 1) if s > after and hmac.compare_digest(code(secret, s), given)]
    return fitting[0] if fitting else 0


def link(secret: str, *, issuer: str, account: str) -> str:
    """Return the `otpauth://` address that an app reads from a QR code."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
