"""Pictures of the shop: files by their content's hash, so an answer never changes and may be kept for ever."""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from entrepot.domains.documents import queries as documents
from entrepot.domains.documents.errors import NoSuchFile

_NAME = re.compile(r"([0-9a-f]{64})\.(svg|png|jpg|webp|avif)")
# Only pictures are served here: invoices and labels are documents too, and belong to someone.
_PICTURES = {"image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/avif"}
_KEEP = 600
_kept: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
_lock = Lock()


def media(request: HttpRequest, name: str) -> HttpResponse:
    """Answer /media/<sha256>.<ending>: the picture, immutable; 404 for anything that is no picture of ours.

    An SVG is sent under a policy of its own that forbids it to run or load anything, should somebody open it alone.
    """
    found = _NAME.fullmatch(name)
    if found is None or request.method not in ("GET", "HEAD"):
        raise Http404
    key = found[1]
    tag = f'"{key[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return _lasting(HttpResponseNotModified(), tag)
    content, mime = _picture(key)
    answer = HttpResponse(content, content_type=mime)
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return _lasting(answer, tag)


def _lasting(answer: HttpResponse, tag: str) -> HttpResponse:
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["ETag"] = tag
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-site"
    return answer


def _picture(key: str) -> tuple[bytes, str]:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    try:
        content, mime, _ = documents.file(id=key)
    except NoSuchFile:
        raise Http404 from None
    if mime not in _PICTURES:
        raise Http404
    with _lock:
        if len(content) < 100_000:
            _kept[key] = (content, mime)
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
    return content, mime
