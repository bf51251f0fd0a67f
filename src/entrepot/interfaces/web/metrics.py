"""`/metrics` for whoever watches the shop, and the middleware that counts requests by door."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.messages import queries as messages
from entrepot.domains.orders import queries as orders
from entrepot.infra import events, metrics

_DOORS = frozenset({"console", "api", "webhooks", "media", "healthz", "readyz", "metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NEAR = frozenset({"127.0.0.1", "::1"})


class CountRequests:
    """Count each request and the time it took, by door (first part of the path), method and hundreds of its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        first = request.path_info[1:].partition("/")[0]
        method = request.method if request.method in _METHODS else "other"
        door = first if first in _DOORS else "storefront"
        metrics.answered(door, method or "other", response.status_code, time.perf_counter() - began)
        return response


def show(request: HttpRequest) -> HttpResponse:
    """Answer with all figures: to who holds ENTREPOT_METRICS_TOKEN, or, where none is set, to this machine only."""
    if not _may_see(request):
        raise Http404
    return HttpResponse(metrics.text(_gauges()), content_type=metrics.CONTENT_TYPE)


def _may_see(request: HttpRequest) -> bool:
    token = settings.ENTREPOT_METRICS_TOKEN
    if token:
        told = request.headers.get("Authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(told, f"Bearer {token}".encode())
    # A proxy on this machine would make every stranger look near; it says so by the header it adds.
    return request.META.get("REMOTE_ADDR", "") in _NEAR and "X-Forwarded-For" not in request.headers


def _gauges() -> list[metrics.Gauge]:
    return [
        ("orders", "Orders by state", _numbers(orders.counts())),
        ("shipments", "Shipments by state", _numbers(fulfilment.counts())),
        ("messages", "Messages to people by state", _numbers(messages.counts())),
        ("deliveries_waiting", "Deliveries of events not yet taken", {"": float(events.backlog())}),
        ("dead_letters", "Deliveries held for a person", {"": float(len(events.dead_letters(limit=1000)))}),
    ]


def _numbers(counted: dict[str, int]) -> dict[str, float]:
    return {state: float(number) for state, number in counted.items()}
