"""`entrepot messages`: keep the message catalogues in step with the code, and say what is missing.

Messages are taken from Python (`gettext`, `N_`, …) and Jinja templates; English is the message itself. Chinese must be
complete; the other languages must be complete for what a buyer sees.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HELP = "update, fill, check and compile the message catalogues"
EARLY = True

PACKAGE = Path(__file__).resolve().parents[3]
LANGUAGES = ("zh_Hans", "de", "ar", "fr", "es", "pt_BR", "ja")
METHODS = [
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**/templates/**.jinja", "jinja2"),
]
OPTIONS = {"**/templates/**": {"silent": "false", "trimmed": "true"}}
KEYWORDS = {
    "_": None, "N_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
# What must be translated, by where a message stands in the code ("" is everywhere).
BUYER = (
    "interfaces/storefront", "interfaces/web", "domains/messages", "flows/tell", "kernel", "domains/checkout",
    "domains/parties", "domains/payments", "domains/orders", "domains/inventory/errors", "domains/markets/errors",
    "domains/customs", "domains/tax", "domains/declarations/engine/packing", "domains/identity/errors",
    "domains/logistics/engine/grades", "domains/offers/errors", "domains/finance/engine/invoice", "flows/price",
    "flows/settle",
    "flows/comply", "flows/sell/retry_payment", "infra/throttle",
)  # fmt: skip
COMPLETE = {"zh_Hans": ("",), **dict.fromkeys(("de", "ar", "fr", "es", "pt_BR", "ja"), BUYER)}
_PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("update", help="take the messages from the code into every catalogue; what is gone is dropped")
    what.add_parser("compile", help="write the files the program reads (.mo)")
    what.add_parser("check", help="say what is missing, stale or wrong; fail if anything is")
    missing = what.add_parser("missing", help="print the messages a language must still translate, as JSON")
    missing.add_argument("language", choices=LANGUAGES)
    missing.add_argument("--all", action="store_true", help="also those that it need not translate")
    fill = what.add_parser("fill", help="put translations from a JSON object {message: translation} into a catalogue")
    fill.add_argument("language", choices=LANGUAGES)
    fill.add_argument("file", type=Path)


def run(args: argparse.Namespace) -> int:
    """Do one of the things above."""
    if args.what == "update":
        template = extract()
        for language in LANGUAGES:
            _save(language, _updated(language, template))
    elif args.what == "compile":
        for language in LANGUAGES:
            _compile(language)
    elif args.what == "missing":
        print(json.dumps(missing(args.language, everything=args.all), ensure_ascii=False, indent=1))
    elif args.what == "fill":
        return _fill(args.language, json.loads(args.file.read_text()))
    else:
        faults = check()
        print("\n".join(faults) or "messages: complete", file=sys.stderr if faults else sys.stdout)
        return min(len(faults), 1)
    return 0


def extract(package: Path = PACKAGE) -> Catalog:
    """Return a catalogue of all messages in the code, with the files they stand in."""
    catalogue = Catalog(fuzzy=False, charset="utf-8")
    found = extract_from_dir(str(package), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",))
    for file, _line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        catalogue.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return catalogue


def check(package: Path = PACKAGE) -> list[str]:
    """Return one line per fault: a message missing, not in the catalogue, or with other places than the English."""
    faults = []
    template = extract(package)
    for language in LANGUAGES:
        catalogue = _load(language, package)
        for message in _wanted(template, COMPLETE[language]):
            kept = catalogue.get(message.id, message.context)
            if kept is None:
                faults.append(f"{language}: not in the catalogue (entrepot messages update): {_first(message.id)!r}")
            elif not _translated(kept):
                faults.append(f"{language}: not translated: {_first(message.id)!r}")
        for message in catalogue:
            if (
                message.id
                and message.string
                and _translated(message)
                and _places(message.id) != _places(message.string)
            ):
                faults.append(f"{language}: other places than the English: {_first(message.id)!r}")
    return faults


def missing(language: str, *, everything: bool = False, package: Path = PACKAGE) -> list[str]:
    """Return the messages that a language must (or, with `everything`, may) still translate."""
    catalogue = _load(language, package)
    wanted = _wanted(extract(package), ("",) if everything else COMPLETE[language])
    return [
        _first(m.id)
        for m in wanted
        if (kept := catalogue.get(m.id, m.context)) is None or not _translated(kept)
    ]  # fmt: skip


def _wanted(template: Catalog, scopes: tuple[str, ...]) -> list:
    return [m for m in template if m.id and any(place.startswith(scopes) for place, _ in m.locations)]


def _updated(language: str, template: Catalog) -> Catalog:
    fresh = Catalog(locale=language, fuzzy=False, charset="utf-8")
    old = _load(language)
    for message in template:
        if message.id:
            kept = old.get(message.id, message.context)
            fresh.add(
                message.id,
                kept.string if kept else None,
                message.locations,
                auto_comments=message.auto_comments,
                user_comments=kept.user_comments if kept else (),
                context=message.context,
            )
    return fresh


def _fill(language: str, translations: dict[str, str | list[str]]) -> int:
    catalogue = _updated(language, extract())
    unknown = []
    for english, text in translations.items():
        entry = catalogue.get(english)
        if entry is None:
            unknown.append(english)
        elif isinstance(entry.id, tuple | list):
            forms = text if isinstance(text, list) else [text] * catalogue.num_plurals
            entry.string = tuple(forms)
        else:
            entry.string = text
    _save(language, catalogue)
    for english in unknown:
        print(f"messages: the code has no message {english!r}", file=sys.stderr)
    return 0


def _path(language: str, package: Path = PACKAGE) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def _load(language: str, package: Path = PACKAGE) -> Catalog:
    path = _path(language, package)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False, charset="utf-8")
    with path.open("rb") as handle:
        return read_po(handle, locale=language)


# Babel's own rule for Arabic gives 11–99 the last form; CLDR's, which the forms are written for, gives them the fifth.
_PLURALS = {
    "ar": "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)",
}


def _save(language: str, catalogue: Catalog) -> None:
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    catalogue.header_comment = f"# Entrepôt: messages in {language}."
    if language in _PLURALS:
        catalogue.mime_headers = [("Plural-Forms", f"nplurals={catalogue.num_plurals}; plural={_PLURALS[language]};")]
    with half.open("wb") as handle:
        write_po(handle, catalogue, width=110, include_lineno=False, ignore_obsolete=True)
    text = re.sub(r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Project-Id-Version|Report-Msgid-Bugs-To):.*\n',
                  "", half.read_text(), flags=re.MULTILINE)  # fmt: skip
    half.write_text(text)
    half.replace(path)


def _compile(language: str) -> None:
    path = _path(language)
    made = path.with_suffix(".mo")
    if not path.exists() or (made.exists() and made.stat().st_mtime > path.stat().st_mtime):
        return  # set-up has made it; a start need not do so again
    half = path.with_suffix(".mo.part")
    with half.open("wb") as handle:
        write_mo(handle, _load(language))
    half.replace(made)


def _translated(message: object) -> bool:
    string = message.string  # type: ignore[attr-defined]
    return bool(all(string) if isinstance(string, tuple | list) else string) and not message.fuzzy  # type: ignore[attr-defined]


def _first(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _places(message: str | tuple[str, ...] | list[str]) -> set[str]:
    """Return the places of a message; of a plural the last form, since “one” may go without its number."""
    text = message if isinstance(message, str) else message[-1]
    return {match.group(0) for match in _PLACE.finditer(text)}
