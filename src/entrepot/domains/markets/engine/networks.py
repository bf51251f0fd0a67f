"""Which country a network address belongs to: networks packed into sorted bounds, so that a look-up is one bisection.

Registries say to which country a network was given, not where a person sits: good for a proposal, never for a rule of law.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import msgspec

UNKNOWN = "ZZ"
# An IPv6 network is known by its first 64 bits: nobody is given less.
_SHIFT = {4: 0, 6: 64}
_NONE = "\0\0"


class Networks(msgspec.Struct, frozen=True):
    """Networks of one family: `bounds` are where a run of addresses begins, `countries` whose it is, two bytes each."""

    bounds: array[int]
    countries: bytes

    def country(self, number: int) -> str:
        """Return the country (two letters) of an address as a number (IPv6: its first 64 bits), "" when none is known."""
        place = bisect_right(self.bounds, number) - 1
        code = self.countries[2 * place : 2 * place + 2].decode() if place >= 0 else _NONE
        return "" if code in (_NONE, UNKNOWN) else code

    def packed(self) -> bytes:
        """Return the networks as bytes that `unpacked` reads on any machine (little-endian bounds, then the countries)."""
        return _little(self.bounds).tobytes() + self.countries


def pack(networks: Iterable[tuple[int, int, str]]) -> Networks:
    """Return (first, last, country) runs as Networks; of runs inside each other the narrower one wins.

    Neighbours of one country become one run, gaps belong to nobody.
    """
    bounds: array[int] = array("Q")
    countries: list[str] = []

    def begin(at: int, country: str) -> None:
        if bounds and bounds[-1] == at:
            bounds.pop()
            countries.pop()
        if not countries or countries[-1] != country:
            bounds.append(at)
            countries.append(country)

    open_runs: list[tuple[int, str]] = []

    def close_before(number: int | None) -> None:
        while open_runs and (number is None or open_runs[-1][0] < number):
            last, _country = open_runs.pop()
            while open_runs and open_runs[-1][0] <= last:
                open_runs.pop()
            begin(last + 1, open_runs[-1][1] if open_runs else _NONE)

    for first, last, country in sorted(networks, key=lambda run: (run[0], -run[1])):
        close_before(first)
        begin(first, country)
        open_runs.append((last, country))
    close_before(None)
    return Networks(bounds, "".join(countries).encode("ascii"))


def unpacked(packed: bytes) -> Networks:
    """Return the Networks of `packed` bytes."""
    size = len(packed) // 10 * 8
    bounds: array[int] = array("Q")
    bounds.frombytes(packed[:size])
    return Networks(_little(bounds), packed[size:])


def _little(bounds: array[int]) -> array[int]:
    if sys.byteorder == "little":
        return bounds
    turned = array("Q", bounds)
    turned.byteswap()
    return turned


def run_of(network: str, country: str) -> tuple[int, int, int, str]:
    """Return (family, first, last, country) of a network such as 192.0.2.0/24; raise ValueError with the reason."""
    found = ip_network(network)
    if len(country) != 2 or not (country.isascii() and country.isalpha() and country.isupper()):
        raise ValueError(f"a country is two capital letters, not “{country[:10]}”")
    shift = _SHIFT[found.version]
    return found.version, int(found[0]) >> shift, int(found[-1]) >> shift, country


def number_of(address: str) -> tuple[int, int] | None:
    """Return (family, number as `country` takes it) of a public address; None of a private, reserved or unreadable one."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if not found.is_global:
        return None
    return found.version, int(found) >> _SHIFT[found.version]
