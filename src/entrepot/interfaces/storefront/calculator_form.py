"""What is typed into the public calculator: read from the address, said above its field where it cannot be, kept as typed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

import msgspec
from django.utils.translation import gettext as _

from entrepot.flows.price.calculate import MOST_ARTICLES, Article, Question
from entrepot.interfaces.web.regimes import CATEGORIES, CUSTOMERS, WAYS
from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.money import exponent
from entrepot.kernel.trade import hs_code

LINE_FIELDS = ("what", "hs", "origin", "value", "qty", "mass", "kind")
FIRST_DAY, LAST_DAY = dt.date(2015, 1, 1), dt.date(2040, 1, 1)
_MOST_MINOR = 10**13
_MOST_PIECES, _MOST_GRAMS, _LONGEST = 100_000, 10_000_000, 200

SENTENCES = {
    "hs": N_("The customs code is missing or has another number of digits than 6, 8 or 10. Example: 6912 00"),
    "hs_found": N_("Choose a customs code for these goods below, or type one."),
    "hs_none": N_("No customs code is known for these words. Say what it is and what it is made of, or type the code."),
    "origin": N_("Say in which country the goods were made."),
    "value": N_("The price of one piece is missing. Write it in digits, like 39.90."),
    "qty": N_("The number of pieces is a whole number from 1."),
    "mass": N_("The mass is in grams, a whole number."),
    "to": N_("Choose the country the goods go to."),
    "region": N_("Choose the state or province: the rate depends on it."),
    "from": N_("Choose the country the goods are sent from."),
    "on": N_("Choose a day from 2015 to 2039."),
    "freight": N_("The price of the delivery is written in digits, like 4.90; 0 is free."),
    "currency": N_("Choose a currency."),
}


class Form(msgspec.Struct):
    """The form as typed (`values` by field name), what is wrong (`faults` by field name), and the question when nothing is."""

    values: dict[str, str]
    lines: list[dict[str, str]]
    faults: dict[str, str] = {}
    question: Question | None = None

    @property
    def listed(self) -> list[tuple[str, str]]:
        """The faults in the order of the page."""
        order = ("from", "to", "region", "postcode", "on", "seller", "currency", "freight")
        place = {name: number for number, name in enumerate(order)}
        return sorted(self.faults.items(), key=lambda fault: place.get(fault[0], len(order)))


def read(
    asked: Mapping[str, str], *, places: Mapping[str, tuple[str, ...]], countries: frozenset[str],
    currencies: frozenset[str], defaults: Mapping[str, str],
) -> Form:  # fmt: skip
    """Return a form from the parts of an address; with none of them, the defaults and no question."""
    names = ("to", "region", "postcode", "from", "currency", "freight", "who", "way", "seller", "on")
    values = {name: _plain(asked.get(name, defaults.get(name, ""))) for name in names}
    lines = _lines(asked, defaults)
    form = Form(values, lines)
    if "to" not in asked or asked.get("more"):
        return form  # nothing was asked yet, or the question is still being written
    faults = form.faults = {}
    articles = [_article(number, line, values["currency"], countries, faults) for number, line in enumerate(lines, 1)]
    question = _question(values, places, countries, currencies, faults)
    if not faults:
        form.question = msgspec.structs.replace(question, articles=tuple(one for one in articles if one is not None))
    return form


def amount_minor(text: str, currency: str) -> int | None:
    """Return an amount as people type it (1.299,90 or 1,299.90 or 39.9) in minor units, None when it is none.

    The last mark parts the cents, unless three digits follow it and the currency has fewer: then it parts thousands.
    """
    plain = _digits(text).replace("\u066b", ".").replace("\u066c", ",")
    if not re.fullmatch(r"[0-9.,]+", plain):
        return None
    places, mark = exponent(currency), max(plain.rfind("."), plain.rfind(","))
    whole, cents = (plain[:mark], plain[mark + 1 :]) if mark >= 0 else (plain, "")
    if len(cents) == 3 and places < 3:
        whole, cents = plain, ""
    whole = re.sub("[.,]", "", whole)
    if not (whole or cents) or len(cents) > places:
        return None
    minor = int((whole or "0") + cents.ljust(places, "0"))
    return minor if minor <= _MOST_MINOR else None


def typed(minor: int, currency: str) -> str:
    """Return an amount as it is typed into a field."""
    return f"{Decimal(minor).scaleb(-exponent(currency)):f}"


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()[:_LONGEST]


def _lines(asked: Mapping[str, str], defaults: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines that have anything in them, at least one, and an empty one more where it was asked for."""
    found = []
    for number in range(1, MOST_ARTICLES + 1):
        line = {name: _plain(asked.get(f"{name}-{number}", "")) for name in LINE_FIELDS}
        if any(line[name] for name in ("what", "hs", "value")):
            found.append(line)
    blank = {name: defaults.get(name, "") for name in LINE_FIELDS}
    if not found or (asked.get("more") and len(found) < MOST_ARTICLES):
        found.append(blank if not found else {**blank, "origin": found[-1]["origin"]})
    return found


def _digits(text: str) -> str:
    """Return text without blanks, its digits of any script as Latin ones."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text if not sign.isspace())


def _whole(text: str, most: int) -> int | None:
    digits = _digits(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 and int(digits) <= most else None


def _article(
    number: int, line: dict[str, str], currency: str, countries: frozenset[str], faults: dict[str, str]
) -> Article | None:
    def wrong(name: str) -> None:
        faults[f"{name}-{number}"] = _(SENTENCES[name])

    code = ""
    try:
        code = hs_code(_digits(line["hs"]))
    except InvalidInput:
        wrong("hs")
    origin = line["origin"].upper()
    if origin not in countries:
        wrong("origin")
    value = amount_minor(line["value"], currency)
    if not value:
        wrong("value")
    pieces, grams = _whole(line["qty"] or "1", _MOST_PIECES), _whole(line["mass"] or "0", _MOST_GRAMS)
    if not pieces:
        wrong("qty")
    if grams is None:
        wrong("mass")
    kind = line["kind"] if line["kind"] in CATEGORIES else "standard"
    if not (code and value and pieces) or grams is None:
        return None
    return Article(code, origin, pieces, value, grams, line["what"], kind)


def _question(
    values: dict[str, str], places: Mapping[str, tuple[str, ...]], countries: frozenset[str], currencies: frozenset[str],
    faults: dict[str, str],
) -> Question:  # fmt: skip
    def wrong(name: str) -> None:
        faults[name] = _(SENTENCES[name])

    regions = places.get(values["to"])
    region = values["region"].upper().removeprefix(f"{values['to']}-")
    if regions is None:
        wrong("to")
    elif regions and region not in regions:
        wrong("region")
    if values["from"] not in countries:
        wrong("from")
    if values["currency"] not in currencies:
        wrong("currency")
    freight = amount_minor(values["freight"] or "0", values["currency"])
    if freight is None:
        wrong("freight")
    on = _day(values["on"])
    if on is None:
        wrong("on")
    return Question(
        articles=(),
        dispatch=values["from"],
        country=values["to"],
        on=on or FIRST_DAY,
        currency=values["currency"],
        region=region if regions else "",
        postcode=values["postcode"][:12],
        freight_minor=freight or 0,
        customer=values["who"] if values["who"] in CUSTOMERS else next(iter(CUSTOMERS)),
        mode=values["way"] if values["way"] in WAYS else next(iter(WAYS)),
        registered="none" if values["seller"] == "none" else "all",
    )


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day < LAST_DAY else None
