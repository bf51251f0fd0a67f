"""Buyers' accounts over HTTP: opened by a mailed link, ways in, own orders, addresses at the checkout, sessions, the cached pages."""

import json
import re

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity import services as identity_services
from entrepot.domains.identity.models import LoginSession
from entrepot.domains.messages.models import Message
from entrepot.domains.parties import queries as parties
from entrepot.infra import clock, db
from entrepot.interfaces.storefront.basket import CART_COOKIE
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbour"
EMAIL = "ada@example.com"
HERE = "/de-de/account/"
HOME = {
    "name": "Ada Lang", "street_address": "Hafenweg 4", "city": "Kiel", "postal_code": "24105", "country_code": "DE",
    "phone": "+49 431 123456",
}  # fmt: skip


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def link_of(kind):
    row = Message.objects.filter(kind=kind).order_by("-id").first()
    return re.search(r"http://[^/]+(/\S+)", row.text).group(1)


def opened(email=EMAIL, password=PASSWORD, name="Ada Lang"):
    browser = Client()
    answer = browser.post(f"{HERE}sign-up", {"name": name, "email": email})
    assert answer.status_code == 200, words(answer)
    answer = browser.post(link_of("account_sign_up"), {"password": password})
    assert answer["Location"] == HERE
    return browser


def test_an_address_is_mailed_a_few_sign_up_links_an_hour_from_wherever_they_are_asked():
    form = {"name": "Ada Lang", "email": EMAIL}
    asked = [Client(REMOTE_ADDR=f"203.0.113.{n}").post(f"{HERE}sign-up", form).status_code for n in range(6)]
    assert asked == [200] * 5 + [429]


def logged_in(email=EMAIL, password=PASSWORD):
    browser = Client()
    answer = browser.post(f"{HERE}log-in", {"email": email, "password": password})
    assert answer.status_code == 302
    return browser


# ---- opening


def test_an_account_is_made_once_its_address_is_confirmed():
    browser = Client()
    page = browser.post(f"{HERE}sign-up", {"name": "Ada Lang", "email": "Ada@Example.com"})
    assert "ada@example.com" in words(page).lower() and not identity.is_known(email=EMAIL)
    mail = Message.objects.get(kind="account_sign_up")
    assert mail.language == "de"
    path = link_of("account_sign_up")
    assert browser.get(path).status_code == 200 and browser.get(path).status_code == 200, "looking uses nothing up"
    weak = browser.post(path, {"password": "short"})
    assert weak.status_code == 422 and not identity.is_known(email=EMAIL)
    assert browser.post(path, {"password": PASSWORD})["Location"] == HERE
    assert "Ada Lang" in words(browser.get(HERE))
    assert Client().get(path).status_code == 404
    account = identity.account_of(email=EMAIL)
    assert account.language == "de" and account.has_password


def test_an_account_needs_no_password():
    browser = opened(password="")
    assert not identity.account_of(email=EMAIL).has_password
    assert browser.get(f"{HERE}security").status_code == 200


def test_who_has_an_account_is_told_by_mail_and_nobody_else_learns_of_it():
    opened()
    fresh = words(Client().post(f"{HERE}sign-up", {"name": "Eve", "email": "new@example.com"}))
    known = words(Client().post(f"{HERE}sign-up", {"name": "Eve", "email": EMAIL}))
    assert known.replace(EMAIL, "new@example.com") == fresh
    assert Message.objects.filter(kind="account_known").count() == 1
    assert Message.objects.filter(kind="account_sign_up").count() == 2


@pytest.mark.parametrize("email", ["", "no mail", "a@b", "x" * 300 + "@example.com", "<script>@example.com"])
def test_what_is_no_address_is_said_above_the_field(email):
    answer = Client().post(f"{HERE}sign-up", {"name": "Ada", "email": email})
    assert answer.status_code == 422 and 'aria-invalid="true"' in words(answer) and "<script>@" not in words(answer)


# ---- ways in


def test_a_password_opens_and_a_wrong_one_is_throttled():
    opened()
    assert logged_in().get(HERE).status_code == 200
    answers = [Client().post(f"{HERE}log-in", {"email": EMAIL, "password": "wrong"}) for _ in range(6)]
    assert [a.status_code for a in answers] == [422] * 4 + [422, 429] or answers[-1].status_code == 429
    assert f'value="{EMAIL}"' in words(answers[0])
    assert Client().post(f"{HERE}log-in", {"email": EMAIL, "password": PASSWORD}).status_code == 429


