"""Staff over HTTP: invited by mail, bound to a place, kept from rising, proven before dangerous acts, with a second factor."""

import re

import pytest
from django.test import Client

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment import services as fulfilment_services
from entrepot.domains.identity import queries, services
from entrepot.domains.identity.engine import code_app
from entrepot.domains.identity.errors import BeyondOwn, LastOwner, OwnRoleOnly, RoleHeld
from entrepot.domains.identity.models import ApiKey, CodeApp, LoginSession
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory import services as inventory_services
from entrepot.domains.messages import queries as messages
from entrepot.domains.messages.models import Message
from entrepot.flows.welcome import invite_staff as inviting
from entrepot.infra import clock, db
from entrepot.interfaces.console import counts
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import PermissionDenied
from tests import builders

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbour"


@pytest.fixture(autouse=True)
def shop():
    store = builders.seed_shop()
    counts.forget()
    return store


def a_user(role="owner", scope="", email=""):
    with db.transaction():
        services.set_up_roles(actor=SYSTEM)
        user_id = services.create_user(
            actor=SYSTEM, email=email or f"{role}@example.com", name="Lin Lan", password=PASSWORD
        )
        services.grant(actor=SYSTEM, user_id=user_id, role=role, scope=scope)
    return user_id


def logged_in(email="owner@example.com", password=PASSWORD):
    browser = Client()
    answer = browser.post("/console/login", {"email": email, "password": password})
    assert answer.status_code == 302, answer.content
    return browser


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def link_of(kind):
    row = Message.objects.filter(kind=kind).order_by("-id").first()
    return re.search(r"http://[^/]+(/\S+)", row.text).group(1)


# ---- inviting


def test_somebody_is_invited_by_mail_chooses_a_password_once_and_works():
    a_user()
    owner = logged_in()
    form = {
        "email": "New@Example.com",
        "name": "Neu",
        "role": "warehouse",
        "scope": "warehouse:RTM",
        "language": "zh-hans",
    }
    answer = owner.post("/console/staff/invite", form)
    assert answer.status_code == 302
    assert "invited" in words(owner.get("/console/staff"))
    (mail,) = messages.messages(about=f"account:{answer['Location'].rpartition('/')[2]}")
    assert mail.kind == "staff_invited" and mail.language == "zh-Hans"
    path = link_of("staff_invited")
    fresh = Client()
    assert 'autocomplete="new-password"' in words(fresh.get(path))
    weak = fresh.post(path, {"password": "short"})
    assert weak.status_code == 422 and "too easy to guess" in words(weak)
    assert fresh.post(path, {"password": "a fresh harbour"})["Location"] == "/console/me"
    assert fresh.get("/console/stock").status_code == 200
    assert Client().get(path).status_code == 404, "the link worked once"
    assert logged_in("new@example.com", "a fresh harbour").get("/console/me").status_code == 200


def test_a_newer_invitation_replaces_the_older_and_the_log_shows_no_key():
    a_user()
    owner = logged_in()
    form = {"email": "new@example.com", "name": "Neu", "role": "warehouse", "scope": "", "language": "en"}
    where = owner.post("/console/staff/invite", form)["Location"]
    old = link_of("staff_invited")
    owner.post(f"{where}/invite")
    new = link_of("staff_invited")
    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)
    (mail, *_) = messages.messages(about=f"account:{where.rpartition('/')[2]}")
    assert messages.body(message_id=mail.id)[1].text == ""
    page = words(owner.get(f"/console/mails/{mail.id}"))
    assert new not in page and "key to somebody" in page


def test_an_invitation_does_not_stand_for_the_second_factor():
    a_user()
    boss = logged_in()
    with_app("clerk@example.com")
    clerk = next(m for m in queries.all_staff() if m.email == "clerk@example.com")
    boss.post(f"/console/staff/{clerk.id}/invite")
    thief = Client()
    answer = thief.post(link_of("staff_invited"), {"password": "a fresh harbour"})
    assert answer["Location"].startswith("/console/login/second")
    assert thief.get("/console/me").status_code == 302


