"""Take the pictures of docs/screens: three buyers from home to delivered, on a desk and in the hand, in a live shop; then the
console over what they bought, in Chinese and in English.

    .venv/bin/python -m tools.screens [FOLDER]

Prints what axe and the ruler found on the way; 1 when anything was.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench._live import Live
from tests.journeys import buyer_walk
from tests.journeys.test_buyers import demo_shop, whole_way

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
)
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screens"


def console(shop: Live, folder: Path) -> None:
    """Take the pictures of the console in both languages, and one of it in the dark."""
    order, quote = shop.sql("SELECT public_id, quote_id FROM orders_order ORDER BY id LIMIT 1")[0]
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
                    page.goto(shop.address + path.format(order=order, quote=quote))
                    tail = "" if look == "light" else "-dark"
                    page.screenshot(path=folder / f"console-{name}-{language[:2]}-{width}{tail}.png", full_page=True)
            context.close()


def main(folder: Path = FOLDER) -> int:
    """Walk every buyer at both widths and keep a picture of every page."""
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as place, demo_shop(Path(place), "screens") as shop:
        for who in ("de", "us", "sa"):
            for width in (1440, 390):
                faults += whole_way(shop, who, width, folder)
                print(f"{who} {width}: done", flush=True)
        console(shop, folder)
    print("\n".join(faults) or "nothing found")
    return min(len(faults), 1)


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:2])))