def test_a_mailed_code_opens_once_and_five_wrong_tries_use_it_up():
    opened()
    browser = Client()
    browser.post(f"{HERE}code", {"email": EMAIL})
    code = re.search(r"\b(\d{6})\b", Message.objects.get(kind="account_code").text).group(1)
    assert code not in Message.objects.get(kind="account_code").subject
    wrong = browser.post(f"{HERE}code/enter", {"email": EMAIL, "code": "x"})
    assert wrong.status_code == 422
    assert browser.post(f"{HERE}code/enter", {"email": EMAIL, "code": code})["Location"] == HERE
    assert Client().post(f"{HERE}code/enter", {"email": EMAIL, "code": code}).status_code == 422
    browser.post(f"{HERE}code", {"email": EMAIL})
    code = re.search(r"\b(\d{6})\b", Message.objects.filter(kind="account_code").latest("id").text).group(1)
    for _ in range(5):
        Client().post(f"{HERE}code/enter", {"email": EMAIL, "code": "000000x"})
    assert Client().post(f"{HERE}code/enter", {"email": EMAIL, "code": code}).status_code == 422


def test_codes_and_links_go_only_to_who_has_an_account_and_sound_alike():
    opened()
    for path in ("code", "forgotten"):
        known = words(Client().post(f"{HERE}{path}", {"email": EMAIL}))
        unknown = words(Client().post(f"{HERE}{path}", {"email": "nobody@example.com"}))
        assert known.replace(EMAIL, "nobody@example.com") == unknown
    assert set(Message.objects.exclude(kind="account_sign_up").values_list("kind", flat=True)) == {
        "account_code", "account_reset",
    }  # fmt: skip


def test_mails_with_codes_are_not_sent_without_end():
    opened()
    answers = [Client().post(f"{HERE}code", {"email": EMAIL}).status_code for _ in range(6)]
    assert answers[-1] == 429 and Message.objects.filter(kind="account_code").count() == 5


def test_a_new_password_ends_all_sessions():
    old = opened()
    old.post(f"{HERE}forgotten", {"email": EMAIL})
    fresh = Client()
    fresh.post(link_of("account_reset"), {"password": "another quiet harbour"})
    assert (fresh.get(HERE).status_code, old.get(HERE).status_code) == (200, 302)
    assert Client().post(f"{HERE}log-in", {"email": EMAIL, "password": PASSWORD}).status_code == 422


def test_the_log_in_leads_to_no_other_site_and_back_to_where_one_was():
    opened()
    for wished in ("https://evil.example/", "//evil.example", "/de-de//evil.example", "/console/", "/de-de/\\evil"):
        answer = Client().post(f"{HERE}log-in", {"email": EMAIL, "password": PASSWORD, "next": wished})
        assert answer["Location"] == HERE
    stranger = Client()
    asked = stranger.get(f"{HERE}addresses")["Location"]
    assert asked == "/de-de/account/log-in?next=/de-de/account/addresses"
    good = stranger.post(asked, {"email": EMAIL, "password": PASSWORD, "next": "/de-de/account/addresses"})
    assert good["Location"] == "/de-de/account/addresses"


def test_staff_do_not_enter_the_shop_nor_buyers_the_console():
    opened()
    with db.transaction():
        identity_services.create_user(actor=SYSTEM, email="boss@example.com", name="Boss", password=PASSWORD)
    answer = Client().post(f"{HERE}log-in", {"email": "boss@example.com", "password": PASSWORD})
    assert answer.status_code == 403 and "ep_account" not in answer.cookies
    browser = logged_in()
    assert browser.get("/console/").status_code == 302
    browser.cookies["sessionid"] = browser.cookies["ep_account"].value
    assert browser.get("/console/").status_code == 302


