"""Who buys for a company: proven by a register or a consumer; the proof is kept, grows old, and cannot be forged."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from entrepot.domains.checkout.types import CartLine, buyer
from entrepot.domains.orders import queries as orders
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.errors import (
    BadTaxNumber,
    ProofNotUsable,
    RegisterSilent,
    TaxNumberOfAnotherCountry,
    TaxNumberUnknown,
)
from entrepot.domains.tax.models import Registration, TaxProof
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.flows.price.prove_business import ASKED_MOST, prove_business
from entrepot.flows.price.quote_cart import quote_cart, requote
from entrepot.infra import clock, throttle
from entrepot.infra import db as database
from entrepot.infra.memo import forget_all
from entrepot.interfaces.api import company
from tests import api_builders as api
from tests.builders import AT, a_confirmed_order, a_quote, seed_shop
from tests.fakes.tax_register import FakeRegister

NUMBER = "DE136695976"
CUPS = (CartLine("TEA-CUP", 2),)
TYPED = {
    "email": "jule@example.de", "name": "Jule Petersen", "street_address": "Lornsenstraße 12", "postal_code": "24105",
    "city": "Kiel", "method": "card", "company_name": "Petersen Lampen GmbH",
}  # fmt: skip


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> FakeRegister:
    fake = FakeRegister("vies", known=(NUMBER, "DE811907980"))
    monkeypatch.setitem(TAX_ID_REGISTERS._known, "vies", fake)
    return fake


@pytest.fixture
def shop(db: None, register: FakeRegister) -> Client:
    forget_all()
    seed_shop()
    return Client()


def quote(at: dt.datetime = AT, market: str = "DE", **more):
    return quote_cart(actor=buyer("x"), market=market, at=at, lines=CUPS, **more)


def test_a_proven_company_in_another_member_state_is_supplied_without_tax(shop: Client) -> None:
    consumer = quote()
    proof = prove_business(typed=" de 136 695 976 ", country="DE", at=AT)
    business = quote(tax_proof=proof.id)
    taxes = [c for one in business.consignments for c in one.charges if c.kind == "tax"]
    assert (consumer.customer, business.customer, business.tax_proof) == ("consumer", "business", proof.id)
    assert consumer.tax_minor > 0 and business.tax_minor == 0
    assert {c.reason for c in taxes} == {"intra_community_supply"}
    assert {one.tax_scheme for one in business.consignments} == {"intra_community"}


def test_the_proof_is_kept_as_answered_and_never_changes(shop: Client, register: FakeRegister) -> None:
    proof = prove_business(typed=NUMBER, country="DE", at=AT)
    assert (proof.number, proof.register, proof.answer, proof.test) == (NUMBER, "vies", "valid", True)
    assert proof.name == "Petersen Lampen GmbH" and proof.address and proof.consultation == "RECEIPT-1"
    assert tax.proof(proof_id=proof.id) == proof
    stored = database.fetch("SELECT number, name FROM tax_taxproof")[0]
    assert NUMBER not in stored[0] and "Petersen" not in stored[1]
    for change in ("UPDATE tax_taxproof SET answer = 'invalid'", "DELETE FROM tax_taxproof"):
        with pytest.raises(DatabaseError), transaction.atomic():
            database.execute(change)


def test_a_fresh_answer_is_used_again_and_an_old_one_asked_anew(shop: Client, register: FakeRegister) -> None:
    first = prove_business(typed=NUMBER, country="DE", at=AT)
    assert prove_business(typed=NUMBER, country="DE", at=AT + dt.timedelta(hours=23)) == first
    later = AT + dt.timedelta(days=1)
    assert prove_business(typed=NUMBER, country="DE", at=later).id != first.id
    assert len(register.asked) == 2
    with pytest.raises(ProofNotUsable):
        tax.usable_proof(proof_id=first.id, country="DE", at=later)


def test_a_quote_ends_with_its_proof_and_is_then_a_consumers(shop: Client) -> None:
    proof = prove_business(typed=NUMBER, country="DE", at=AT - dt.timedelta(hours=23, minutes=55))
    business = quote(tax_proof=proof.id, freeze=True)
    assert business.expires_at == proof.holds_until and "tax number" in business.expires_because
    fresh, _differences = requote(actor=buyer("x"), quote_id=business.id, at=proof.holds_until)
    assert (fresh.customer, fresh.tax_proof) == ("consumer", "") and fresh.tax_minor > 0


def test_a_register_that_is_silent_proves_nothing(shop: Client, register: FakeRegister) -> None:
    register.silent = True
    with pytest.raises(RegisterSilent, match="does not answer"):
        prove_business(typed=NUMBER, country="DE", at=AT)
    assert not TaxProof.objects.exists()
    register.silent = False
    with pytest.raises(RegisterSilent):  # it is not asked about the same number again at once
        prove_business(typed=NUMBER, country="DE", at=AT + dt.timedelta(seconds=59))
    assert len(register.asked) == 1
    assert prove_business(typed=NUMBER, country="DE", at=AT + dt.timedelta(minutes=1)).answer == "valid"


def test_a_revoked_number_is_a_stored_no_and_asked_about_again(shop: Client, register: FakeRegister) -> None:
    prove_business(typed=NUMBER, country="DE", at=AT)
    register.known.clear()
    later = AT + dt.timedelta(days=2)
    for minutes in (0, 4, 5):  # a no stands for five minutes
        with pytest.raises(TaxNumberUnknown, match=NUMBER):
            prove_business(typed=NUMBER, country="DE", at=later + dt.timedelta(minutes=minutes))
    assert len(register.asked) == 3
    no = TaxProof.objects.filter(answer="invalid")
    assert no.count() == 2
    with pytest.raises(ProofNotUsable):
        quote(at=later, tax_proof=str(no[0].public_id))


def test_a_no_ends_an_older_yes(shop: Client, register: FakeRegister) -> None:
    prove_business(typed=NUMBER, country="DE", at=AT)
    register.known.clear()
    number = tax.read_number(typed=NUMBER, country="DE", on=AT.date())
    with pytest.raises(TaxNumberUnknown):
        prove_business(typed=NUMBER, country="DE", at=AT + dt.timedelta(days=1))
    assert tax.fresh_proof(number=number, at=AT + dt.timedelta(days=1)) is None


@pytest.mark.parametrize("forged", ["00000000-0000-7000-8000-000000000000", "business", "' OR 1=1 --", "\x00"])
def test_nobody_is_a_business_by_saying_so(shop: Client, forged: str) -> None:
    with pytest.raises(ProofNotUsable):
        quote(tax_proof=forged)


def test_a_proof_of_another_country_is_none(shop: Client) -> None:
    proof = prove_business(typed=NUMBER, country="DE", at=AT)
    with pytest.raises(ProofNotUsable):
        quote(market="US", tax_proof=proof.id)


def test_wrong_numbers_ask_nobody(shop: Client, register: FakeRegister) -> None:
    for typed, fault in (("DE136695977", BadTaxNumber), ("FR40303265045", TaxNumberOfAnotherCountry)):
        with pytest.raises(fault):
            prove_business(typed=typed, country="DE", at=AT)
    assert register.asked == []


@pytest.mark.parametrize("answer", ["valid", "invalid"])
def test_what_a_sandbox_said_is_worth_nothing_once_the_register_is_asked(
    shop: Client, register: FakeRegister, answer: str
) -> None:
    if answer == "invalid":
        register.known.clear()
        with pytest.raises(TaxNumberUnknown):
            prove_business(typed=NUMBER, country="DE", at=AT)
        register.known.add(NUMBER)
    else:
        played = prove_business(typed=NUMBER, country="DE", at=AT)
        assert played.test and tax.usable_proof(proof_id=played.id, country="DE", at=AT) == played
    register.test = False
    number = tax.read_number(typed=NUMBER, country="DE", on=AT.date())
    assert tax.fresh_proof(number=number, at=AT) is None
    if answer == "valid":
        with pytest.raises(ProofNotUsable):
            quote(tax_proof=played.id)
    real = prove_business(typed=NUMBER, country="DE", at=AT + dt.timedelta(seconds=1))
    assert not real.test and len(register.asked) == 2
    assert quote(tax_proof=real.id, at=AT + dt.timedelta(seconds=1)).customer == "business"


@pytest.mark.parametrize(
    ("held", "sent"),
    [
        ("NL 8049.12.338.B.01", "NL804912338B01"), ("804912338b01", "NL804912338B01"),
        ("nl-123.old", "NL123OLD"),  # of no form we know: compacted, the register will say
    ],
)  # fmt: skip
def test_the_sellers_own_number_is_sent_as_the_register_wants_it(
    shop: Client, register: FakeRegister, held: str, sent: str
) -> None:
    Registration.objects.filter(scheme="vat", jurisdiction="NL").update(number=held)
    Registration.objects.filter(scheme="vat").exclude(jurisdiction="NL").update(until=AT.date())
    tax.registrations_memo.forget()
    prove_business(typed=NUMBER, country="DE", at=AT)
    assert register.asked == [(NUMBER, sent)]


def test_a_caller_has_registers_asked_so_often_and_known_numbers_cost_nothing(
    shop: Client, register: FakeRegister
) -> None:
    asked = {"country": "DE", "at": AT, "caller": "192.0.2.7", "most": 1}
    first = prove_business(typed=NUMBER, **asked)
    assert prove_business(typed=NUMBER, **asked) == first
    with pytest.raises(throttle.TooManyTries, match="60") as refused:
        prove_business(typed="DE811907980", **asked)
    assert refused.value.params["wait_s"] == 3600 and len(register.asked) == 1
    assert prove_business(typed="DE811907980", **{**asked, "caller": "192.0.2.8"}).answer == "valid"


# ---- at the checkout


def page(client: Client, path: str, **fields):
    return client.post(f"/de-de/checkout/{path}", {**TYPED, **fields})


@pytest.fixture
def full(shop: Client) -> Client:
    assert shop.post("/de-de/cart/lines", {"sku": "TEA-CUP", "quantity": 2}).status_code < 400
    return shop


def test_the_checkout_offers_it_and_shows_the_price_of_a_company(full: Client) -> None:
    assert 'name="tax_number"' in full.get("/de-de/checkout").content.decode()
    shown = page(full, "quote", tax_number=NUMBER)
    text = shown.content.decode()
    assert shown.status_code == 200 and f'value="{NUMBER}"' in text and "vies" not in text
    assert "note-good" in text and shown.context is None


@pytest.mark.parametrize(("number", "status"), [("DE136695977", 422), ("FR40303265045", 422), ("DE129273398", 422)])
def test_a_number_that_is_not_proven_orders_nothing_and_typing_stays(full: Client, number: str, status: int) -> None:
    answer = page(full, "place", tax_number=number)
    text = answer.content.decode()
    assert answer.status_code == status and 'id="f-tax_number-e"' in text and f'value="{number}"' in text


def test_a_silent_register_leaves_the_consumers_price_and_a_way_on(full: Client, register: FakeRegister) -> None:
    register.silent = True
    answer = page(full, "quote", tax_number=NUMBER, view="1")
    text = answer.content.decode()
    assert answer.status_code == 200 and 'id="f-tax_number-e"' in text and NUMBER in text
    register.silent = False
    throttle.forget(before=clock.now() + dt.timedelta(minutes=2))  # as after a minute
    assert 'id="f-tax_number-e"' not in page(full, "quote", tax_number=NUMBER).content.decode()


@pytest.mark.parametrize(("path", "status"), [("quote", 200), ("place", 422)])
def test_who_asks_too_often_reads_how_long_to_wait_and_typing_stays(
    full: Client, register: FakeRegister, path: str, status: int
) -> None:
    for _ in range(ASKED_MOST):
        throttle.knock("tax_number", "127.0.0.1", most=ASKED_MOST, window=dt.timedelta(hours=1), at=clock.now())
    answer = page(full, path, tax_number=NUMBER)
    text = answer.content.decode()
    assert answer.status_code == status and 'id="f-tax_number-e"' in text and f'value="{NUMBER}"' in text
    assert "60" in text.split('id="f-tax_number-e"')[1][:400] and register.asked == []


def test_a_company_needs_its_name(full: Client) -> None:
    text = page(full, "place", tax_number=NUMBER, company_name="").content.decode()
    assert 'id="f-company_name-e"' in text


def test_the_island_gets_the_fault_with_the_consumers_price(full: Client, register: FakeRegister) -> None:
    register.silent = True
    sent = {**TYPED, "tax_number": NUMBER, "view": True}
    answer = full.post("/de-de/checkout/quote", sent, content_type="application/json", HTTP_ACCEPT="application/json")
    state = answer.json()["state"]
    assert [fault["field"] for fault in state["faults"]] == ["tax_number"] and state["company"]["told"] == ""


# ---- by the API


def test_a_program_quotes_for_a_company_and_is_told_why_not(shop: Client, register: FakeRegister) -> None:
    server = api.Caller(api.key())
    body = {"market": "DE", "lines": [{"sku": "TEA-CUP", "quantity": 2}], "tax_number": NUMBER}
    told = server.post("quotes", body)
    assert told.status_code == 201 and told.json()["customer"] == "business" and told.json()["tax"]["amount_minor"] == 0
    for number, status, code in (
        ("DE136695977", 422, "BAD_TAX_NUMBER"),
        ("FR40303265045", 422, "TAX_NUMBER_OF_ANOTHER_COUNTRY"),
        ("DE129273398", 422, "TAX_NUMBER_UNKNOWN"),
    ):
        refused = server.post("quotes", {**body, "tax_number": number})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    register.silent = True
    refused = server.post("quotes", {**body, "tax_number": "DE811907980"})
    assert (refused.status_code, refused.json()["code"]) == (503, "TAX_REGISTER_SILENT")
    assert server.post("quotes", {**body, "tax_number": ""}).json()["customer"] == "consumer"


def test_a_program_has_registers_asked_so_often(
    shop: Client, register: FakeRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "SERVER_ASKED_MOST", 1)
    server = api.Caller(api.key())
    body = {"market": "DE", "lines": [{"sku": "TEA-CUP", "quantity": 2}]}
    told = [server.post("quotes", {**body, "tax_number": n}) for n in (NUMBER, NUMBER, "DE811907980")]
    assert [one.status_code for one in told] == [201, 201, 429] and len(register.asked) == 1
    assert told[2].json()["code"] == "TOO_MANY_TRIES" and int(told[2]["Retry-After"]) >= 3540


def test_a_company_without_tax_reads_that_it_accounts_for_it_itself(shop: Client) -> None:
    told = {}
    for proof in ("", prove_business(typed=NUMBER, country="DE", at=AT).id):
        placed = a_confirmed_order(quote=a_quote({"TEA-CUP": 2}, tax_proof=proof))
        token = orders.access_token(order_id=placed.order_id)
        told[bool(proof)] = shop.get(f"/en-de/order/{placed.order_id}?t={token}").content.decode()
    assert "your company accounts for it" in told[True] and "tax are paid" not in told[True]
    assert "your company accounts for it" not in told[False] and "tax are paid" in told[False]
