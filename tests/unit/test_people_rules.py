"""Codes of an app against the vectors of RFC 6238, who may give what, actors bound to a place, browsers in words."""

import base64

import pytest

from entrepot.domains.identity.engine import code_app, device, roles
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import PermissionDenied

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at_s", "told"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
     (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(at_s, told):
    assert code_app.code(SECRET, at_s // 30, digits=8) == told
    assert code_app.code(SECRET, at_s // 30) == told[-6:]


def test_a_code_opens_once_and_a_step_early_or_late():
    step = 1234567890 // 30
    given = code_app.code(SECRET, step)
    assert code_app.matching_step(SECRET, given, 1234567890, 0) == step
    assert code_app.matching_step(SECRET, given, 1234567890 + 30, 0) == step
    assert code_app.matching_step(SECRET, given, 1234567890 + 70, 0) == 0
    assert code_app.matching_step(SECRET, given, 1234567890, step) == 0, "used before"


def test_the_link_is_what_an_app_reads():
    told = code_app.link("ABC", issuer="Entrepôt", account="a b@example.com")
    assert told == "otpauth://totp/Entrep%C3%B4t:a%20b%40example.com?secret=ABC&issuer=Entrep%C3%B4t"


def test_nobody_gives_more_than_he_holds():
    giver = Actor(
        "staff", "x", frozenset({"orders.*", "console.see_staff"}), (("warehouse:RTM", frozenset({"inventory.*"})),)
    )
    assert roles.beyond(giver, ["orders.cancel", "console.see_staff", "orders.*"]) == ""
    assert roles.beyond(giver, ["orders.cancel", "ledger.post"]) == "ledger.post"
    assert roles.beyond(giver, ["*"]) == "*"
    assert roles.beyond(giver, ["console.*"]) == "console.*"
    assert roles.beyond(giver, ["inventory.adjust"]) == "inventory.adjust"
    assert roles.beyond(giver, ["inventory.adjust"], "warehouse:RTM") == ""
    assert roles.beyond(giver, ["inventory.adjust"], "warehouse:SZX") == "inventory.adjust"
    assert roles.beyond(SYSTEM, ["*", "anything.else"]) == ""


def test_what_is_held_in_one_place_counts_there_alone():
    actor = Actor("staff", "x", frozenset({"orders.see"}), (("warehouse:RTM", frozenset({"inventory.*"})),))
    assert actor.may("inventory.adjust", "warehouse:RTM") and not actor.may("inventory.adjust", "warehouse:SZX")
    assert not actor.may("inventory.adjust") and actor.may_somewhere("inventory.adjust")
    inside = Actor("staff", "x", frozenset(), actor.scoped, ("warehouse:RTM",))
    assert inside.may("inventory.adjust") and not inside.may("inventory.adjust", "warehouse:SZX")
    with pytest.raises(PermissionDenied):
        inside.require("inventory.adjust", "warehouse:SZX")


def test_a_browser_in_words():
    assert (
        device.words("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1")
        == "Safari, iPhone"
    )
    assert device.words("curl/8") == ""
