"""A copy of one's data and their deletion: every personal field of the house is either copied and overwritten, or kept for a reason."""

import base64
import datetime as dt
import io
import json
import zipfile

import pytest
from django.db import models
from django.test import Client
from django.test.utils import isolate_apps

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services as identity_services
from entrepot.domains.messages import queries as messages
from entrepot.domains.messages.models import Message
from entrepot.domains.orders import queries as orders
from entrepot.domains.parties import queries as parties
from entrepot.domains.parties import services as party_services
from entrepot.domains.parties.errors import AskedBefore
from entrepot.domains.parties.types import AddressData
from entrepot.flows.comply import answer_requests as answering
from entrepot.flows.comply import ask, personal_fields
from entrepot.flows.comply.answer_requests import answer_requests
from entrepot.infra import db
from entrepot.infra.fields import EncryptedTextField
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db
AT = builders.AT
EMAIL = "ada.secret@example.com"
SECRETS = ("ada.secret@example.com", "Ada Geheim", "Verborgene Gasse 7", "Adas Telefon")


@pytest.fixture
def account():
    builders.seed_shop()
    place = AddressData(
        name="Ada Geheim", street_address="Verborgene Gasse 7", city="Kiel", postal_code="24105", country_code="DE"
    )
    builders.a_confirmed_order(email=EMAIL)
    with db.transaction():
        user_id = identity_services.create_user(
            actor=SYSTEM, email=EMAIL, name="Ada Geheim", password="a quiet harbour", language="de", is_staff=False
        )
        party_services.save_address(actor=SYSTEM, account_id=user_id, address=place, at=AT)
        party_services.set_consent(actor=SYSTEM, account_id=user_id, kind="news", given=True, at=AT)
        identity_services.open_session(
            actor=SYSTEM, user_id=user_id, door="shop", key="k" * 43, user_agent="Firefox/1 Windows", at=AT,
            lasts=dt.timedelta(days=1),
        )  # fmt: skip
        identity_services.issue_key(
            actor=SYSTEM,
            kind="reset",
            user_id=user_id,
            name="Ada Geheim",
            email=EMAIL,
            at=AT,
            lasts=dt.timedelta(hours=1),
        )
        db.execute(
            "INSERT INTO identity_passkey (public_id, user_id, name, credential_id, public_key, uses, created_at)"
            " SELECT gen_random_uuid(), id, 'Adas Telefon', 'x', 'y', 0, now() FROM identity_user WHERE public_id = %s",
            [user_id],
        )
        identity_services.add_code_app(actor=SYSTEM, user_id=user_id)
    return user_id


def copy_of(account):
    asked = ask.ask_copy(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    assert answer_requests(AT) == 1
    body = base64.b64decode(parties.archive(account_id=account, request_id=asked, at=AT))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return asked, json.loads(archive.read("data.json")), archive.read("data.html").decode()


# ---- the walk


def test_every_personal_field_is_erased_or_kept_for_a_reason_of_law():
    fields = {name for name, _, _ in personal_fields.walk()}
    assert len(fields) > 20
    assert personal_fields.unsettled() == [], (
        "let its domain erase the field, or give it a retention of years with its reason"
    )
    assert fields >= personal_fields.ERASED, "a domain claims to erase a field that is none"
    assert all(" " in why for why in personal_fields.kept().values())


@isolate_apps("entrepot.domains.parties")
def test_a_field_that_nobody_settles_is_found():
    class Planted(models.Model):
        public_id = models.UUIDField()
        nickname = EncryptedTextField(personal="name", retention="for ever")

        class Meta:
            app_label = "parties"

    assert personal_fields.unsettled([Planted]) == ["parties.Planted.nickname"]


# ---- the copy


def test_the_copy_holds_what_was_given_for_programs_and_for_people(account):
    _asked, data, page = copy_of(account)
    text = json.dumps(data, ensure_ascii=False)
    for secret in SECRETS:
        assert secret in text and secret in page, secret
    assert data["account"]["email"] == EMAIL and len(data["orders"]) == 1
    assert data["orders"][0]["lines"] and data["orders"][0]["address"]["country_code"] == "DE"
    assert data["consents"][0]["kind"] == "news"
    assert 'lang="de"' in page and "<script" not in page
    (mail, *_) = messages.messages(about=f"account:{account}")
    assert (mail.kind, mail.language) == ("privacy_export", "de")


def test_the_copy_is_sealed_at_rest_and_forgotten_after_a_week(account):
    asked, _data, _page = copy_of(account)
    sealed = db.fetch("SELECT archive FROM parties_privacyrequest")[0][0]
    assert sealed.startswith("v1:") and len(sealed) > 1000
    answer_requests(AT + dt.timedelta(days=8))
    assert db.fetch("SELECT archive, state FROM parties_privacyrequest")[0] == ("", "forgotten")
    with pytest.raises(Exception, match="no copy"):
        parties.archive(account_id=account, request_id=asked, at=AT)


def test_nobody_fetches_the_copy_of_another(account):
    asked, _data, _page = copy_of(account)
    with pytest.raises(Exception, match="no copy"):
        parties.archive(account_id="01990000-0000-7000-8000-000000000009", request_id=asked, at=AT)
    assert Client().get(f"/de-de/account/data/copy/{asked}").status_code == 302


# ---- deletion


def everything_in_the_clear():
    """Return every personal value of the house as plain text, by field."""
    found = {}
    for name, _kind, _why in personal_fields.walk():
        app, model, field = name.split(".")
        rows = personal_fields.apps.get_model(app, model).objects.all()
        found[name] = [str(getattr(row, field)) for row in rows]
    return found


def test_deletion_waits_seven_days_and_can_be_called_off(account):
    ask.ask_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    with pytest.raises(AskedBefore):
        ask.ask_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    assert answer_requests(AT + dt.timedelta(days=6)) == 0
    assert ask.call_off_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=AT + dt.timedelta(days=6))
    assert answer_requests(AT + dt.timedelta(days=8)) == 0
    assert identity.account(user_id=account).email == EMAIL
    kinds = [m.kind for m in messages.messages(about=f"account:{account}")]
    assert kinds == ["privacy_erasure_off", "privacy_erasure_asked"]


