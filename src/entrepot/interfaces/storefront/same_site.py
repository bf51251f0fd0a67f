"""Who may send a form: only pages of this shop.

A buyer has no session, so that there is no token to compare. Instead the browser's own word is taken: `Sec-Fetch-Site`, or where
it is missing `Origin`, must name this site. Programs that send neither carry no cookies of a browser and may post.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from entrepot.kernel.errors import N_, EntrepotError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OtherSite(EntrepotError):
    """A form was sent from a page that is not ours."""

    code = "OTHER_SITE"
    status = 403
    sentence = N_("This came from another site, so nothing was changed. Open the page here and send it again.")


def is_ours(request: HttpRequest) -> bool:
    """Say whether a request that changes something comes from a page of this site, or from no page at all."""
    if request.method in SAFE:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return not origin or urlsplit(origin).netloc == request.get_host()


def own_forms(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse forms of other sites, in place of a token."""

    @functools.wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_ours(request):
            raise OtherSite
        return view(request, *args, **kwargs)

    return csrf_exempt(call)
