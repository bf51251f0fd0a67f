"""Writes of markets and exchange rates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from entrepot.domains.markets.engine import networks
from entrepot.domains.markets.models import FxSource, Market
from entrepot.domains.markets.queries import fx_memo, markets_memo, networks_memo
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

_CURRENCY = re.compile(r"[A-Z]{3}")
_CHUNK = 20_000


def _currency(value: str, field: str) -> str:
    if not _CURRENCY.fullmatch(value):
        raise InvalidInput(field=field, value=value, rule="A currency is three capital letters, e.g. EUR.")
    return value


def _forget_markets() -> None:
    markets_memo.forget()
    db.on_commit(markets_memo.forget)


@service("markets.set_up")
def set_up_market(
    *,
    actor: Actor,
    code: str,
    country: str,
    currency: str,
    locales: Sequence[str],
    tax_display: str,
    time_zone: str,
    open: bool = False,  # the contract's word
    display_decimals: int = 2,
    position: int = 0,
) -> str:
    """Create or update a market by its code and return its public id.

    Raises:
        InvalidInput: unknown tax display or time zone, no locale, a currency or country of the wrong form.
    """
    _currency(currency, "currency")
    if tax_display not in ("incl", "excl"):
        raise InvalidInput(field="tax_display", value=tax_display, rule="It is either incl or excl.")
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise InvalidInput(field="country", value=country, rule="A country is two capital letters, e.g. DE.")
    if not locales:
        raise InvalidInput(field="locales", value="", rule="A market has at least one language.")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise InvalidInput(field="time_zone", value=time_zone, rule="There is no such time zone.") from fault
    row, _ = Market.objects.update_or_create(
        code=code.upper(),
        defaults={
            "country": country,
            "currency": currency,
            "locales": list(locales),
            "tax_display": tax_display,
            "time_zone": time_zone,
            "open": open,
            "display_decimals": display_decimals,
            "position": position,
        },
    )
    _forget_markets()
    return str(row.public_id)


@service("markets.set_up")
def set_price_policy(*, actor: Actor, code: str, price_policy: str) -> None:
    """Say what the price lists hold for a market: same_net (duty and tax come on top) or same_gross (they are inside).

    Raises InvalidInput for another word, NotFound for a market there is not.
    """
    if price_policy not in ("same_net", "same_gross"):
        raise InvalidInput(field="price_policy", value=price_policy, rule=N_("It is same_net or same_gross."))
    if not Market.objects.filter(code=code.upper()).update(price_policy=price_policy):
        raise NotFound(kind="market", key=code[:20])
    _forget_markets()


def _switch(code: str, on: bool) -> None:
    if not Market.objects.filter(code=code.upper()).update(open=on):
        raise NotFound(kind="market", key=code[:20])
    _forget_markets()


@service("markets.open")
def open_market(*, actor: Actor, code: str) -> None:
    """Let a market take orders."""
    _switch(code, True)


@service("markets.close")
def close_market(*, actor: Actor, code: str) -> None:
    """Stop a market from taking orders; what is placed goes on."""
    _switch(code, False)


@service("markets.set_up_fx_source")
def set_up_fx_source(
    *, actor: Actor, code: str, base: str, age_limit_days: int, priority: int = 10, note: str = ""
) -> None:
    """Create or update a source of exchange rates; the lowest priority is asked first."""
    if age_limit_days < 0:
        raise InvalidInput(field="age_limit_days", value=age_limit_days, rule="An age is not negative.")
    FxSource.objects.update_or_create(
        code=code,
        defaults={
            "base": _currency(base, "base"),
            "age_limit_days": age_limit_days,
            "priority": priority,
            "note": note,
        },
    )
    fx_memo.forget()
    db.on_commit(fx_memo.forget)


_UPSERT = """
INSERT INTO markets_fxrate (source_id, currency, date, rate)
SELECT %s, c, d, r FROM unnest(%s::text[], %s::date[], %s::numeric[]) AS t(c, d, r)
ON CONFLICT (source_id, currency, date) DO UPDATE SET rate = EXCLUDED.rate
WHERE markets_fxrate.rate IS DISTINCT FROM EXCLUDED.rate
"""


@service("markets.load_fx_rates")
def load_fx_rates(*, actor: Actor, source: str, rows: Iterable[tuple[dt.date, str, Decimal]], base: str) -> int:
    """Load rates (date, currency, units per one base) of a source and return how many differed from what was there.

    Raises:
        NotFound: no such source.
        InvalidInput: the base is not the source's, a currency is malformed or a rate is not positive; nothing is loaded.
    """
    known = FxSource.objects.filter(code=source).first()
    if known is None:
        raise NotFound(kind="source of exchange rates", key=source)
    if known.base != base:
        raise InvalidInput(field="base", value=base, rule=f"{source} gives its rates per {known.base}.")
    changed, rest = 0, iter(rows)
    while chunk := {(currency, date): rate for date, currency, rate in islice(rest, _CHUNK)}:
        for (currency, date), rate in chunk.items():
            _currency(currency, "currency")
            if not rate.is_finite() or rate <= 0:
                raise InvalidInput(field=f"{currency} {date}", value=rate, rule="A rate is a positive number.")
        currencies, dates = zip(*chunk, strict=True)
        changed += db.execute(_UPSERT, [known.pk, list(currencies), list(dates), list(chunk.values())])
    fx_memo.forget()
    db.on_commit(fx_memo.forget)
    return changed


_REPLACE = """
INSERT INTO markets_networktable (family, runs, packed, source) VALUES (%s, %s, %s, %s)
ON CONFLICT (family) DO UPDATE SET runs = EXCLUDED.runs, packed = EXCLUDED.packed, source = EXCLUDED.source,
                                   loaded_at = now()
"""


@service("markets.load_networks")
def load_networks(*, actor: Actor, family: int, runs: Iterable[tuple[int, int, str]], source: str) -> int:
    """Replace the countries of all networks of a family (4 or 6) and return how many runs are left after merging.

    `runs` are (first, last, country) as `engine.networks.run_of` gives them.

    Raises:
        InvalidInput: another family, or no network at all (an empty file would silently make everybody a stranger).
    """
    if family not in (4, 6):
        raise InvalidInput(field="family", value=family, rule="It is either 4 or 6.")
    packed = networks.pack(runs)
    if not packed.bounds:
        raise InvalidInput(field="runs", value="", rule="There is no network in it.")
    db.execute(_REPLACE, [family, len(packed.bounds), packed.packed(), source[:200]])
    networks_memo.forget()
    db.on_commit(networks_memo.forget)
    return len(packed.bounds)
