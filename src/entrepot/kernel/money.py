"""Money as integer minor units plus a currency; no float comes near it.

Inside engines amounts are plain ints of one stated currency; `Money` stands at the borders.
Refuses: mixing currencies, multiplying without a named rounding, building from float.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from functools import lru_cache
from typing import Literal

import msgspec

from entrepot.kernel.errors import N_, InvalidInput

Rounding = Literal["half_up", "half_even", "down", "up"]
PPM = 1_000_000

_DECIMAL_MODE = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}

# ISO 4217 exponents that are not 2.
_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


class CurrencyMismatch(InvalidInput):
    """Two amounts of different currencies were added or compared. Params: left, right."""

    code = "CURRENCY_MISMATCH"
    sentence = N_("An amount in %(left)s cannot be used with an amount in %(right)s.")


def exponent(currency: str) -> int:
    """Return the number of minor-unit digits of an ISO 4217 currency."""
    return _EXPONENTS.get(currency, 2)


def divide(numerator: int, denominator: int, rounding: Rounding = "half_up") -> int:
    """Return numerator / denominator as an int, rounded as named (halves away from zero, to even; toward or from zero)."""
    if numerator >= 0 and denominator > 0:  # nearly always; one division of ints each
        if rounding == "half_up":
            return (2 * numerator + denominator) // (2 * denominator)
        if rounding == "down":
            return numerator // denominator
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    sign = -1 if numerator < 0 else 1
    quotient, rest = divmod(abs(numerator), denominator)
    if rest:
        if rounding == "half_up":
            quotient += 2 * rest >= denominator
        elif rounding == "half_even":
            quotient += 2 * rest > denominator or (2 * rest == denominator and quotient & 1)
        elif rounding == "up":
            quotient += 1
    return sign * quotient


def apply_rate(amount_minor: int, rate_ppm: int, rounding: Rounding = "half_up") -> int:
    """Return `amount_minor` × `rate_ppm` / 1,000,000, rounded once. 19 % is 190_000 ppm."""
    return divide(amount_minor * rate_ppm, PPM, rounding)


def split(total_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split an amount by weights with largest remainders; the shares sum exactly to the total.

    Weights are non-negative ints; when all are zero, shares are as even as they can be. Ties go to the earlier share.
    """
    if not weights:
        if total_minor:
            raise InvalidInput(field="weights", value="()", rule="An amount cannot be split over nothing.")
        return ()
    if total_minor < 0:
        return tuple(-share for share in split(-total_minor, weights))
    if len(weights) == 1:
        return (total_minor,)
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    shares = [total_minor * weight // whole for weight in weights]
    left = total_minor - sum(shares)
    if left:
        rests = [total_minor * weight % whole for weight in weights]
        if left == 1:
            shares[rests.index(max(rests))] += 1
        else:
            for index in sorted(range(len(rests)), key=rests.__getitem__, reverse=True)[:left]:  # ties keep their order
                shares[index] += 1
    return tuple(shares)


def coin_of(step_minor: int, currency: str) -> int:
    """Return the smallest piece to share an amount in that is in whole steps: a major unit where the step is in whole ones, else 1.

    Rupiah in steps of 1.00 (100 minor units) are shared in pieces of 100, yen in steps of 100 yen in single yen.
    """
    whole = 10 ** exponent(currency)
    return whole if step_minor and step_minor % whole == 0 else 1


def split_coins(total_minor: int, weights: Sequence[int], coin: int) -> tuple[int, ...]:
    """Split as `split` does, each share in whole coins (`total_minor` must be); a coin of 1 is `split` itself."""
    if coin == 1 or total_minor % coin:  # the usual case first
        return split(total_minor, weights)
    return tuple(share * coin for share in split(total_minor // coin, weights))


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in minor units of one currency."""

    minor: int
    currency: str

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def times(self, numerator: int, denominator: int = 1, *, rounding: Rounding) -> Money:
        """Return this amount × numerator / denominator with a named rounding."""
        return Money(divide(self.minor * numerator, denominator, rounding), self.currency)

    def split(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Split by weights with largest remainders, summing exactly."""
        return tuple(Money(share, self.currency) for share in split(self.minor, weights))

    def decimal(self) -> Decimal:
        """Return the amount in major units."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @classmethod
    def parse(cls, amount: str | Decimal, currency: str, rounding: Rounding = "half_up") -> Money:
        """Return the Money of a major-unit decimal string, e.g. `Money.parse("12.50", "EUR")`."""
        if isinstance(amount, float):
            raise InvalidInput(field="amount", value=amount, rule="Money is never built from a float.")
        places = Decimal(1).scaleb(-exponent(currency))
        value = Decimal(amount).quantize(places, rounding=_DECIMAL_MODE[rounding])
        return cls(int(value.scaleb(exponent(currency))), currency)

    def __str__(self) -> str:
        return f"{self.decimal():f} {self.currency}"


def convert(amount_minor: int, source: str, target: str, rate: Decimal, rounding: Rounding = "half_up") -> int:
    """Convert minor units of `source` to minor units of `target`; `rate` is units of target per unit of source."""
    if source == target:
        return amount_minor
    value = Decimal(amount_minor) * rate
    shift = exponent(target) - exponent(source)
    return int((value.scaleb(shift) if shift else value).to_integral_value(_DECIMAL_MODE[rounding]))


Fx = Mapping[tuple[str, str], Decimal]
"""Rates by (source currency, target currency): units of target per unit of source."""


class NoRateGiven(InvalidInput):
    """A sum needs an exchange rate that its caller did not hand over. Params: source, target."""

    code = "NO_RATE_GIVEN"
    sentence = N_("An amount in %(source)s has to be restated in %(target)s, and no exchange rate was given.")


def restate(amount_minor: int, source: str, target: str, fx: Fx | None, rounding: Rounding = "half_up") -> int:
    """Return an amount of one currency in another by the rates given; raise NoRateGiven when none fits."""
    if source == target:
        return amount_minor
    rate = fx.get((source, target)) if fx else None
    if rate is not None:
        return _restated(amount_minor, source, target, rate, rounding)
    back = fx.get((target, source)) if fx else None
    if not back:
        raise NoRateGiven(source=source, target=target)
    return _restated(amount_minor, source, target, _turned(back), rounding)


# Limits and flat amounts of a law are few, and asked about for every consignment.
_restated = lru_cache(maxsize=8192)(convert)


@lru_cache(maxsize=1024)
def _turned(rate: Decimal) -> Decimal:
    return 1 / rate
