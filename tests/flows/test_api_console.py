"""The console's pages of keys and webhooks: made, shown once, revoked, sent again."""

from __future__ import annotations

import re

import pytest

from entrepot.domains.identity import queries as identity
from entrepot.domains.messages import queries as messages
from tests import api_builders as api
from tests.flows import test_console_pages as console

pytestmark = pytest.mark.django_db
PLACED = "orders.order_placed.v1"


@pytest.fixture(autouse=True)
def shop():
    return api.shop_with_offers()


@pytest.fixture
def owner():
    return console.logged_in()


def test_a_key_is_made_shown_once_used_and_revoked(owner):
    form = {"name": "Warehouse system", "scope": ["api.read_stock"], "per_minute": "60", "days": "30"}
    made = owner.post("/console/api-keys/new/secret", form)
    assert made.status_code == 200 and "no-store" in made["Cache-Control"], made.content[:500]
    text = re.search(r"ep_sk_[a-z0-9]{10}_[\w-]{43}", made.content.decode())[0]
    assert api.Caller(text).get("stock").status_code == 200
    listed = owner.get("/console/api-keys").content.decode()
    assert "Warehouse system" in listed and text not in listed and text[6:16] in listed
    (key,) = identity.api_keys()
    assert (key.per_minute, key.last_used_on is not None, key.expires_at is not None) == (60, True, True)
    owner.post(f"/console/api-keys/{key.id}/revoke")
    assert identity.api_keys()[0].revoked_at is not None


def test_what_is_wrong_is_said_and_what_was_typed_stays(owner):
    form = {"name": "Shop", "scope": ["api.quote"], "origins": "https://x.example/path", "per_minute": "60"}
    page = owner.post("/console/api-keys/new/public", form)
    body = page.content.decode()
    assert page.status_code == 422 and "without a path" in body and "https://x.example/path" in body
    assert identity.api_keys() == ()


def test_who_may_not_is_told_who_may():
    assert console.logged_in("warehouse").get("/console/api-keys").status_code == 403
    assert console.logged_in("auditor").get("/console/api-keys").status_code == 200


def test_a_webhook_is_kept_paused_resumed_changed_and_removed(owner):
    made = owner.post("/console/webhooks", {"url": "https://erp.example/hook", "topic": [PLACED]}).content.decode()
    first = re.search(r"whsec_[\w-]{43}", made)[0]
    (hook,) = messages.webhooks()
    page = f"/console/webhooks/{hook.id}"
    assert first not in owner.get(page).content.decode()
    owner.post(f"{page}/pause")
    assert messages.webhook(webhook_id=hook.id).state == "paused"
    owner.post(f"{page}/resume")
    second = re.search(r"whsec_[\w-]{43}", owner.post(f"{page}/rotate").content.decode())[0]
    assert second != first and messages.webhook(webhook_id=hook.id).rotating_until
    owner.post(f"{page}/remove")
    assert messages.webhooks() == ()
    bad = owner.post("/console/webhooks", {"url": "http://erp.example/hook", "topic": [PLACED]})
    assert bad.status_code == 422 and "https://" in bad.content.decode()
