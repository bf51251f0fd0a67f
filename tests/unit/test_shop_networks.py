"""Countries of networks: packed, read back and looked up as a plain walk over the runs would."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.markets.engine.networks import number_of, pack, run_of, unpacked


@st.composite
def nested_runs(draw: st.DrawFn) -> list[tuple[int, int, str]]:
    """Blocks of powers of two, which nest or are apart, as networks do."""
    found = {}
    for _ in range(draw(st.integers(0, 12))):
        size = 2 ** draw(st.integers(0, 5))
        first = draw(st.integers(0, 255 // size)) * size
        found[(first, first + size - 1)] = draw(st.sampled_from(["DE", "US", "SA", "ZZ"]))
    return [(first, last, country) for (first, last), country in found.items()]


@given(nested_runs(), st.integers(0, 300))
def test_the_narrowest_network_around_an_address_says_its_country(runs: list[tuple[int, int, str]], at: int) -> None:
    around = [run for run in runs if run[0] <= at <= run[1]]
    wanted = min(around, key=lambda run: run[1] - run[0])[2] if around else ""
    table = unpacked(pack(runs).packed())
    assert table.country(at) == ("" if wanted == "ZZ" else wanted)


def test_addresses_that_say_nothing() -> None:
    for address in (
        "10.0.0.1",
        "127.0.0.1",
        "::1",
        "fe80::1",
        "100.64.0.1",
        "",
        "unknown",
        "1.2.3.4.5",
        "::ffff:10.0.0.1",
    ):
        assert number_of(address) is None, address
    assert number_of("::ffff:8.8.8.8") == number_of("8.8.8.8") == (4, 0x08080808)
    assert number_of("2001:4860::8888") == (6, 0x2001486000000000)


@pytest.mark.parametrize(
    ("network", "country"), [("1.0.0.0/33", "AU"), ("x", "AU"), ("1.0.0.0/24", "Au"), ("1.0.0.1/24", "AU")]
)
def test_rows_that_are_no_networks_are_refused(network: str, country: str) -> None:
    with pytest.raises(ValueError):
        run_of(network, country)


def test_a_look_up_costs_microseconds() -> None:
    table = pack((n * 256, n * 256 + 255, "DE" if n % 2 else "FR") for n in range(100_000))
    began = time.perf_counter()
    for number in range(0, 25_000_000, 2_500):
        table.country(number)
    assert (time.perf_counter() - began) / 10_000 < 50e-6