# ---- nobody rises, an owner stays


def test_the_last_owner_can_neither_be_let_go_nor_lose_the_role():
    owner = a_user()
    with db.transaction():
        for act in (services.deactivate, lambda **who: services.revoke(role="owner", **who)):
            with pytest.raises(LastOwner):
                act(actor=SYSTEM, user_id=owner)
        second = a_user(email="second@example.com")
        services.revoke(actor=SYSTEM, user_id=owner, role="owner")
        with pytest.raises(LastOwner):
            services.deactivate(actor=SYSTEM, user_id=second)
        scoped = a_user(email="third@example.com", scope="warehouse:RTM")
        assert scoped, "an owner of one warehouse is no owner of the house"


def test_nobody_rises_above_himself_or_reaches_who_is_higher():
    boss = a_user()
    with db.transaction():
        code = services.save_role(
            actor=SYSTEM, name="People", permissions=["identity.*", "console.see_staff", "console.see_home"]
        )
        clerk = a_user(code, email="clerk@example.com")
        actor = queries.actor_for(user_id=clerk)
        for forbidden in (
            lambda: services.grant(actor=actor, user_id=clerk, role="owner"),
            lambda: services.save_role(actor=actor, name="Mine", permissions=["ledger.post"]),
            lambda: services.save_role(actor=actor, name="People", permissions=["*"], code=code),
            lambda: services.deactivate(actor=actor, user_id=boss),
            lambda: services.set_password(actor=actor, user_id=boss, password="another quiet harbour"),
            lambda: services.end_sessions(actor=actor, user_id=boss),
            lambda: services.set_language(actor=actor, user_id=boss, language="de"),
            lambda: inviting.invite_again(actor=actor, user_id=boss, inviter="Clerk", at=clock.now()),
            lambda: services.require_second_factor(actor=actor, code="owner", required=False),
        ):
            with pytest.raises(BeyondOwn):
                forbidden()
        services.grant(actor=actor, user_id=clerk, role=code, scope="warehouse:RTM")


def test_roles_of_ones_own_are_made_changed_and_deleted_by_picking():
    a_user()
    owner = logged_in()
    owner.post(
        "/console/staff/roles/new", {"name": "Night shift", "permission": ["console.see_home", "fulfilment.pick"]}
    )
    (own,) = [role for role in queries.roles() if role.own]
    assert own.permissions == ("console.see_home", "fulfilment.pick")
    owner.post(f"/console/staff/roles/{own.code}", {"name": "Night", "permission": ["fulfilment.pick"]})
    assert "Night" in words(owner.get("/console/staff/roles"))
    empty = owner.post("/console/staff/roles/new", {"name": "Empty"})
    assert empty.status_code == 422 and "at least one thing" in words(empty)
    member = a_user(own.code, email="night@example.com")
    with db.transaction():
        with pytest.raises(RoleHeld):
            services.remove_role(actor=SYSTEM, code=own.code)
        with pytest.raises(OwnRoleOnly):
            services.save_role(actor=SYSTEM, name="X", permissions=["orders.cancel"], code="owner")
        services.revoke(actor=SYSTEM, user_id=member, role=own.code)
    owner.post(f"/console/staff/roles/{own.code}/delete")
    assert not [role for role in queries.roles() if role.own]
    assert "identity.save_role" in {e.action for e in queries.audit_entries()}


# ---- places bind


