"""Take the pictures of docs/screens: three buyers from home to delivered, on a desk and in the hand, in a live shop; a buyer in
each of the twelve markets; then the console over what they bought, in Chinese and in English. They are small palette PNGs.

    .venv/bin/python -m tools.screens [FOLDER [PART]]

PART is walks, markets or console; without it all are taken. Prints what axe and the ruler found on the way; 1 when anything was.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench._live import Live
from tests.journeys import buyer_walk
from tests.journeys.test_buyers import demo_shop, send_off, whole_way
from tests.journeys.twelve_walk import BUYERS, PICTURED, TwelveWalk
from tools.pictures import shrink

# name, path, widths; {order}, {quote} and {product} are those of the first order.
DESK = (
    ("home", "/console/", (1440, 390)),
    ("orders", "/console/orders", (1440,)),
    ("order", "/console/orders/{order}", (1440, 390)),
    ("quote", "/console/quotes/{quote}", (1440,)),
    ("customs", "/console/customs", (1440,)),
    ("ledger", "/console/ledger", (1440,)),
    ("entries", "/console/ledger/entries", (1440,)),
    ("audit", "/console/audit", (1440,)),
    ("prices-left", "/console/prices/{sku}?selling=8", (1440,)),
    ("policies", "/console/price-policies", (1440,)),
    ("invoices", "/console/invoices", (1440,)),
    ("returns", "/console/returns", (1440,)),
    ("thresholds", "/console/thresholds", (1440, 390)),
    ("law-map", "/console/law/map", (1440, 390)),
    ("law-country", "/console/law/countries/DE", (1440,)),
    ("law-changes", "/console/law/changes", (1440,)),
    ("law-doubts", "/console/law/doubts", (1440,)),
    ("law-explain", "/console/law/explain?order={number}", (1440,)),
    ("replay", "/console/replay", (1440,)),
)
# The public calculator, one question in three languages.
ASKED = (
    "landed-cost?what-1=Teapot&hs-1=691200&origin-1=CN&value-1=180&qty-1=1&mass-1=900&currency=EUR&from=CN&freight=9.90"
)
CALCULATED = (("de-de", "DE", 1440), ("en-gb", "GB", 1440), ("ar-sa", "SA", 390))
ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screens"
# Markets that are looked at page by page; of the others three pages are kept. Germany and the United States have had their walk.
CLOSELY = frozenset({"FR", "JP", "BR", "SA"})
FEW = frozenset({"product", "checkout-faults", "order-delivered"})
WALKED = frozenset({"DE", "US"})


@contextlib.contextmanager
def fonts() -> Iterator[None]:
    """Let the browser, and the papers, use the fonts of the shop's own papers: else rare Japanese signs come out as boxes."""
    own = ROOT / "var" / "fonts"
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
            f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{own}</dir></fontconfig>'
        )
        conf.flush()
        before = {name: os.environ.get(name) for name in ("FONTCONFIG_FILE", "ENTREPOT_FONTS")}
        os.environ.update(FONTCONFIG_FILE=conf.name, ENTREPOT_FONTS=str(own))
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


def twelve(shop: Live, folder: Path) -> list[str]:
    """Walk a buyer of each market and keep a few pages of each, more of those that are looked at closely; return what was found."""
    faults: list[str] = []
    with buyer_walk.browser() as chromium:
        for market in sorted(BUYERS.keys() - WALKED):
            buyer = BUYERS[market]
            for width in buyer.widths if market in CLOSELY else buyer.widths[:1]:
                pages = PICTURED if market in CLOSELY else FEW
                walk = TwelveWalk(chromium, shop.address, buyer, width, set(), screens=folder, pictured=pages)
                walk.shop()
                walk.check_out()
                walk.pay()
                order = walk.until(lambda seen: seen["state"] == "confirmed")
                send_off(shop, order["order_id"])
                walk.until(lambda seen: seen["state"] == "delivered", tries=240)
                walk.again()
                walk.seen("order-delivered")
                walk.close()
                faults += walk.faults
                print(f"{market} {width}: done", flush=True)
    return faults


def make_small(folder: Path) -> None:
    """Write every picture anew with a palette, and say how much there is."""
    with buyer_walk.browser() as chromium:
        page = chromium.new_page()
        total = sum(shrink(page, path) for path in sorted(folder.glob("*.png")))
    print(f"{total / 1e6:.1f} MB of pictures")


def console(shop: Live, folder: Path) -> None:
    """Take the pictures of the console in both languages, and one of it in the dark."""
    order, quote, number = shop.sql("SELECT public_id, quote_id, number FROM orders_order ORDER BY id LIMIT 1")[0]
    known = {
        "order": order,
        "quote": quote,
        "number": number,
        "sku": shop.sql("SELECT min(sku) FROM pricing_price")[0][0],
    }
    for language, look in (("zh-hans", "light"), ("en", "light"), ("zh-hans", "dark")):
        shop.sql("UPDATE identity_user SET language = %s WHERE is_staff", [language])
        with buyer_walk.browser() as chromium:
            context = chromium.new_context(locale="zh-CN" if language == "zh-hans" else "en-GB", color_scheme=look)
            page = context.new_page()
            page.goto(f"{shop.address}/console/login")
            page.fill("input[name=email]", "owner@demo.entrepot.example")
            page.fill("input[name=password]", "harbour-demo-2026")
            page.press("input[name=password]", "Enter")
            page.wait_for_url("**/console/")
            for name, path, widths in DESK:
                for width in widths if look == "light" else (1440,) * (name == "order"):
                    page.set_viewport_size({"width": width, "height": 900})
                    page.goto(shop.address + path.format(**known))
                    tail = "" if look == "light" else "-dark"
                    page.screenshot(path=folder / f"console-{name}-{language[:2]}-{width}{tail}.png", full_page=True)
            context.close()


def calculator(shop: Live, folder: Path) -> None:
    """Take the public calculator with an answer on it."""
    with buyer_walk.browser() as chromium:
        for locale, country, width in CALCULATED:
            page = chromium.new_page(viewport={"width": width, "height": 900})
            page.goto(f"{shop.address}/{locale}/{ASKED}&to={country}")
            page.screenshot(path=folder / f"{locale}-calculator-{width}.png", full_page=True)


def main(folder: Path = FOLDER, part: Path | None = None) -> int:
    """Walk every buyer at both widths and keep a picture of every page, or of one part."""
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    wanted = {str(part)} if part else {"walks", "markets", "console"}
    with fonts(), tempfile.TemporaryDirectory() as place, demo_shop(Path(place), "screens") as shop:
        for who in ("de", "us", "sa") if "walks" in wanted else ("de",):
            for width in (1440, 390) if "walks" in wanted else (1440,):
                faults += whole_way(shop, who, width, folder if "walks" in wanted else None)
                print(f"{who} {width}: done", flush=True)
        if "markets" in wanted:
            faults += twelve(shop, folder)
        if "console" in wanted:
            console(shop, folder)
            calculator(shop, folder)
        make_small(folder)
    print("\n".join(faults) or "nothing found")
    return min(len(faults), 1)


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:3])))
