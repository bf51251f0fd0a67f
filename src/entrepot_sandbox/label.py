"""A shipping label as a one-page PDF of 4 × 6 inches: text, and bar codes as bars.

The tracking number stands as Code 128; a courier's parcel also bears a GS1-128 with its SSCC, a postal one its UPU S10
number in groups. The receiver stands as the merchant wrote it, in the order and script of the country of destination, for
who delivers reads that; the country stands in Latin capitals, for who sorts on the way.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import typst
import zint
from babel import Locale
from babel.core import get_global

_COUNTRIES = Locale("en").territories
_HAN = {"Jpan": ["Noto Sans JP", "Noto Sans JP Whole", "Noto Sans SC"]}
_ELSE = ["Noto Sans SC", "Noto Sans JP", "Noto Sans JP Whole"]

_TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.number)
#set page(width: 288pt, height: 432pt, margin: 12pt)
#set text(font: ("Noto Sans", ..d.han, "Noto Sans Arabic", "Libertinus Serif"), size: 8pt, cjk-latin-spacing: none)
#set par(leading: 0.4em, spacing: 0.4em)
#let own(words) = "\\u{2068}" + words + "\\u{2069}"
#let rule = 0.5pt + black
#let bars(code, height) = block(width: 240pt, height: height, for bar in code {
  place(left, dx: bar.at(0) * 1pt, rect(width: bar.at(1) * 1pt, height: height, fill: black, stroke: none))
})
#block(width: 100%, height: 100%, stroke: rule)[
  #block(above: 0pt, below: 0pt, width: 100%, inset: 7pt, stroke: (bottom: rule), grid(columns: (1fr, auto), align: (left, right),
    [#text(13pt, weight: 700)[#d.carrier]\\ Test label. No parcel leaves.],
    [#text(10pt, weight: 700)[#d.service]\\ #d.mass#if d.terms != "" [ · #d.terms]]))
  #block(above: 0pt, below: 0pt, inset: (x: 9pt, y: 5pt), width: 100%, [#text(7pt)[FROM]#for line in d.start [\\ #own(line)]])
  #block(above: 0pt, below: 0pt, inset: (x: 9pt, y: 5pt), width: 100%, [#text(7pt)[TO]
    #set text(12pt)
    #set par(leading: 0.55em)
    #(d.end.enumerate().map(((index, line)) => text(weight: if index in (0, d.end.len() - 1) { 700 } else { 400 }, own(line))).join(linebreak()))])
  #place(bottom, block(width: 100%, inset: 10pt, stroke: (top: rule), align(center)[
    #bars(d.code, 44pt)
    #text(12pt, weight: 700)[#d.number]
    #if d.sscc != "" [ #v(3pt) #bars(d.sscc_code, 40pt) #text(9pt)[(00)#d.sscc]]]))
]
"""


def label_pdf(tracking: str, parcel: dict[str, Any]) -> bytes:
    """Return the label of a parcel; the same parcel gives the same bytes."""
    content = json.dumps(label_content(tracking, parcel), ensure_ascii=False)
    return typst.compile(
        _TEMPLATE.encode(), format="pdf", font_paths=_fonts(), sys_inputs={"data": content}, timestamp=0
    )


def label_content(tracking: str, parcel: dict[str, Any]) -> dict[str, Any]:
    """Return what the label of a parcel says."""
    postal = parcel.get("kind") == "postal"
    end = parcel.get("to") or {}
    sscc = "" if postal else _sscc(tracking)
    return {
        "carrier": "SANDBOX POST" if postal else "SANDBOX CARRIER",
        "service": str(parcel.get("service", ""))[:16],
        "mass": f"{parcel.get('mass_g', 0) / 1000:.3f} kg",
        "terms": str((parcel.get("customs") or {}).get("incoterm", "")),
        "start": _address(parcel.get("from") or {}),
        "end": _address(end),
        "han": _HAN.get(_script(str(end.get("country_code", ""))), _ELSE),
        "number": _grouped(tracking) if postal else tracking,
        "code": _bars("CODE128", tracking),
        "sscc": sscc,
        "sscc_code": _bars("GS1_128", f"[00]{sscc}") if sscc else [],
    }


@functools.cache
def _fonts() -> Any:
    """The fonts the program made for its own papers, where they are; else the few that typst brings."""
    folder = Path(os.environ.get("ENTREPOT_FONTS") or Path(os.environ.get("ENTREPOT_VAR", "var")) / "fonts")
    places = [str(folder)] if any(folder.glob("*.ttf")) else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=places)


def _script(country: str) -> str:
    """The script a country mostly writes: Jpan, Hans, Latn … ("" when nobody knows)."""
    return next(
        (part for part in get_global("likely_subtags").get(f"und_{country}", "").split("_") if len(part) == 4), ""
    )


def _address(end: dict[str, Any]) -> list[str]:
    """Name, lines as they were sent (else built from the fields), the country in Latin capitals."""
    town = " ".join(str(end.get(k, "")) for k in ("postal_code", "city", "country_area") if end.get(k))
    lines = end.get("lines") or [end.get("company_name"), *str(end.get("street_address", "")).split("\n"), town]
    country = str(end.get("country_code") or "")
    told = [end.get("name"), *lines]
    return [*[str(line)[:60] for line in told if line][:8], str(_COUNTRIES.get(country, country)).upper()]


def _bars(symbology: str, text: str) -> list[list[float]]:
    """Return the bars of a code as (left, width) in points; together they are 240 points wide."""
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    symbol.show_text = False
    symbol.encode(text)
    symbol.buffer_vector()
    unit = 240 / symbol.vector.width
    return [[round(bar.x * unit, 3), round(bar.width * unit, 3)] for bar in symbol.vector.rectangles]


def _sscc(tracking: str) -> str:
    """Return an invented serial shipping container code that follows from the tracking number, with its check digit."""
    body = f"0{int(hashlib.sha256(tracking.encode()).hexdigest(), 16) % 10**16:016d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _grouped(number: str) -> str:
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"
