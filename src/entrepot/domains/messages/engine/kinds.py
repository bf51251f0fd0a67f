"""What each mail to a buyer says: its sentences, as message ids with %(name)s places.

A sentence that names a place whose value is empty is left out, so that one kind serves its neighbouring cases
(cancelled with money to give back, cancelled unpaid). `when` names a flag that must be set besides.
"""

from __future__ import annotations

import msgspec

from entrepot.kernel.errors import N_


class Sentence(msgspec.Struct, frozen=True):
    """A sentence, said when all its places are filled and its flag (if any) is set."""

    text: str
    when: str = ""


class Kind(msgspec.Struct, frozen=True):
    """A mail: subject, heading, sentences, a button to the order page, and the parts it shows below."""

    subject: str
    heading: str
    sentences: tuple[Sentence, ...]
    button: str
    parts: tuple[str, ...] = ()


_BY_THE_WAY_YOU_PAID = Sentence(
    N_("The money goes back the way it came; your bank shows it within a few days."), "amount"
)
_MONEY_CAME = Sentence(
    N_(
        "A payment of yours did reach us, but too late or not in the amount of the order. We look into it and write to you."
    ),
    "money_came",
)

KINDS: dict[str, Kind] = {
    "order_placed": Kind(
        subject=N_("Order %(number)s: waiting for your payment"),
        heading=N_("We have put your things aside"),
        sentences=(
            Sentence(N_("Pay %(total)s with the code on your order page. As soon as it is there, we pack.")),
            Sentence(N_("The things are yours until %(pay_by)s. After that the order lapses and nothing is charged.")),
        ),
        button=N_("See the code and pay"),
        parts=("parcels", "cascade"),
    ),
    "pay_now": Kind(
        subject=N_("Order %(number)s: one step is left, the payment"),
        heading=N_("Your things are put aside, and not paid yet"),
        sentences=(
            Sentence(N_("Did the page close before you could pay %(total)s? The button below brings you back to it.")),
            Sentence(N_("The things are yours until %(pay_by)s. After that the order lapses and nothing is charged.")),
            Sentence(N_("If you have paid meanwhile, there is nothing to do: the next mail tells you so.")),
        ),
        button=N_("Go on and pay"),
        parts=("parcels", "cascade"),
    ),
    "order_confirmed": Kind(
        subject=N_("Order %(number)s is confirmed"),
        heading=N_("Thank you, %(name)s. Your order is confirmed"),
        sentences=(
            Sentence(N_("You paid %(total)s. Duty and tax are settled; there is nothing to pay on delivery."), "ddp"),
            Sentence(N_("You paid %(total)s."), "not_ddp"),
            Sentence(N_("You pay the courier at the door, parcel by parcel: %(total)s in all."), "cash"),
            Sentence(N_("We write again when a parcel leaves.")),
        ),
        button=N_("Follow your order"),
        parts=("parcels", "cascade", "address"),
    ),
    "shipped": Kind(
        subject=N_("Order %(number)s: a parcel is on its way"),
        heading=N_("Your parcel has left %(city)s"),
        sentences=(
            Sentence(N_("It arrives %(arrives)s.")),
            Sentence(N_("%(carrier)s carries it. Tracking number: %(tracking)s")),
            Sentence(N_("Time at customs is already counted in, and there is nothing to pay on delivery."), "ddp"),
            Sentence(N_("You pay the courier %(at_the_door)s at the door.")),
        ),
        button=N_("Follow the parcel"),
        parts=("parcels", "address"),
    ),
    "delivered": Kind(
        subject=N_("Order %(number)s has arrived"),
        heading=N_("Everything has arrived"),
        sentences=(
            Sentence(N_("The last parcel was delivered on %(date)s.")),
            Sentence(N_("Is something missing or broken? Answer this mail, a person reads it.")),
        ),
        button=N_("Open your order"),
        parts=("parcels",),
    ),
    "cancelled": Kind(
        subject=N_("Order %(number)s is cancelled"),
        heading=N_("Your order is cancelled"),
        sentences=(
            Sentence(N_("You get %(amount)s back.")),
            _BY_THE_WAY_YOU_PAID,
            Sentence(N_("Nothing was charged."), "unpaid"),
            _MONEY_CAME,
        ),
        button=N_("Open your order"),
        parts=("parcels",),
    ),
    "refunded": Kind(
        subject=N_("Order %(number)s: %(amount)s is on its way back"),
        heading=N_("We have sent your money back"),
        sentences=(Sentence(N_("You get %(amount)s back.")), _BY_THE_WAY_YOU_PAID),
        button=N_("Open your order"),
    ),
    "store_credit": Kind(
        subject=N_("Order %(number)s: your store credit of %(amount)s"),
        heading=N_("You have %(amount)s of store credit"),
        sentences=(
            Sentence(N_("Its code is %(code)s. Type it at the checkout; what is not used stays on it.")),
            Sentence(N_("It can be spent until %(until)s.")),
            Sentence(N_("Keep this mail: whoever has the code can spend it.")),
        ),
        button=N_("Open your order"),
    ),
    "credit_back": Kind(
        subject=N_("Order %(number)s: %(amount)s is on your store credit again"),
        heading=N_("Your store credit has its money back"),
        sentences=(Sentence(N_("%(amount)s is on your store credit ending in %(hint)s again.")),),
        button=N_("Open your order"),
    ),
    "refused": Kind(
        subject=N_("Order %(number)s: you did not take a parcel"),
        heading=N_("A parcel was refused at the door"),
        sentences=(
            Sentence(N_("It goes back to the warehouse. You owe nothing for it."), "unpaid"),
            Sentence(N_("It goes back to the warehouse. We look into your money and write to you."), "money_came"),
            Sentence(N_("Was it a mistake? Answer this mail, a person reads it.")),
        ),
        button=N_("Open your order"),
    ),
    "late_money": Kind(
        subject=N_("Order %(number)s: you get %(amount)s back"),
        heading=N_("Your payment goes back to you in full"),
        sentences=(
            Sentence(
                N_("It came after the order had lapsed, and in the meantime others bought the things."),
                "sold_out_meanwhile",
            ),
            Sentence(N_("The order had been cancelled before the money came."), "order_cancelled"),
            Sentence(N_("The order was paid already; this was a second payment."), "paid_twice"),
            Sentence(N_("The amount was not that of the order."), "amount_differs"),
            Sentence(N_("You get the whole sum back: %(amount)s.")),
            _BY_THE_WAY_YOU_PAID,
            Sentence(
                N_("Would you still like to have them? The shop shows when they are there again."), "sold_out_meanwhile"
            ),
        ),
        button=N_("Open your order"),
    ),
    "expired": Kind(
        subject=N_("Order %(number)s has lapsed"),
        heading=N_("Your order has lapsed"),
        sentences=(
            Sentence(
                N_("No payment came in time, so the things are no longer put aside. Nothing was charged."), "unpaid"
            ),
            Sentence(N_("The time to pay has ended, so the things are no longer put aside."), "money_came"),
            _MONEY_CAME,
            Sentence(N_("Would you still like to have them? Order again at today's price.")),
        ),
        button=N_("Open your order"),
        parts=("parcels",),
    ),
    "webhook_paused": Kind(
        subject=N_("A webhook is paused: it took nothing since %(since)s"),
        heading=N_("A webhook is paused"),
        sentences=(
            Sentence(N_("%(url)s has taken none of our calls since %(since)s, so we have stopped calling.")),
            Sentence(N_("Nothing is lost: once you let it go on, everything that waited is sent.")),
        ),
        button=N_("Look at what it answered"),
    ),
}
