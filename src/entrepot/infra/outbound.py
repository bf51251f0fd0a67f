"""Calls to addresses that somebody typed in: never into our own network, never to another place than was looked at.

The name is resolved once, each of its addresses is judged, and the call goes to the address that was judged, so that a
name that answers differently the second time gains nothing. TLS still checks the certificate of the name. Redirects are
not followed, and of the answer no more than its beginning is read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from urllib.parse import urlsplit

import httpx
import msgspec

READ_BYTES = 2000

# IPv6 addresses behind which a gateway finds an IPv4 one, perhaps of our own network (RFC 4291, 6052, 8215, 3056, 4380).
TRANSITION = tuple(
    ipaddress.IPv6Network(net) for net in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


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
    if private and found.is_loopback:
        return True
    if isinstance(found, ipaddress.IPv6Address) and any(found in net for net in TRANSITION):
        return False
    return found.is_global and not found.is_multicast


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
        timeout_s: for the whole call from connecting to the answer's beginning, however slowly it drips. An answer whose
            status came in time stands with what of its body came.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    address = resolve(host, port, private=private)
    target = httpx.URL(url).copy_with(host=address, port=port)
    told = {**headers, "Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": "identity"}
    return asyncio.run(_posted(target, body, told, host, timeout_s))


async def _posted(target: httpx.URL, body: str, told: dict[str, str], host: str, timeout_s: float) -> Answered:
    # Asynchronous for the deadline alone: httpx's own limits are per read, and begin anew with every byte.
    status, start = 0, b""
    try:
        async with (
            asyncio.timeout(timeout_s),
            httpx.AsyncClient(timeout=timeout_s, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", target, content=body, headers=told, extensions={"sni_hostname": host}) as answer,
        ):
            status = answer.status_code
            async for piece in answer.aiter_raw():  # as it came: nothing is unpacked
                start += piece
                if len(start) >= READ_BYTES:
                    break
    except (httpx.HTTPError, TimeoutError) as fault:
        if not status:
            raise Refused(f"{type(fault).__name__}: {fault}".rstrip(": ")) from fault
    return Answered(status, start[:READ_BYTES].decode("utf-8", "replace"))
