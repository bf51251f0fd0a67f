"""Who buys for a company: the tax number that a program gives, proven, with a limit to how often registers are asked for it."""

from __future__ import annotations

from django.http import HttpRequest

from entrepot.flows.price.prove_business import ASKED_MOST, prove_business
from entrepot.interfaces.web.caller import network

SERVER_ASKED_MOST = 600  # an hour: behind a server's key stand many buyers


def proof_of(request: HttpRequest, *, tax_number: str, country: str) -> str:
    """Return the id of the proof of a tax number of a country, "" where none was given; may ask a register.

    Counted by key and network address: a visitor behind a public key may have registers asked as often as one of the shop.
    Raises as `prove_business`.
    """
    if not tax_number:
        return ""
    caller = request.caller  # type: ignore[attr-defined]
    proof = prove_business(
        typed=tax_number,
        country=country,
        at=caller.at,
        store=caller.key.store_code,
        caller=f"{caller.key.id} {network(request)}",
        most=ASKED_MOST if caller.public else SERVER_ASKED_MOST,
    )
    return proof.id
