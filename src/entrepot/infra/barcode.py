"""Bar codes as numbers: where its dark bars lie, so that a template can draw them sharp at any size."""

from __future__ import annotations

import msgspec

from entrepot.infra import lazy
from entrepot.kernel.errors import InvalidInput


class Bars(msgspec.Struct, frozen=True):
    """A linear bar code: `bars` are (start, width) in modules; `width` is the whole without the quiet zones."""

    text: str
    width: int
    bars: tuple[tuple[int, int], ...]


def code128(text: str) -> Bars:
    """Return the Code 128 of a text (ISO/IEC 15417), subsets chosen for the shortest code.

    Raises InvalidInput when the text is empty or has letters that Code 128 does not know.
    """
    return _drawn("CODE128", text, text)


def gs1_128(text: str) -> Bars:
    """Return the GS1-128 of element strings with their identifiers in brackets, e.g. `[00]069012345600000012`.

    Raises InvalidInput when an element breaks the GS1 General Specifications (as a wrong check digit).
    """
    return _drawn("GS1_128", text, text.replace("[", "(").replace("]", ")"))


def _drawn(symbology: str, text: str, shown: str) -> Bars:
    if not text.isascii():
        raise InvalidInput(field="barcode", value=text, rule="A bar code of this kind bears plain Latin letters only.")
    zint = lazy.module("zint")
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    symbol.show_text = False
    symbol.warn_level = zint.WarningLevel.FAIL_ALL
    try:
        symbol.encode(text)
        symbol.buffer_vector()
    except (ValueError, RuntimeError) as fault:
        raise InvalidInput(field="barcode", value=text, rule=str(fault)[:200]) from fault
    # zint draws two pixels a module.
    found = tuple((int(bar.x / 2), int(bar.width / 2)) for bar in symbol.vector.rectangles)
    return Bars(text=shown, width=int(symbol.vector.width / 2), bars=tuple(sorted(found)))