def test_forms_of_other_sites_are_refused():
    browser = opened()
    for site in ("cross-site", "same-site"):
        answer = browser.post(f"{HERE}data/erase", headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403


def test_sessions_are_fresh_at_each_log_in_seen_and_ended():
    first = opened()
    before = first.cookies["ep_account"].value
    first.post(f"{HERE}log-in", {"email": EMAIL, "password": PASSWORD})
    assert first.cookies["ep_account"].value != before
    assert LoginSession.objects.count() == 1, "the older one of this browser has ended"
    second = logged_in()
    assert words(first.get(f"{HERE}security")).count('name="session"') == 1
    first.post(f"{HERE}sessions")
    assert (first.get(HERE).status_code, second.get(HERE).status_code) == (200, 302)
    assert first.get(HERE)["Cache-Control"].count("no-store")
    first.post(f"{HERE}log-out")
    assert first.get(HERE).status_code == 302 and not LoginSession.objects.exists()


# ---- orders


def test_orders_placed_as_a_guest_are_shown_once_the_address_is_confirmed():
    mine = builders.a_confirmed_order(email="Ada@example.com")
    other = builders.a_confirmed_order(email="eve@example.com")
    browser = opened()
    page = words(browser.get(HERE))
    assert mine.number in page and other.number not in page
    where = browser.get(f"{HERE}orders/{mine.order_id}")["Location"]
    assert mine.number in words(browser.get(where))
    assert browser.get(f"{HERE}orders/{other.order_id}").status_code == 404
    assert Client().get(f"{HERE}orders/{mine.order_id}").status_code == 302


# ---- the address book


def test_addresses_are_kept_sealed_checked_and_offered_at_the_checkout():
    browser = opened()
    wrong = browser.post(f"{HERE}addresses/new", {**HOME, "postal_code": "x"})
    assert wrong.status_code == 422 and 'value="Hafenweg 4"' in words(wrong)
    assert browser.post(f"{HERE}addresses/new", HOME).status_code == 302
    browser.post(f"{HERE}addresses/new", {**HOME, "name": "Office", "street_address": "Kai 9", "default": "1"})
    account = identity.account_of(email=EMAIL)
    office, home = parties.saved_addresses(account_id=account.id)
    assert (office.address.name, office.is_default, home.is_default) == ("Office", True, False)
    assert "Hafenweg" not in str(db.fetch("SELECT data FROM parties_savedaddress"))
    browser.post("/de-de/cart", {"sku": "LAMP-OAK", "quantity": "1", "deed": "add"})
    page = words(browser.get("/de-de/checkout"))
    if 'name="street_address"' in page:
        assert 'value="Kai 9"' in page and f'value="{EMAIL}"' in page
        assert 'value="Hafenweg 4"' in words(browser.get(f"/de-de/checkout?address={home.id}"))
    browser.post(f"{HERE}addresses/{home.id}/default")
    assert parties.saved_addresses(account_id=account.id)[0].id == home.id
    browser.post(f"{HERE}addresses/{home.id}", {**HOME, "street_address": "Hafenweg 5"})
    browser.post(f"{HERE}addresses/{office.id}/remove")
    (kept,) = parties.saved_addresses(account_id=account.id)
    assert kept.address.street_address == "Hafenweg 5" and kept.is_default


def test_nobody_reaches_the_addresses_of_others():
    browser = opened()
    browser.post(f"{HERE}addresses/new", HOME)
    (kept,) = parties.saved_addresses(account_id=identity.account_of(email=EMAIL).id)
    eve = opened(email="eve@example.com", name="Eve")
    assert eve.get(f"{HERE}addresses/{kept.id}").status_code == 404
    assert eve.post(f"{HERE}addresses/{kept.id}", {**HOME, "name": "Eve"}).status_code == 404
    eve.post(f"{HERE}addresses/{kept.id}/remove")
    assert len(parties.saved_addresses(account_id=identity.account_of(email=EMAIL).id)) == 1


def test_consents_are_kept_with_their_history():
    browser = opened()
    for yes in (["news"], ["news", "review"], []):
        browser.post(f"{HERE}consents", {"yes": yes})
    account = identity.account_of(email=EMAIL)
    assert parties.consents(account_id=account.id) == {"news": False, "review": False}
    assert [(k, g) for k, g, _ in parties.consent_history(account_id=account.id)] == [
        ("news", True), ("review", True), ("news", False), ("review", False),
    ]  # fmt: skip


# ---- what must stay as it was


def test_the_basket_survives_the_log_in():
    opened()
    browser = Client()
    browser.cookies[CART_COOKIE] = signing.Signer(salt="entrepot.cart").sign("01990000-0000-7000-8000-000000000001")
    before = browser.cookies[CART_COOKIE].value
    answer = browser.post(f"{HERE}log-in", {"email": EMAIL, "password": PASSWORD})
    assert CART_COOKIE not in answer.cookies and browser.cookies[CART_COOKIE].value == before


@pytest.mark.parametrize("path", ["/de-de/", "/de-de/search?q=lamp", "/de-de/p/lamp-oak", "/de-de/cart"])
def test_pages_for_all_read_neither_session_nor_user(path):
    browser = opened()
    browser.get(path)
    with CaptureQueriesContext(connection) as statements:
        mine = browser.get(path)
    asked = json.dumps([s["sql"] for s in statements])
    assert "identity_" not in asked and "django_session" not in asked
    assert "Ada" not in mine.content.decode()


def test_dangerous_pages_ask_for_a_fresh_proof():
    browser = opened()
    LoginSession.objects.update(proved_at=builders.AT.replace(month=1))
    where = browser.get(f"{HERE}password")["Location"]
    assert where == "/de-de/account/prove?next=/de-de/account/password"
    assert browser.post(f"{HERE}prove", {"password": "wrong", "next": f"{HERE}password"}).status_code == 422
    assert (
        browser.post(f"{HERE}prove", {"password": PASSWORD, "next": f"{HERE}password"})["Location"] == f"{HERE}password"
    )
    assert browser.get(f"{HERE}password").status_code == 200
    LoginSession.objects.update(proved_at=builders.AT.replace(month=1))
    browser.post(f"{HERE}prove", {"mail": "1", "next": f"{HERE}data"})
    code = re.search(r"\b(\d{6})\b", Message.objects.get(kind="account_code").text).group(1)
    assert browser.post(f"{HERE}prove", {"code": code, "next": f"{HERE}data"})["Location"] == f"{HERE}data"
    assert identity.sessions(user_id=identity.account_of(email=EMAIL).id, at=clock.now())
