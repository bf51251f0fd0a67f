"""Encryption at rest: an AES-GCM envelope with a key id, bound to table, column and row; and a blind index for look-up.

Format of a stored value: ``v1:<key id>:<base64 nonce+ciphertext>``. Keys come from settings.ENTREPOT_KEYS
(id → 32 bytes, the first encrypts, all decrypt), so that keys rotate without a flag day. Blind indexes are made with the
last, the oldest: they are looked up by value, so that a new key in front must not change them.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from entrepot.kernel.errors import DataFault

SEAL = b"entrepot-sealed:1:"


def encrypt(plain: str, context: str) -> str:
    """Return the envelope of a text; `context` (table.column.public_id) must be the same to open it."""
    key_id, key = next(iter(settings.ENTREPOT_KEYS.items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), context.encode())
    return f"v1:{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(envelope: str, context: str) -> str:
    """Return the text of an envelope; raise DataFault when the key is unknown or the value was moved or altered."""
    try:
        version, key_id, body = envelope.split(":", 2)
        raw = base64.b64decode(body)
        if version != "v1":
            raise ValueError(version)
        return AESGCM(settings.ENTREPOT_KEYS[key_id]).decrypt(raw[:12], raw[12:], context.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as fault:
        raise DataFault(what=f"an encrypted value of {context.rsplit('.', 1)[0]} cannot be opened") from fault


def seal(content: bytes, context: str) -> bytes:
    """Return the envelope of a file's bytes: SEAL, key id, line end, nonce, ciphertext; `context` as in `encrypt`."""
    key_id, key = next(iter(settings.ENTREPOT_KEYS.items()))
    nonce = os.urandom(12)
    return SEAL + key_id.encode() + b"\n" + nonce + AESGCM(key).encrypt(nonce, content, context.encode())


def is_sealed(raw: bytes) -> bool:
    """Say whether bytes are such an envelope."""
    return raw.startswith(SEAL)


def unseal(raw: bytes, context: str) -> bytes:
    """Return the bytes of an envelope; raise DataFault when the key is unknown or the file was moved or altered."""
    key_id, _, body = raw[len(SEAL) :].partition(b"\n")
    try:
        key = settings.ENTREPOT_KEYS[key_id.decode()]
        return AESGCM(key).decrypt(body[:12], body[12:], context.encode())
    except (ValueError, KeyError, InvalidTag) as fault:
        raise DataFault(what=f"a sealed file of {context.rsplit('.', 1)[0]} cannot be opened") from fault


def blind_index(plain: str, context: str) -> str:
    """Return a keyed hash of a normalised text (casefolded, trimmed), equal for equal texts, for exact look-up.

    It stays the same when keys rotate, as long as the oldest stays the last.
    """
    key = next(reversed(settings.ENTREPOT_KEYS.values()))
    derived = hashlib.sha256(b"blind-index:" + context.encode() + key).digest()
    return hmac.new(derived, plain.strip().casefold().encode(), hashlib.sha256).hexdigest()
