"""A shipping label as a one-page PDF of 4 × 6 inches, written by hand: text, and bar codes as bars.

The tracking number stands as Code 128; a courier's parcel also bears a GS1-128 with its SSCC, a postal one its UPU S10
number in groups. The base fonts of PDF know Latin letters only, as most carriers' labels do; a line in another script is
replaced by a note.
"""

from __future__ import annotations

import hashlib
from typing import Any

import zint

WIDTH, HEIGHT = 288, 432  # 4 × 6 inches in points
LATIN_ONLY = "(written in another script: see the electronic data)"


def label_pdf(tracking: str, parcel: dict[str, Any]) -> bytes:
    """Return the label of a parcel."""
    return _document(_drawing(tracking, parcel))


def _drawing(tracking: str, parcel: dict[str, Any]) -> str:
    postal = parcel.get("kind") == "postal"
    ops = [f"0.5 w 12 12 {WIDTH - 24} {HEIGHT - 24} re S", "12 372 m 276 372 l S", "12 190 m 276 190 l S"]
    ops += [_text(22, 400, 15, "SANDBOX POST" if postal else "SANDBOX CARRIER")]
    ops += [_text(22, 384, 9, "Test label. No parcel leaves.")]
    ops += [
        _text(188, 402, 10, str(parcel.get("service", ""))[:16]),
        _text(188, 388, 9, f"{parcel.get('mass_g', 0)} g"),
    ]
    customs = parcel.get("customs") or {}
    ops += [_text(188, 376, 8, str(customs.get("incoterm", "")))]
    place = 358
    for title, end in (("FROM", "from"), ("TO", "to")):
        ops.append(_text(22, place, 8, title))
        size = 8 if end == "from" else 12
        for line in _address(parcel.get(end) or {}):
            place -= size + 3
            ops.append(_text(22, place, size, line))
        place -= 16
    shown = _grouped(tracking) if postal else tracking
    ops += [_bars("CODE128", tracking, 24, 126, 240, 50), _text(24, 110, 12, shown)]
    if not postal:
        sscc = _sscc(tracking)
        ops += [_bars("GS1_128", f"[00]{sscc}", 24, 42, 240, 50), _text(24, 28, 10, f"(00){sscc}")]
    return "\n".join(ops)


def _address(end: dict[str, Any]) -> list[str]:
    last = " ".join(str(end.get(k, "")) for k in ("postal_code", "city", "country_area") if end.get(k))
    lines = [end.get("name"), end.get("company_name"), *str(end.get("street_address", "")).split("\n"), last]
    return [str(line)[:40] for line in [*lines, end.get("country_code")] if line][:7]


def _text(x: int, y: int, size: int, words: str) -> str:
    try:
        raw = words.encode("cp1252")
    except UnicodeEncodeError:
        raw = LATIN_ONLY.encode()
        size = min(size, 8)
    return f"BT /F1 {size} Tf {x} {y} Td <{raw.hex()}> Tj ET"


def _bars(symbology: str, text: str, x: int, y: int, width: int, height: int) -> str:
    """Return a bar code that fills a width; its modules stay equal."""
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    symbol.show_text = False
    symbol.encode(text)
    symbol.buffer_vector()
    unit = width / symbol.vector.width
    bars = [f"{x + bar.x * unit:.3f} {y} {bar.width * unit:.3f} {height} re" for bar in symbol.vector.rectangles]
    return "\n".join([*bars, "f"])


def _sscc(tracking: str) -> str:
    """Return an invented serial shipping container code that follows from the tracking number, with its check digit."""
    body = f"0{int(hashlib.sha256(tracking.encode()).hexdigest(), 16) % 10**16:016d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _grouped(number: str) -> str:
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"


def _document(drawing: str) -> bytes:
    content = drawing.encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        % (WIDTH, HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
