"""Cleaning and judging of single texts: markup, handles, generated SKUs, barcodes."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata

_TAG = re.compile(r"<\s*/?\s*[a-zA-Z!][^>]*>?")
_DEAD = re.compile(r"<\s*(script|style|iframe|object)\b.*?(<\s*/\s*\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(r"<\s*/?\s*(p|br|div|li|ul|ol|h[1-6]|tr|table)\b[^>]*>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
GTIN_LENGTHS = (8, 12, 13, 14)


def has_markup(text: str) -> bool:
    """Say whether a text holds an HTML tag (a lone `<`, as in `< 5 kg`, is none)."""
    return "<" in text and _TAG.search(text) is not None


def has_control(text: str) -> bool:
    """Say whether a text holds control characters or marks that turn the direction of what follows."""
    return _CONTROL.search(text) is not None


def is_broken(text: str) -> bool:
    """Say whether bytes of the text were not UTF-8 (readers keep them as lone surrogates or replacement signs)."""
    return not text.isascii() and ("�" in text or _SURROGATE.search(text) is not None)


def shown(text: str, limit: int = 80) -> str:
    """Return a text as an error file can hold it: printable, one line, cut with its length named."""
    plain = _SURROGATE.sub("�", _CONTROL.sub("·", " ".join(text.split())))
    return plain if len(plain) <= limit else f"{plain[:limit]}… ({len(text)} characters)"


def plain(text: str) -> str:
    """Return HTML as plain text: scripts gone, blocks as line breaks, entities resolved, blank runs closed up."""
    if "<" in text:
        text = _BLOCK.sub("\n", _DEAD.sub(" ", text))
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
        text = _TAG.sub(" ", text) if "<" in text else text
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def slug(text: str, limit: int = 80) -> str:
    """Return a text as a handle of a–z, 0–9 and hyphens; "" when nothing of it can be kept (e.g. Chinese)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", text.lower()).strip("-")[:limit].rstrip("-")


def generated_sku(handle: str, option: str) -> str:
    """Return a SKU for an article that has none: the same for the same handle and option, in every import.

    >>> generated_sku("clay-plant-pot", "Large")
    'CLAY-PLANT-POT-LARGE'
    """
    name = slug(option, 30)
    mark = hashlib.sha256(f"{handle}\n{option}".encode()).hexdigest()[:6]
    tail = f"-{name}" if name else (f"-{mark}" if option else "")
    whole = f"{handle}{tail}"
    return (whole if len(whole) <= 60 else f"{whole[:53]}-{mark}").upper()


def is_gtin(code: str) -> bool:
    """Say whether a barcode is a GTIN-8, -12, -13 or -14 with a right check digit (GS1 General Specifications 7.9)."""
    if len(code) not in GTIN_LENGTHS or not (code.isascii() and code.isdigit()):
        return False
    digits = [int(c) for c in reversed(code)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
