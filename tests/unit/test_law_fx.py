"""Exchange rates: over a base, over a peg, never too old; and the files of the central bank."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.domains.markets.engine import ecb
from entrepot.domains.markets.engine.calendar import easter, rate_day
from entrepot.domains.markets.engine.fx import SourceRates, pegs_in_force, quote
from entrepot.domains.markets.errors import NoRate, StaleRate
from entrepot.domains.markets.queries import pegs
from entrepot.kernel.errors import InvalidInput

DAY = dt.date(2026, 11, 25)
BANK = SourceRates("ECB", "EUR", 5, {"USD": (Decimal("1.25"), dt.date(2026, 11, 24)), "GBP": (Decimal("0.8"), DAY)})
OLD = SourceRates("ECB", "EUR", 5, {"USD": (Decimal("1.25"), dt.date(2026, 11, 19))})
HAND = SourceRates("manual", "EUR", 30, {"USD": (Decimal("1.2"), dt.date(2026, 11, 1))})
PEGS = pegs_in_force(pegs(), DAY)


def test_direct_inverse_and_cross() -> None:
    assert quote("EUR", "USD", DAY, [BANK], {}).rate == Decimal("1.25")
    assert quote("USD", "EUR", DAY, [BANK], {}).rate == Decimal("0.8")
    cross = quote("GBP", "USD", DAY, [BANK], {})
    assert cross.rate == Decimal("1.5625") and cross.date == dt.date(2026, 11, 24)
    assert cross.usable_until == dt.date(2026, 11, 30) and cross.source == "ECB"


def test_the_peg_alone_and_over_its_anchor() -> None:
    alone = quote("USD", "SAR", DAY, [], PEGS)
    assert alone.rate == Decimal("3.75") and alone.source.startswith("peg:") and alone.date == DAY
    assert quote("SAR", "USD", DAY, [], PEGS).rate == Decimal("0.2666666667")
    over = quote("EUR", "SAR", DAY, [BANK], PEGS)
    assert over.rate == Decimal("4.6875") and "pegged at 3.75 per USD" in over.source


def test_age_is_counted_in_days_and_the_next_source_is_asked() -> None:
    assert quote("EUR", "USD", dt.date(2026, 11, 24), [OLD], {}).rate == Decimal("1.25")
    with pytest.raises(StaleRate, match=r"2026-11-19 .* 5 days"):
        quote("EUR", "USD", DAY, [OLD], {})
    assert quote("EUR", "USD", DAY, [OLD, HAND], {}).source == "manual"


def test_two_sources_are_never_mixed() -> None:
    one = SourceRates("a", "EUR", 5, {"USD": (Decimal(1), DAY)})
    other = SourceRates("b", "EUR", 5, {"GBP": (Decimal(1), DAY)})
    with pytest.raises(NoRate):
        quote("USD", "GBP", DAY, [one, other], {})


def test_same_currency_is_one() -> None:
    assert quote("EUR", "EUR", DAY, [], {}).rate == 1


def test_wide_and_long_files_say_the_same() -> None:
    wide = [["Date", "USD", "JPY", "BGN", ""], ["2026-04-13", "1.1684", "186.75", "N/A", ""]]
    long = [["Date", "Currency", "Rate"], ["2026-04-13", "USD", "1.1684"], ["2026-04-13", "JPY", "186.75"]]
    daily = [["Date", " USD", " JPY"], ["13 April 2026", " 1.1684", " 186.75"]]
    assert list(ecb.read(wide)) == list(ecb.read(long)) == list(ecb.read(daily))


@pytest.mark.parametrize(
    "rows",
    [
        [["Day", "USD"]],
        [["Date", "USD"], ["yesterday", "1"]],
        [["Date", "USD"], ["2026-04-13", "one"]],
    ],
)
def test_a_file_of_no_known_form_is_refused(rows: list[list[str]]) -> None:
    with pytest.raises(InvalidInput):
        list(ecb.read(rows))


def test_the_bank_rests_at_easter_and_christmas() -> None:
    assert easter(2026) == dt.date(2026, 4, 5) and easter(2027) == dt.date(2027, 3, 28)
    assert rate_day(dt.date(2026, 4, 3)) == dt.date(2026, 4, 7)
    assert rate_day(dt.date(2026, 12, 25)) == dt.date(2026, 12, 28)
    assert rate_day(dt.date(2026, 10, 31)) == dt.date(2026, 11, 2)
