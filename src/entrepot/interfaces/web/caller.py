"""Where a request comes from, as far as it can be believed: for counting tries and proposing a market, never for knowing who
somebody is."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

from entrepot.domains.markets import queries as markets

_COUNTRY = re.compile(r"[A-Z]{2}")
_NOWHERE = frozenset({"XX", "ZZ", "T1"})  # what proxies write when they do not know


def address(request: HttpRequest) -> str:
    """Return the caller's network address.

    Each trusted proxy appends whom it was called by to X-Forwarded-For, so that with n of them the n-th entry from the end
    is the caller; what stands before it anybody can have written. A shorter list than that did not come by the proxies.
    """
    hops = settings.ENTREPOT_TRUSTED_PROXIES
    told = request.headers.get("X-Forwarded-For", "").split(",") if hops else []
    if hops and len(told) >= hops and told[-hops].strip():
        return told[-hops].strip()
    return request.META.get("REMOTE_ADDR", "")


def network(request: HttpRequest) -> str:
    """Return the caller's network address; of an IPv6 address the /64, for one subscriber has all of it."""
    text = address(request)
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(found, ipaddress.IPv4Address):
        return text
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False))


def country(request: HttpRequest) -> str:
    """Return the country (two letters) a visitor seems to be in, "" when nothing says it.

    The header that the setting names comes first (a proxy that knows writes it), then the table of networks.
    """
    header = settings.ENTREPOT_COUNTRY_HEADER
    said = request.headers.get(header, "").strip().upper() if header else ""
    if _COUNTRY.fullmatch(said) and said not in _NOWHERE:
        return said
    return markets.country_of(address=address(request))