def test_a_role_of_one_warehouse_sees_and_acts_there_alone():
    placed = builders.a_confirmed_order({"SPK-MINI": 1}, market="US")
    (shipment,) = fulfilment.shipments(order_id=placed.order_id)
    a_user("warehouse", "warehouse:RTM")
    there = logged_in("warehouse@example.com")
    assert there.get("/console/")["Location"] == "/console/shipments"
    for path in (
        "/console/shipments",
        "/console/shipments?warehouse=SZX",
        "/console/stock?warehouse=SZX",
        "/console/stock/SPK-MINI",
    ):
        answer = there.get(path)
        assert answer.status_code == 200 and placed.number not in words(answer), path
    assert "<td>SZX</td>" not in words(there.get("/console/stock?warehouse=SZX"))
    assert there.get("/console/orders").status_code == 403
    assert there.get(f"/console/orders/{placed.order_id}").status_code == 403
    before = inventory.stock_levels(sku="SPK-MINI", warehouse="SZX")[0].on_hand
    there.post("/console/stock/adjust", {"warehouse": "SZX", "sku": "SPK-MINI", "delta": "-1", "reason": "x"})
    assert inventory.stock_levels(sku="SPK-MINI", warehouse="SZX")[0].on_hand == before
    there.post(f"/console/shipments/{shipment.id}/pick")
    assert fulfilment.shipment(shipment_id=shipment.id).state == "to_pick"


def test_the_service_door_itself_asks_for_the_place():
    placed = builders.a_confirmed_order({"SPK-MINI": 1}, market="US")
    (shipment,) = fulfilment.shipments(order_id=placed.order_id)
    actor = queries.actor_for(user_id=a_user("warehouse", "warehouse:RTM"), scopes=["warehouse:RTM"])
    adjust = {"sku": "SPK-MINI", "delta": 1, "reason": "count"}
    with db.transaction():
        with pytest.raises(PermissionDenied):
            fulfilment_services.pick(actor=actor, shipment_id=shipment.id, at=builders.AT)
        with pytest.raises(PermissionDenied):
            inventory_services.adjust_stock(actor=actor, warehouse="SZX", **adjust)
        inventory_services.receive_stock(actor=actor, warehouse="RTM", sku="SPK-MINI", quantity=1, reference="r-1")
        here = queries.actor_for(user_id=a_user("warehouse", "warehouse:SZX", email="szx@example.com"))
        inventory_services.adjust_stock(actor=here, warehouse="SZX", **adjust)
        fulfilment_services.pick(actor=here, shipment_id=shipment.id, at=builders.AT)


# ---- sessions


def test_sessions_are_listed_and_ended_by_oneself_and_by_who_may():
    user_id = a_user()
    first, second = logged_in(), logged_in()
    assert words(first.get("/console/me")).count("last seen") == 2
    first.post("/console/me/sessions", {})
    assert (first.get("/console/me").status_code, second.get("/console/me").status_code) == (200, 302)
    clerk = a_user("operator", email="clerk@example.com")
    at_work = logged_in("clerk@example.com")
    first.post(f"/console/staff/{clerk}/end-sessions")
    assert at_work.get("/console/").status_code == 302
    first.post(f"/console/staff/{clerk}/deactivate")
    assert Client().post("/console/login", {"email": "clerk@example.com", "password": PASSWORD}).status_code == 422
    first.post("/console/logout")
    assert not queries.sessions(user_id=user_id, at=clock.now())


def test_a_new_password_ends_the_others_and_keeps_this_session():
    a_user()
    here, there = logged_in(), logged_in()
    here.post("/console/me/password", {"password": "another quiet harbour"})
    assert (here.get("/console/me").status_code, there.get("/console/me").status_code) == (200, 302)
    assert messages.messages()[0].kind == "account_changed"


def test_who_leaves_takes_the_api_keys_along():
    a_user()
    clerk = a_user("owner", email="clerk@example.com")
    with db.transaction():
        made = {"kind": "secret", "store_id": builders.demo_store().id, "scopes": ["orders.cancel"], "at": clock.now()}
        services.create_api_key(actor=queries.actor_for(user_id=clerk), name="Hers", **made)
        services.create_api_key(actor=SYSTEM, name="The house's", **made)
        services.deactivate(actor=SYSTEM, user_id=clerk)
    assert list(ApiKey.objects.filter(revoked_at=None).values_list("label", flat=True)) == ["The house's"]


