"""What machines ask: alive, ready; and what production asks of itself."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from entrepot.config import production
from entrepot.domains.identity.models import User
from entrepot.infra import db

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