def test_deletion_called_off_after_it_was_found_due_is_not_done(account, monkeypatch):
    ask.ask_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    late = AT + dt.timedelta(days=8)
    due = parties.due_privacy(at=late)
    assert len(due) == 1
    ask.call_off_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=late)
    monkeypatch.setattr(parties, "due_privacy", lambda at: due)
    assert answer_requests(late) == 0
    assert identity.account(user_id=account).email == EMAIL
    assert not Message.objects.filter(kind="privacy_erased").exists()


def test_a_request_that_breaks_keeps_no_other_waiting(account, monkeypatch):
    with db.transaction():
        other = identity_services.create_user(
            actor=SYSTEM, email="bo@example.com", name="Bo", password="", is_staff=False
        )
    whole = answering.gather_copy

    def broken_for_one(*, account_id, at):
        if account_id == account:
            raise RuntimeError
        return whole(account_id=account_id, at=at)

    monkeypatch.setattr(answering, "gather_copy", broken_for_one)
    ask.ask_copy(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    ask.ask_copy(actor=SYSTEM, account_id=other, locale="de-de", at=AT + dt.timedelta(minutes=1))
    assert answer_requests(AT + dt.timedelta(hours=1)) == 1
    states = [parties.privacy_requests(account_id=who)[0].state for who in (account, other)]
    assert states == ["asked", "done"]


def test_deletion_overwrites_what_no_law_keeps_and_says_what_was_kept_why(account):
    copy_of(account)
    asked = ask.ask_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    assert answer_requests(AT + dt.timedelta(days=7, minutes=1)) == 1
    after = everything_in_the_clear()
    for name in personal_fields.ERASED:
        assert not [v for v in after[name] if any(secret in v for secret in SECRETS)], name
    assert any(EMAIL in v for v in after["orders.Order.email"]), "the order keeps what tax law demands"
    (row,) = [r for r in parties.privacy_requests(account_id=account) if r.id == asked]
    assert row.state == "done" and set(row.report["erased"]) == personal_fields.ERASED
    assert "tax" in row.report["kept"]["orders.Order.email"] and len(row.report["orders"]) == 1
    with pytest.raises(Exception, match="no account"):
        identity.account(user_id=account)
    last = Message.objects.get(kind="privacy_erased")
    assert last.recipient == EMAIL and "10 Jahre" in last.text
    assert parties.held_contacts(email=EMAIL) is None


def test_who_was_deleted_may_come_back_as_somebody_new(account):
    ask.ask_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    answer_requests(AT + dt.timedelta(days=8))
    with db.transaction():
        fresh = identity_services.create_user(actor=SYSTEM, email=EMAIL, name="Ada", password="", is_staff=False)
    assert fresh != account
    assert orders.orders(text=builders.a_confirmed_order(email=EMAIL).number)


def test_staff_see_what_is_open_until_when_and_what_was_kept_why(account):
    ask.ask_erasure(actor=SYSTEM, account_id=account, locale="de-de", at=AT)
    with db.transaction():
        identity_services.set_up_roles(actor=SYSTEM)
        user_id = identity_services.create_user(
            actor=SYSTEM, email="auditor@example.com", name="Au", password="a quiet harbour"
        )
        identity_services.grant(actor=SYSTEM, user_id=user_id, role="auditor")
    desk = Client()
    desk.post("/console/login", {"email": "auditor@example.com", "password": "a quiet harbour"})
    page = desk.get("/console/privacy").content.decode()
    assert "Deletion of the account" in page and "Ada Geheim" in page and "Deadline" in page
    answer_requests(AT + dt.timedelta(days=8))
    page = desk.get("/console/privacy").content.decode()
    assert "tax and customs records" in page and "identity.User.email" in page and "Ada Geheim" not in page