# ---- a fresh proof


def test_a_dangerous_act_asks_who_it_is_keeps_what_was_typed_and_goes_on():
    a_user()
    clerk = a_user("operator", email="clerk@example.com")
    owner = logged_in()
    LoginSession.objects.update(proved_at=builders.AT.replace(year=2026, month=1))
    asked = owner.post(f"/console/staff/{clerk}/grant", {"role": "auditor", "scope": ""})
    assert asked.status_code == 200 and 'name="field" value="role"' in words(asked)
    waiting = {
        "go": f"/console/staff/{clerk}/grant",
        "posted": "1",
        "field": ["role", "scope"],
        "value": ["auditor", ""],
    }
    wrong = owner.post("/console/prove", {**waiting, "password": "wrong"})
    assert wrong.status_code == 422 and 'value="auditor"' in words(wrong)
    page = words(owner.post("/console/prove", {**waiting, "password": PASSWORD}))
    assert f'action="/console/staff/{clerk}/grant"' in page and 'name="role" value="auditor"' in page
    owner.post(f"/console/staff/{clerk}/grant", {"role": "auditor", "scope": ""})
    assert "auditor" in {g.role for g in queries.staff(user_id=clerk).grants}


def test_a_proof_leads_to_no_other_site():
    a_user()
    owner = logged_in()
    answer = owner.post("/console/prove", {"go": "https://evil.example/", "password": PASSWORD})
    assert answer["Location"] == "/console/"


# ---- a second factor


