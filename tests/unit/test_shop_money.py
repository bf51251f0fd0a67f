"""Amounts are written as Babel writes them, in every language and currency of a market and some that are none yet."""

from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import format_currency

from entrepot.interfaces.web import formats
from entrepot.kernel.money import exponent

LOCALES = ("de_DE", "de_AT", "de_CH", "en_US", "en_GB", "en_IN", "hi_IN", "fr_FR", "fr_CA", "es_ES", "pt_BR", "ja_JP",
           "ar_SA", "zh_Hans_SG", "sv_SE", "pl_PL", "nl_NL", "he_IL", "id_ID")  # fmt: skip
AMOUNTS = (
    0,
    1,
    -1,
    7,
    99,
    100,
    -100,
    999,
    1_000,
    12_345,
    100_000,
    -123_456,
    1_234_567,
    99_999_999,
    1_234_567_890,
    -(10**12),
)


@pytest.mark.parametrize("name", LOCALES)
@pytest.mark.parametrize("currency", ["EUR", "USD", "SAR", "JPY", "IDR", "BRL", "KWD", "INR", "CHF"])
def test_amounts_are_written_as_babel_writes_them(name: str, currency: str) -> None:
    locale = Locale.parse(name)
    for minor in AMOUNTS:
        for code in (False, True):
            written = format_currency(
                Decimal(minor).scaleb(-exponent(currency)),
                currency,
                "#,##0.00\xa0¤¤" if code else None,
                locale=locale,
                numbering_system="latn",
                decimal_quantization=True,
                currency_digits=True,
            )
            assert formats.money(minor, currency, locale, code) == written
