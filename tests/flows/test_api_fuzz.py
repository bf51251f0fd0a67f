"""schemathesis over every operation of the API, in process: no server fault, no answer that the document does not declare."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import api_builders as api

pytestmark = pytest.mark.django_db
EXAMPLES = 8
CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def known_things(server: api.Caller) -> dict[str, str]:
    """Return what a fuzzer would not guess: ids of things that are there."""
    order = api.placed(server)
    return {
        "order_id": order["id"],
        "cart_id": order["cart"],
        "quote_id": order["quote"]["id"],
        "product_id": server.get("products?limit=1").json()["items"][0]["id"],
        "market": "DE",
    }


def aim(case: schemathesis.Case, known: dict[str, str]) -> None:
    """Point a case at things that are there, so that it comes past the first look-up."""
    for place in (case.path_parameters, case.query, case.body):
        for name in known.keys() & (place.keys() if isinstance(place, dict) else set()):
            place[name] = known[name]


def keep_connection():
    """Keep the test's connection over requests, as Django's own client does (and undoes after each of its calls)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)


def test_no_fault_and_nothing_undeclared():
    api.shop_with_offers()
    key = api.key()
    known = known_things(api.Caller(key))
    shown = {"Authorization": f"Bearer {key}"}
    keep_connection()
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    tried, good, faults = 0, set(), []
    for found in document.get_all_operations():
        operation = found.ok()

        @FUZZ
        @given(case=operation.as_strategy(), aimed=st.booleans())
        def run(case: schemathesis.Case, aimed: bool) -> None:
            nonlocal tried
            tried += 1
            if aimed:
                aim(case, known)
            answer = case.call(headers=shown)
            good.add((case.operation.label, answer.status_code < 300))
            case.validate_response(answer, checks=CHECKS)

        try:
            run()
        except (Exception, BaseExceptionGroup) as fault:
            faults.append(f"{operation.label}: {fault}")
    assert not faults, "\n\n".join(faults)
    assert tried >= EXAMPLES * 10
    reached = {label for label, fine in good if fine}
    assert len(reached) >= 15, reached  # a fuzz that is only ever refused proves little
