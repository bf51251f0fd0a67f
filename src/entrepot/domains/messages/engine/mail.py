"""Draw a mail from its kind and the facts of an order: subject, plain text and HTML in the buyer's language.

Pure: the translation comes as an argument, amounts and dates come as texts already in the buyer's locale. Everything
in the facts is escaped in HTML; a subject is one line.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from entrepot.domains.messages.engine.account_kinds import ACCOUNT_KINDS
from entrepot.domains.messages.engine.kinds import KINDS, Kind, Sentence
from entrepot.domains.messages.errors import UnknownKind
from entrepot.domains.messages.types import Rendered

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

Translate = Callable[[str], str]
_PLACE = re.compile(r"%\((\w+)\)s")
# What is filled in may end with a full stop of its own (“30 nov.”, the riyal's sign), before marks of direction.
_TWO_STOPS = re.compile("(?<!\\.)\\.([\u200e\u200f\u061c\u2066-\u2069]*)\\.(?!\\.)")


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(kind: str, facts: Mapping[str, Any], *, language: str, translate: Translate) -> Rendered:
    """Return the mail of a kind.

    Args:
        facts: texts for the places of the sentences (number, name, total, …), flags (ddp, unpaid), `link`, `shop`,
            and the parts: parcels [{title, arrives, lines [{title, quantity, amount}]}], cascade [{name, note,
            amount, sum}], address [line].
        language: BCP 47 tag, for `lang` and the direction.
        translate: gettext of that language.
    Raises:
        UnknownKind: nobody has written that mail.
    """
    what = KINDS.get(kind) or ACCOUNT_KINDS.get(kind)
    if what is None:
        raise UnknownKind(kind="mail", key=kind, kind_of_mail=kind)
    view = {
        "parcels": (),
        "cascade": (),
        "address": (),
        "link": "",
        "shop": "",
        **facts,
        "_": translate,
        "lang": language,
        "dir": "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr",
        "parts": what.parts,
        "subject": _one_line(_fill(what.subject, facts, translate)),
        "heading": _fill(what.heading, facts, translate),
        "sentences": _said(what, facts, translate),
        "button": translate(what.button),
    }
    environment = _environment()
    return Rendered(
        subject=view["subject"],
        text=environment.get_template("mail.txt").render(view),
        html=environment.get_template("mail.html").render(view),
    )


def _said(kind: Kind, facts: Mapping[str, Any], translate: Translate) -> list[str]:
    return [_fill(s.text, facts, translate) for s in kind.sentences if _applies(s, facts)]


def _applies(sentence: Sentence, facts: Mapping[str, Any]) -> bool:
    if sentence.when and not facts.get(sentence.when):
        return False
    return all(facts.get(place) for place in _PLACE.findall(sentence.text))


def _fill(text: str, facts: Mapping[str, Any], translate: Translate) -> str:
    places = {place: str(facts.get(place, "")) for place in _PLACE.findall(text)}
    return _TWO_STOPS.sub(r".\1", translate(text) % places) if places else translate(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
