"""What payments ask of outsiders, and the registries that placing a file fills."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from entrepot.domains.payments.types import ProviderNotice, ProviderState, StartRequest
from entrepot.kernel.registry import Registry


class PaymentProvider(Protocol):
    """Someone who collects money. One module in `adapters/` that registers an instance in `PROVIDERS`.

    Which provider carries which method, where and for how long is data (`refdata/methods.json`); addresses and secrets
    are settings. All remote verbs are called outside any transaction and may be called again with the same id at any
    time: the provider must then do nothing new and answer the same.
    """

    name: str
    test: bool  # moves no real money; never offered in production

    def start(self, request: StartRequest) -> ProviderState:
        """Begin to collect. Called once per attempt by `flows.pay.start_attempt`, and again after a crash or a timeout.

        Raises ProviderSilent (nothing is known: the attempt stays started and is asked for later) or ProviderRefuses.
        """
        ...

    def ask(self, attempt_id: str, reference: str) -> ProviderState | None:
        """Return what the provider knows of an attempt, None when it never heard of it.

        Called by the schedule for attempts that heard nothing for a while. Raises ProviderSilent.
        """
        ...

    def refund(self, reference: str, refund_id: str, amount_minor: int, currency: str) -> Literal["done", "pending"]:
        """Send money back; `refund_id` is the idempotency key. Called by the schedule until it is done.

        Raises ProviderSilent (asked again later) or ProviderRefuses (the refund is marked failed; a person decides).
        """
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> None:
        """Raise ForgedMessage unless the message is signed by the provider within the last 5 minutes.

        Called once per incoming message, before anything of it is kept. `now` is real time, not the demo's day.
        `headers` are looked up without regard to case.
        """
        ...

    def parse(self, body: bytes) -> ProviderNotice:
        """Return a verified message in the house's words; raise ValueError when it is not in the agreed form.

        Called when the message arrives (for its ids) and when it is applied (from what was stored).
        """
        ...


class Shown(msgspec.Struct, frozen=True):
    """A name under which a market knows a method, and what happens next; both message ids."""

    name: str
    note: str


class Method(msgspec.Struct, frozen=True):
    """What a buyer may pick. One module in `methods/` registers it in `METHODS`. `name` and `note` are message ids.

    `shown_as` are other names of it, by a key that a row of refdata/methods.json names. `takes_back`: whether the money can go
    back the way it came (cash cannot: it goes back as store credit or by bank transfer). `at_the_door`: the courier collects it.
    """

    code: str
    name: str
    note: str
    shown_as: Mapping[str, Shown] = msgspec.field(default_factory=dict)
    takes_back: bool = True
    at_the_door: bool = False


PROVIDERS: Registry[PaymentProvider] = Registry("payment provider")
METHODS: Registry[Method] = Registry("payment method")
