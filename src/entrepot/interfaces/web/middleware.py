"""Middleware of every page: a request id through logs and events, and errors said in words."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from entrepot.infra import events
from entrepot.infra.ids import new_id


class RequestId:
    """Give every request an id (or keep the one a proxy gave), for logs, events and jobs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        rid = given if given.isascii() and 8 <= len(given) <= 64 and given.replace("-", "").isalnum() else new_id().hex
        token = events.request_id.set(rid)
        structlog.contextvars.bind_contextvars(request_id=rid)
        try:
            response = self.get_response(request)
        finally:
            events.request_id.reset(token)
            structlog.contextvars.unbind_contextvars("request_id")
        response["X-Request-Id"] = rid
        return response
