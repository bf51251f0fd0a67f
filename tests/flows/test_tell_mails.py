"""Mails: once per key, in the order's language, always with the same Message-ID, at least once, and never silently lost."""

import datetime as dt
import smtplib

import msgspec
import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from entrepot.domains.messages import queries, services
from entrepot.domains.messages.engine import backoff
from entrepot.domains.messages.engine import mail as drawing
from entrepot.domains.messages.engine.kinds import KINDS
from entrepot.domains.messages.errors import UnknownKind
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderConfirmed
from entrepot.domains.payments.events import RefundDone
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.tell import tell_buyer, write_facts
from entrepot.flows.tell.send_messages import send_due_messages
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db
AT = builders.AT
FACTS = {"number": "E-1", "total": "€1.00", "amount": "€1.00", "link": "https://shop.example/o", "shop": "Shop"}


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


def queue(key="k:1", language="en", **facts):
    with db.transaction():
        return services.queue_message(
            actor=SYSTEM,
            key=key,
            kind="order_confirmed",
            language=language,
            recipient="ada@example.com",
            name="Ada",
            context={**FACTS, **facts},
            about="order:1",
        )


def kinds(order_id):
    return [m.kind for m in reversed(queries.messages(order_id=order_id))]


# ---- what is queued


def test_the_same_key_queues_once_and_keeps_its_message_id():
    first = queue()
    (before,) = queries.messages(order_id="1")
    assert queue(total="€2.00") == first
    (after,) = queries.messages(order_id="1")
    assert before == after and after.message_id == f"<{first.replace('-', '')}@entrepot.example>"


def test_a_mail_is_queued_in_one_statement(django_assert_num_queries):
    with db.transaction(), django_assert_num_queries(1):
        services.queue_message(
            actor=SYSTEM, key="k:2", kind="expired", language="de", recipient="a@b.c", name="A", context=FACTS
        )


def test_an_unknown_kind_is_refused():
    with db.transaction(), pytest.raises(UnknownKind):
        services.queue_message(actor=SYSTEM, key="k", kind="poem", language="en", recipient="", name="", context={})


def test_nothing_personal_lies_open_in_the_table():
    queue(address=["Lornsenstraße 12"])
    (row,) = db.fetch("SELECT recipient, name, text, html FROM messages_message")
    assert all(value.startswith("v1:") for value in row)


def test_markup_in_names_and_titles_is_escaped_and_a_subject_is_one_line():
    nasty = "<script>alert(1)</script>"
    parcel = {"title": nasty, "arrives": nasty, "lines": [{"title": nasty, "quantity": 1, "amount": nasty}]}
    facts = {
        **FACTS,
        "name": nasty,
        "number": "E-1\r\nBcc: x@y.z",
        "parcels": [parcel],
        "address": [nasty],
        "shop": nasty,
    }
    drawn = drawing.render("order_confirmed", facts, language="en", translate=str)
    assert "<script" not in drawn.html and "\n" not in drawn.subject and "\r" not in drawn.subject


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["en", "de", "ar", "zh-Hans"])
def test_every_kind_is_drawn_in_every_language(kind, language):
    drawn = drawing.render(kind, FACTS, language=language, translate=str)
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in drawn.html and f'lang="{language}"' in drawn.html
    assert "%(" not in drawn.subject + drawn.text + drawn.html
    assert FACTS["link"] in drawn.text and FACTS["link"] in drawn.html


def test_a_sentence_whose_place_is_empty_is_left_out():
    told = drawing.render("cancelled", {**FACTS, "amount": "", "unpaid": True}, language="en", translate=str).text
    assert "Nothing was charged." in told and "back" not in told


# ---- what follows from events


def test_a_paid_order_tells_once_with_the_cascade_and_the_days():
    placed = builders.a_confirmed_order({"LAMP-OAK": 1})
    tell_buyer.tell_confirmed(OrderConfirmed(placed.order_id))
    assert kinds(placed.order_id) == ["order_confirmed"]
    (message,) = queries.messages(order_id=placed.order_id)
    _, body = queries.body(message_id=message.id)
    order = orders.order(order_id=placed.order_id)
    locale = write_facts.cldr("en", "DE")
    for part in ("goods", "freight", "tax", "total"):
        assert write_facts.money(getattr(order.quote, f"{part}_minor"), "EUR", locale) in body.text
    assert write_facts.days(order.quote.consignments[0].promise, locale) in body.text
    assert f"/order/{order.id}?t={orders.access_token(order_id=order.id)}" in body.html


def test_only_who_pays_later_is_told_how_to_pay():
    card, code = builders.a_placed_order(method="card"), builders.a_placed_order(method="code")
    builders.deliver_all()
    assert (kinds(card.order_id), kinds(code.order_id)) == ([], ["order_placed"])


def test_cancelled_orders_tell_what_goes_back_and_lapsed_ones_that_nothing_was_charged():
    paid = builders.a_confirmed_order()
    cancel_order(actor=SYSTEM, order_id=paid.order_id, reason="changed my mind", at=AT)
    unpaid = builders.a_placed_order()
    builders.let_lapse(AT + dt.timedelta(days=2))
    builders.deliver_all()
    assert kinds(paid.order_id)[:2] == ["order_confirmed", "cancelled"]
    assert kinds(unpaid.order_id) == ["expired"]
    cancelled = next(m for m in queries.messages(order_id=paid.order_id) if m.kind == "cancelled")
    order = orders.order(order_id=paid.order_id)
    amount = write_facts.money(order.placed_total_minor, order.currency, write_facts.cldr("en", "DE"))
    assert amount in queries.body(message_id=cancelled.id)[1].text


