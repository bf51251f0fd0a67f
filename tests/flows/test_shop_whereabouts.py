"""Where a visitor of the bare address is sent: his choice, his network's country, his browser's languages, in this order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory

from entrepot.domains.markets import queries as markets
from entrepot.flows.bring_in.import_ip_country import NotNetworks, import_ip_country
from entrepot.infra.memo import forget_all
from entrepot.interfaces.web import caller
from entrepot.kernel.actor import SYSTEM
from tests.builders import seed_shop

TABLE = """network,country_code,start_int,end_int
8.8.0.0/16,US,134742016,134807551
8.8.4.0/24,SA,134743040,134743295
5.0.0.0/8,DE,83886080,100663295
2a01::/16,DE,0,0
not a network,DE,0,0
"""


@pytest.fixture
def shop(db: None, tmp_path: Path) -> Client:
    forget_all()
    seed_shop()
    file = tmp_path / "networks.csv"
    file.write_text(TABLE, encoding="utf-8")
    done = import_ip_country(actor=SYSTEM, paths=[file])
    assert done.runs[4] >= 3
    assert [row for _file, row, _why in done.refused] == [6]
    forget_all()
    return Client()


def start(shop: Client, address: str = "127.0.0.1", **headers: str) -> str:
    return shop.get("/", REMOTE_ADDR=address, **headers).headers["Location"]


def test_the_network_says_the_country_and_the_browser_the_language(shop: Client) -> None:
    assert start(shop, "5.1.2.3") == "/de-de/"
    assert start(shop, "5.1.2.3", HTTP_ACCEPT_LANGUAGE="en-US,en") == "/en-de/"
    assert start(shop, "8.8.4.4", HTTP_ACCEPT_LANGUAGE="de-DE") == "/ar-sa/"
    assert start(shop, "2a01:e0a::1") == "/de-de/"
    assert start(shop, "10.1.2.3", HTTP_ACCEPT_LANGUAGE="ar-SA") == "/ar-sa/"


def test_what_was_chosen_by_hand_wins_and_lasts(shop: Client) -> None:
    shop.get("/en-us/stay")
    assert start(shop, "5.1.2.3") == "/en-us/"


def test_another_country_is_proposed_and_not_forced(shop: Client) -> None:
    page = shop.get("/en-us/", REMOTE_ADDR="5.1.2.3", HTTP_ACCEPT_LANGUAGE="en-US")
    assert page.status_code == 200
    assert b'class="propose"' in page.content
    assert b'href="/en-de/"' in page.content


def test_a_header_is_believed_only_when_it_is_named(shop: Client, settings: Any) -> None:
    assert start(shop, HTTP_CF_IPCOUNTRY="SA", HTTP_ACCEPT_LANGUAGE="de-DE") == "/de-de/"
    settings.ENTREPOT_COUNTRY_HEADER = "CF-IPCountry"
    assert start(shop, HTTP_CF_IPCOUNTRY="SA", HTTP_ACCEPT_LANGUAGE="de-DE") == "/ar-sa/"
    for nothing in ("XX", "T1", "", "Saudi Arabia", "FJ"):
        assert start(shop, HTTP_CF_IPCOUNTRY=nothing, HTTP_ACCEPT_LANGUAGE="de-DE") == "/de-de/"


@pytest.mark.parametrize(
    ("hops", "told", "address"),
    [
        (0, "5.1.2.3", "192.0.2.1"),
        (1, "5.1.2.3", "5.1.2.3"),
        (1, "6.6.6.6, 5.1.2.3", "5.1.2.3"),
        (2, "6.6.6.6, 5.1.2.3, 10.0.0.1", "5.1.2.3"),
        (2, "5.1.2.3", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_only_as_many_proxies_are_believed_as_are_named(settings: Any, hops: int, told: str, address: str) -> None:
    settings.ENTREPOT_TRUSTED_PROXIES = hops
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=told)
    assert caller.address(request) == address


def test_a_file_of_something_else_replaces_nothing(shop: Client, tmp_path: Path) -> None:
    other = tmp_path / "fx.csv"
    other.write_text("Date,USD\n2026-01-01,1.1\n", encoding="utf-8")
    with pytest.raises(NotNetworks):
        import_ip_country(actor=SYSTEM, paths=[other])
    assert markets.country_of(address="5.1.2.3") == "DE"
