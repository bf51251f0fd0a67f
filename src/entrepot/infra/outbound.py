"""Calls to addresses that somebody typed in: never into our own network, never to another place than was looked at.

The name is resolved once, each of its addresses is judged, and the call goes to the address that was judged, so that a
name that answers differently the second time gains nothing. TLS still checks the certificate of the name. Redirects are
not followed, and of the answer no more than its beginning is read.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urlsplit

import httpx
import msgspec

READ_BYTES = 2000


class Refused(Exception):
    """The address may not be called, or nobody answers under it; the text says why."""


class Answered(msgspec.Struct, frozen=True):
    """The HTTP status of an answer, and how its body begins."""

    status: int
    start: str


def real_moment() -> int:
    """Return the real moment in unix seconds: a signature's age is judged by it outside, on the demo's day too."""
    return int(time.time())


def allowed(address: str, *, private: bool) -> bool:
    """Say whether a network address may be called: a global one, or with `private` a loopback too.

    >>> [allowed(a, private=False) for a in ("93.184.215.14", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False, False]
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return (found.is_global and not found.is_multicast) or (private and found.is_loopback)


def resolve(host: str, port: int, *, private: bool) -> str:
    """Return one address of a host; raise Refused when it has none, or any that may not be called."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as fault:
        raise Refused(f"{host} cannot be found: {fault}") from fault
    if not found or not all(allowed(address, private=private) for address in found):
        raise Refused(f"{host} is not an address on the public network")
    return sorted(found, key=lambda address: ":" in address)[0]


def post(url: str, body: str, headers: dict[str, str], *, private: bool, timeout_s: float = 5.0) -> Answered:
    """POST a text and return the answer, whatever its status; raise Refused when there is none.

    Args:
        private: whether this machine itself may be called (the demo and tests; never in production).
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    address = resolve(host, port, private=private)
    target = httpx.URL(url).copy_with(host=address, port=port)
    told = {**headers, "Host": parts.netloc.rpartition("@")[2]}
    try:
        with (
            httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", target, content=body, headers=told, extensions={"sni_hostname": host}) as answer,
        ):
            start = next(answer.iter_bytes(READ_BYTES), b"")
            return Answered(answer.status_code, start[:READ_BYTES].decode("utf-8", "replace"))
    except httpx.HTTPError as fault:
        raise Refused(f"{type(fault).__name__}: {fault}") from fault