@pytest.mark.parametrize("ends", ["expired", "cancelled"])
def test_no_mail_says_that_nothing_was_charged_when_money_of_another_amount_came(ends):
    order = builders.a_placed_order()
    builders.money_comes(order.order_id, amount_minor=1)
    if ends == "expired":
        builders.let_lapse(AT + dt.timedelta(days=2))
    else:
        cancel_order(actor=SYSTEM, order_id=order.order_id, reason="changed my mind", at=AT)
    builders.deliver_all()
    (message,) = queries.messages(order_id=order.order_id)
    text = queries.body(message_id=message.id)[1].text
    assert message.kind == ends and "Nothing was charged" not in text and "did reach us" in text


def test_a_refund_is_told_once_per_refund():
    placed = builders.a_confirmed_order()
    for refund in ("r1", "r1", "r2"):
        tell_buyer.tell_refunded(RefundDone(refund, "a", placed.order_id, 500, "EUR"))
    assert kinds(placed.order_id).count("refunded") == 2


@pytest.mark.parametrize(
    ("locale", "language", "path"), [("de-de", "de", "de-de"), ("ar-sa", "ar", "ar-sa"), ("en", "en", "en-de")]
)
def test_a_mail_speaks_the_language_of_the_order(locale, language, path):
    placed = builders.a_confirmed_order()
    order = msgspec.structs.replace(orders.order(order_id=placed.order_id), locale=locale)
    assert write_facts.language_of(order.locale) == language
    assert f"/{path}/order/" in tell_buyer.order_link(order)


def test_amounts_and_days_are_written_as_the_country_writes_them():
    assert write_facts.money(129990, "EUR", write_facts.cldr("de", "DE")) == "1.299,90\xa0€"
    assert "1,299.90" in write_facts.money(129990, "SAR", write_facts.cldr("ar", "SA"))
    assert write_facts.money(129990, "JPY", write_facts.cldr("en", "JP")) == "JP¥129,990"


def test_an_event_told_twice_at_once_is_one_mail():
    placed = builders.a_confirmed_order()
    for _ in range(2):
        tell_buyer.tell_cancelled(OrderCancelled(placed.order_id, 0))
    assert kinds(placed.order_id).count("cancelled") == 1


# ---- what is sent


def test_due_mails_go_out_with_their_message_id_in_text_and_html():
    queue()
    assert (send_due_messages(AT), send_due_messages(AT)) == (1, 0)
    (letter,) = mail.outbox
    (logged,) = queries.messages(state="sent")
    assert letter.extra_headers["Message-ID"] == logged.message_id == letter.message()["Message-ID"]
    assert letter.to == ["Ada <ada@example.com>"] and letter.alternatives[0][1] == "text/html"
    assert logged.sent_at == AT


class Broken(EmailBackend):
    def open(self):
        raise ConnectionRefusedError("nobody listens")


class Picky(EmailBackend):
    def send_messages(self, letters):
        if "E-bad" in letters[0].subject:
            raise smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")})
        return super().send_messages(letters)


def test_a_silent_server_is_tried_again_later_and_at_last_the_mail_waits_for_a_person(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    message_id = queue()
    at = AT
    for attempt in range(1, backoff.MAX_ATTEMPTS + 1):
        assert send_due_messages(at) == 0
        (row,) = queries.messages(order_id="1")
        assert (row.attempts, "nobody listens" in row.error) == (attempt, True)
        assert send_due_messages(at) == 0 and queries.messages(order_id="1")[0].attempts == attempt, "it waits its turn"
        at += dt.timedelta(hours=2)
    (dead,) = queries.messages(state="failed")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due_messages(at) == 0, "a dead letter does not move by itself"
    with db.transaction():
        services.resend(actor=SYSTEM, message_id=message_id)
    assert send_due_messages(at) == 1 and mail.outbox[0].extra_headers["Message-ID"] == dead.message_id


def test_one_bad_address_does_not_hold_the_others(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    queue("k:1", number="E-bad")
    queue("k:2", number="E-good")
    assert send_due_messages(AT) == 1
    assert queries.counts() == {"queued": 1, "sent": 1}


def test_who_dies_while_sending_gives_the_mail_back_after_the_lease():
    queue()
    with db.transaction():
        (taken,) = services.take_due(actor=SYSTEM, at=AT)
        assert services.take_due(actor=SYSTEM, at=AT) == ()
        (again,) = services.take_due(actor=SYSTEM, at=AT + backoff.LEASE)
    assert again.message_id == taken.message_id


def test_a_skipped_mail_stays_in_the_log_and_is_not_sent():
    message_id = queue()
    with db.transaction():
        services.skip(actor=SYSTEM, message_id=message_id)
    assert send_due_messages(AT) == 0 and queries.counts() == {"skipped": 1}
