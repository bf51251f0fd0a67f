"""What machines ask: alive, ready; and what production asks of itself."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from entrepot.config import production
from entrepot.domains.identity.models import User
from entrepot.infra import db, events, logs

pytestmark = pytest.mark.django_db


def test_healthz_touches_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_says_whether_the_database_answers(client, monkeypatch):
    assert client.get("/readyz").json() == {"ready": True, "database": "ok"}

    def broken(*_):
        raise DatabaseError

    monkeypatch.setattr(db, "fetch", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)


@pytest.fixture
def demo_login():
    user = User(email="owner@example.com", name="Owner", is_staff=True)
    user.set_password(production.DEMO_PASSWORD)
    user.save()
    return user


def test_production_refuses_a_demo_login(demo_login, settings):
    production.refuse_demo_logins()
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="demo's password"):
        production.refuse_demo_logins()
    demo_login.is_active = False
    demo_login.save()
    production.refuse_demo_logins()


def test_metrics_count_requests_and_tell_what_the_database_knows(client):
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'entrepot_requests_total{door="healthz",method="GET",status="2xx"}' in text
    assert 'entrepot_dead_letters{of=""} 0.0' in text
    assert "entrepot_deliveries_waiting" in text


def test_metrics_are_for_this_machine_or_for_who_holds_the_token(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
    settings.ENTREPOT_METRICS_TOKEN = "a-long-token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer \u00fc"}).status_code == 404
    seen = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}, REMOTE_ADDR="203.0.113.7")
    assert seen.status_code == 200


def test_a_log_line_names_the_request_that_caused_the_event():
    token = events.request_id.set("0123456789abcdef")
    try:
        assert logs.name_request(None, "", {"event": "x"})["request_id"] == "0123456789abcdef"
    finally:
        events.request_id.reset(token)
    assert "request_id" not in logs.name_request(None, "", {"event": "x"})


@pytest.mark.parametrize("page", ["/console/login", "/healthz", "/nowhere-at-all"])
def test_no_page_lets_a_foreign_or_inline_script_or_style_sheet_in(client, page):
    answer = client.get(page)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["style-src"] == "'self'"
    assert "script-src" not in policy
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    assert not re.search(rb"<style|<script(?![^>]*(src=|ld\+json))|\son\w+=\"", answer.content)
