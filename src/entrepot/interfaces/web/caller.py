"""Where a request comes from, as far as it can be believed: for counting tries, never for knowing who somebody is."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def network(request: HttpRequest) -> str:
    """Return the caller's network address; of an IPv6 address the /64, for one subscriber has all of it.

    Behind a proxy it is what the proxy wrote last, for anybody can write what stands before.
    """
    told = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    text = told.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return text
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))
