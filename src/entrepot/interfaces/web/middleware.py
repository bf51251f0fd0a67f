"""Middleware of every page: a request id through logs and events, and errors said in words."""

from collections.abc import Callable

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_noop as N_

from entrepot.infra import events
from entrepot.infra.ids import new_id
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError

log = structlog.get_logger(__name__)

# Everything comes from here: no foreign or inline script, no foreign or inline style sheet, no frame. Styles may stand in
# attributes (widths of cascade segments), which can neither run nor fetch anything.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; style-src-attr 'unsafe-inline'; object-src 'none';"
    " base-uri 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), interest-cohort=()",
}
_PLAIN = {
    400: N_("This request cannot be read. Go back, look at what was typed, and send it once more."),
    403: N_("This page may only be used from inside the shop. Go back and try once more from there."),
    404: N_("There is no page at this address. It may have moved, or the link was cut short."),
    405: N_("This address takes another kind of request. Go back and use the button on the page."),
    413: N_("What was sent is too large. Shorten the longest text and send it once more."),
}


class RequestId:
    """Give every request an id (or keep the one a proxy gave), for logs, events and jobs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        rid = given if given.isascii() and 8 <= len(given) <= 64 and given.replace("-", "").isalnum() else new_id().hex
        token = events.request_id.set(rid)  # infra.logs puts it into every line
        try:
            response = self.get_response(request)
        finally:
            events.request_id.reset(token)
        response["X-Request-Id"] = rid
        return response


class SayErrors:
    """Turn an EntrepotError into a page or JSON in words, and Django's bare refusals into the same page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in _PLAIN and not response.streaming and b"/entrepot.css" not in response.content:
            response = self._plain(request, response)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Answer for a view that raised; what is not ours goes on to Django."""
        if not isinstance(fault, EntrepotError) or isinstance(fault, Http404):
            return None
        if fault.status >= 500:
            log.error("said_error", code=fault.code, path=request.path_info, fault=fault.message())
        return words.answer(request, fault)

    def _plain(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if words.wants_json(request) or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        with translation.override(words.language_of(request)):
            sentence = translation.gettext(_PLAIN[response.status_code])
        return words.page(request, response.status_code, sentence)
