"""Log-in and its throttle, roles as data, the audit log that only grows."""

import datetime as dt

import pytest
from django.db import DatabaseError

from entrepot.domains.identity import queries, services
from entrepot.domains.identity.engine import audit, permissions, throttle
from entrepot.domains.identity.errors import EmailTaken, WeakPassword
from entrepot.domains.identity.models import AuditEntry
from entrepot.domains.identity.types import GrantInfo
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, NotFound, PermissionDenied

PASSWORD = "a quiet harbour"

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return new_user("ops@example.com")


def new_user(email, role="operator", scope=""):
    with db.transaction():
        services.set_up_roles(actor=SYSTEM)
        user_id = services.create_user(actor=SYSTEM, email=email, name="Lin Lan", password=PASSWORD)
        services.grant(actor=SYSTEM, user_id=user_id, role=role, scope=scope)
    return user_id


def log_in(at, *, email="ops@example.com", password=PASSWORD, address="10.0.0.1"):
    with db.transaction():
        return services.authenticate(actor=SYSTEM, email=email, password=password, address=address, at=at)


def test_the_right_password_opens_in_any_case_of_the_email(user, at):
    assert log_in(at, email=" OPS@Example.com ").user_id == user


def test_five_wrong_tries_shut_the_door_even_for_the_right_password(user, at):
    left = [log_in(at, password="wrong").tries_left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    shut = log_in(at)
    assert (shut.user_id, shut.wait_s > 0) == ("", True)
    assert log_in(at + dt.timedelta(minutes=16)).user_id == user


def test_an_unknown_email_is_counted_and_answered_like_a_known_one(user, at):
    known, unknown = log_in(at, password="wrong"), log_in(at, email="nobody@example.com", password="wrong")
    assert known == unknown


def test_one_address_cannot_try_many_emails(user, at):
    for n in range(throttle.TRIES_PER_ADDRESS):
        log_in(at, email=f"n{n}@example.com", password="wrong", address="10.9.9.9")
    assert log_in(at, address="10.9.9.9").wait_s > 0
    assert log_in(at, address="10.0.0.2").user_id == user


def test_a_success_forgets_the_failures_of_the_email(user, at):
    for _ in range(4):
        log_in(at, password="wrong")
    assert log_in(at).user_id == user
    assert log_in(at, password="wrong").tries_left == 4


def test_whoever_left_logs_in_no_more(user, at):
    with db.transaction():
        services.deactivate(actor=SYSTEM, user_id=user)
    assert log_in(at).user_id == ""
    with pytest.raises(NotFound):
        queries.actor_for(user_id=user)


def test_passwords_are_hashed_with_argon2_and_weak_ones_refused(user):
    with db.transaction():
        assert db.fetch("SELECT password FROM identity_user")[0][0].startswith("argon2$")
        with pytest.raises(WeakPassword):
            services.create_user(actor=SYSTEM, email="x@example.com", name="X", password="short")
        with pytest.raises(InvalidInput):
            services.create_user(actor=SYSTEM, email="no mail", name="X", password=PASSWORD)
        with pytest.raises(EmailTaken):
            services.create_user(actor=SYSTEM, email="Ops@example.com", name="X", password=PASSWORD)


MATRIX = {
    "owner": ({"orders.cancel", "ledger.post_entry", "identity.grant", "console.see_audit"}, set()),
    "operator": (
        {"orders.cancel", "fulfilment.pick", "catalogue.confirm_customs", "events.skip", "console.see_mails"},
        {"ledger.post_entry", "identity.grant", "console.see_ledger", "console.see_audit"},
    ),
    "warehouse": (
        {"fulfilment.pick", "fulfilment.ship", "inventory.receive", "console.see_stock"},
        {"orders.cancel", "catalogue.confirm_customs", "console.see_ledger", "console.see_mails"},
    ),
    "finance": (
        {"ledger.post_entry", "payments.request_refund", "console.see_ledger"},
        {"fulfilment.ship", "orders.cancel", "identity.grant", "console.see_audit"},
    ),
    "auditor": (
        {"console.see_orders", "console.see_ledger", "console.see_audit", "console.see_dead_letters"},
        {"orders.cancel", "orders.add_timeline", "events.skip", "inventory.receive", "console.see_staff"},
    ),
}


@pytest.mark.parametrize("role", sorted(MATRIX))
def test_each_role_may_what_it_should_and_no_more(role):
    actor = queries.actor_for(user_id=new_user(f"{role}@example.com", role))
    may, may_not = MATRIX[role]
    assert {p for p in may if not actor.may(p)} == set()
    assert {p for p in may_not if actor.may(p)} == set()


def test_a_scoped_role_counts_only_in_its_scope():
    user_id = new_user("rtm@example.com", "warehouse", "warehouse:RTM")
    assert not queries.actor_for(user_id=user_id).may("fulfilment.pick")
    assert queries.actor_for(user_id=user_id, scopes=["warehouse:RTM"]).may("fulfilment.pick")
    assert not queries.actor_for(user_id=user_id, scopes=["warehouse:SZX"]).may("fulfilment.pick")


def test_who_may_is_answered_by_the_roles(user):
    assert queries.roles_with(permission="console.see_audit") == ("Owner", "Auditor")


def test_permissions_are_patterns():
    grant = GrantInfo("x", "X", "", ("orders.*", "ledger.post_entry"))
    held = permissions.held([grant])
    assert permissions.allows(held, "orders.cancel") and permissions.allows(held, "ledger.post_entry")
    assert not permissions.allows(held, "ledger.reverse") and not permissions.allows(held, "ordership.cancel")


def test_what_staff_write_is_logged_without_personal_data():
    @service("orders.try_it")
    def try_it(*, actor, order_id, quantity, email, note, amount_minor):
        return None

    staff = Actor("staff", "01990000-0000-7000-8000-000000000001", frozenset({"orders.*"}))
    call = {"order_id": "o-1", "quantity": 3, "email": "ada@example.com", "note": "lives next door", "amount_minor": 5}
    with db.transaction():
        try_it(actor=staff, **call)
        try_it(actor=SYSTEM, **call)
    (entry,) = queries.audit_entries()
    assert (entry.action, entry.subject, entry.actor_id) == ("orders.try_it", "order:o-1", staff.id)
    assert entry.details == {"order_id": "o-1", "quantity": 3, "amount_minor": 5}


def test_a_refused_act_leaves_no_trace_and_no_effect():
    @service("orders.try_it_again")
    def try_it_again(*, actor):
        raise AssertionError("must not run")

    with db.transaction(), pytest.raises(PermissionDenied):
        try_it_again(actor=Actor("staff", "x", frozenset({"ledger.*"})))
    assert queries.audit_entries() == ()


def test_long_texts_and_lists_are_cut():
    kept = audit.details({"skus": [f"S{n}" for n in range(30)], "reference": "r" * 300, "fields": {"name": "Ada"}})
    assert len(kept["skus"]) == audit.MOST + 1 and len(kept["reference"]) == audit.LONGEST and "fields" not in kept


@pytest.mark.parametrize("sql", ["UPDATE identity_auditentry SET action = 'x'", "DELETE FROM identity_auditentry"])
def test_the_audit_log_only_grows_even_for_the_owner(sql, as_owner):
    AuditEntry.objects.create(actor_kind="staff", actor_id="x", action="orders.cancel")
    with pytest.raises(DatabaseError, match="only grows"), db.transaction():
        db.execute(sql)
    assert AuditEntry.objects.count() == 1


def test_the_running_role_may_not_touch_the_audit_log():
    AuditEntry.objects.create(actor_kind="staff", actor_id="x", action="orders.cancel")
    with pytest.raises(DatabaseError), db.transaction():
        db.execute("DELETE FROM identity_auditentry")
