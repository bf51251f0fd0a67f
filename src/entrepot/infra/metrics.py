"""Figures for machines that watch: requests by door, deliveries, what fails. `/metrics` prints them with what the database tells.

With several processes (granian's workers, the worker) the figures of all are summed through files in the folder of
PROMETHEUS_MULTIPROC_DIR, which `entrepot run` sets and empties; without it each process has its own.
Labels are few and closed: never an id, a path or a person.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_requests = Counter("entrepot_requests", "Requests answered", ["door", "method", "status"])
_seconds = Histogram("entrepot_request_seconds", "Time to answer a request, in seconds", ["door"], buckets=_BUCKETS)
deliveries = Counter("entrepot_deliveries", "Deliveries of events tried by this worker")
failures = Counter("entrepot_delivery_failures", "Deliveries of events that failed", ["subscriber"])
scheduled_failures = Counter("entrepot_schedule_failures", "Scheduled entries that failed", ["entry"])

Gauge = tuple[str, str, dict[str, float]]  # name, help, value by label ("" = without one)


def answered(door: str, method: str, status: int, seconds: float) -> None:
    """Count an answered request; `status` goes by its hundreds."""
    _requests.labels(door, method, f"{status // 100}xx").inc()
    _seconds.labels(door).observe(seconds)


def text(gauges: Iterable[Gauge]) -> bytes:
    """Return everything in Prometheus' text form: what the processes counted, and these gauges of the moment."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        counted = generate_latest(registry)
    else:
        counted = generate_latest(REGISTRY)
    moment = CollectorRegistry()
    moment.register(_Moment(gauges))
    return counted + generate_latest(moment)


class _Moment:
    """Gauges read at the moment of asking."""

    def __init__(self, gauges: Iterable[Gauge]) -> None:
        self.gauges = list(gauges)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield one family per gauge."""
        for name, words, values in self.gauges:
            family = GaugeMetricFamily(f"entrepot_{name}", words, labels=["of"])
            for label, value in values.items():
                family.add_metric([label], value)
            yield family