def with_app(email="owner@example.com"):
    user_id = queries.all_staff()[0].id if email == "owner@example.com" else a_user("operator", email=email)
    with db.transaction():
        secret = services.add_code_app(actor=SYSTEM, user_id=user_id)
        code = code_app.code(secret, int(clock.now().timestamp()) // 30 - 1)
        services.confirm_code_app(actor=SYSTEM, user_id=user_id, code=code, at=clock.now())
    return secret


def test_with_an_app_the_password_alone_opens_nothing():
    a_user()
    secret = with_app()
    browser = Client()
    answer = browser.post(
        "/console/login", {"email": "owner@example.com", "password": PASSWORD, "next": "/console/staff"}
    )
    assert answer["Location"].startswith("/console/login/second")
    assert browser.get("/console/staff").status_code == 302
    wrong = browser.post("/console/login/second", {"code": "000000", "next": "/console/staff"})
    assert wrong.status_code == 422 and "does not fit" in words(wrong)
    code = code_app.code(secret, int(clock.now().timestamp()) // 30)
    assert (
        browser.post("/console/login/second", {"code": code, "next": "/console/staff"})["Location"] == "/console/staff"
    )
    assert browser.get("/console/staff").status_code == 200
    again = Client()
    again.post("/console/login", {"email": "owner@example.com", "password": PASSWORD})
    assert again.post("/console/login/second", {"code": code}).status_code == 422, "a code opens once"


def test_the_second_step_is_throttled_like_the_first():
    a_user()
    with_app()
    browser = Client()
    browser.post("/console/login", {"email": "owner@example.com", "password": PASSWORD})
    answers = [browser.post("/console/login/second", {"code": "000000"}).status_code for _ in range(6)]
    assert answers[-1] == 429


def test_the_right_password_gives_no_new_tries_at_the_second_step():
    a_user()
    with_app()
    statuses = []
    for _ in range(6):
        browser = Client()
        browser.post("/console/login", {"email": "owner@example.com", "password": PASSWORD})
        statuses.append(browser.post("/console/login/second", {"code": "000000"}).status_code)
    assert statuses == [422, 422, 422, 422, 429, 302], "the sixth password is not even checked"


def test_recovery_codes_open_once_each():
    user_id = a_user()
    with_app()
    with db.transaction():
        (code, *_others) = services.make_recovery_codes(actor=SYSTEM, user_id=user_id)
    for status in (302, 422):
        browser = Client()
        browser.post("/console/login", {"email": "owner@example.com", "password": PASSWORD})
        assert browser.post("/console/login/second", {"code": code.upper()}).status_code == status
    assert queries.factors(user_id=user_id).recovery_codes_left == 9


def test_an_app_is_set_up_on_the_page_with_a_qr_code():
    user_id = a_user()
    owner = logged_in()
    assert 'class="qr"' not in words(owner.get("/console/me/app"))
    assert not CodeApp.objects.exists(), "looking at the page begins nothing"
    page = words(owner.post("/console/me/app", follow=True))
    secret = re.search(r'<code class="mono ltr">([A-Z2-7 ]+)</code>', page).group(1).replace(" ", "")
    assert "<svg" in page
    assert 'role="alert"' in words(owner.post("/console/me/app", {"code": "123"}, follow=True))
    code = code_app.code(secret, int(clock.now().timestamp()) // 30)
    owner.post("/console/me/app", {"code": code})
    assert queries.factors(user_id=user_id).code_app
    assert len(re.findall(r'ltr">[a-z2-9]{5}-[a-z2-9]{5}<', words(owner.post("/console/me/codes")))) == 10
    owner.post("/console/me/app/remove")
    assert not queries.factors(user_id=user_id).code_app


def test_a_new_app_takes_the_place_of_the_old_with_its_first_code_and_not_before():
    user_id = a_user()
    owner = logged_in()
    old = with_app()
    owner.get("/console/me/app")
    assert queries.factors(user_id=user_id).code_app
    owner.post("/console/me/app")
    assert queries.factors(user_id=user_id).code_app, "begun, not yet done: the old one counts"
    new = queries.waiting_code_app(user_id=user_id)
    step = int(clock.now().timestamp()) // 30
    with db.transaction():
        who = {"actor": SYSTEM, "user_id": user_id, "address": "203.0.113.7", "at": clock.now()}
        assert services.take_code(code=code_app.code(old, step), **who).user_id == user_id
    owner.post("/console/me/app", {"code": code_app.code(new, step)})
    assert queries.waiting_code_app(user_id=user_id) == "" and new != old
    with db.transaction():
        assert not services.take_code(code=code_app.code(old, step + 1), **who).user_id
        assert services.take_code(code=code_app.code(new, step + 1), **who).user_id == user_id


def test_where_the_house_asks_for_it_nothing_opens_without_a_second_factor(settings):
    a_user()
    owner = logged_in()
    assert "this demo lets you in without one" in words(owner.get("/console/staff"))
    settings.ENTREPOT_SECOND_FACTOR = "required"
    assert owner.get("/console/staff")["Location"] == "/console/me"
    assert "asks for a second factor" in words(owner.get("/console/me"))
    assert owner.get("/console/me/app").status_code == 200
    with_app()
    assert owner.get("/console/staff").status_code == 200


def test_a_lost_phone_is_mended_by_somebody_who_may():
    a_user()
    with_app("clerk@example.com")
    clerk = next(m for m in queries.all_staff() if m.email == "clerk@example.com")
    logged_in().post(f"/console/staff/{clerk.id}/remove-factors")
    assert not queries.factors(user_id=clerk.id).any
    assert logged_in("clerk@example.com").get("/console/").status_code == 200


def test_buyers_never_enter_the_console():
    with db.transaction():
        user_id = services.create_user(
            actor=SYSTEM, email="ada@example.com", name="Ada", password=PASSWORD, is_staff=False
        )
        services.set_up_roles(actor=SYSTEM)
        with pytest.raises(Exception, match="no user"):
            services.grant(actor=SYSTEM, user_id=user_id, role="owner")
    answer = Client().post("/console/login", {"email": "ada@example.com", "password": PASSWORD})
    assert answer.status_code == 403 and "for the shop" in words(answer)
