"""A shipping label as a one-page PDF, written by hand: text, and the tracking number as a QR code.

The base fonts of PDF know Latin letters only, as most carriers' labels do; a line in another script is replaced by a note.
"""

from __future__ import annotations

from typing import Any

import segno

WIDTH, HEIGHT = 288, 432  # 4 × 6 inches in points


def label_pdf(tracking: str, parcel: dict[str, Any]) -> bytes:
    """Return the label of a parcel."""
    return _document(_drawing(tracking, parcel))


def _drawing(tracking: str, parcel: dict[str, Any]) -> str:
    ops = [f"0.5 w 12 12 {WIDTH - 24} {HEIGHT - 24} re S", "12 360 m 276 360 l S", "12 190 m 276 190 l S"]
    ops += [_text(22, 398, 15, "SANDBOX CARRIER"), _text(22, 380, 9, "Test label. No parcel leaves.")]
    ops += [
        _text(180, 398, 11, str(parcel.get("service", ""))[:18]),
        _text(180, 380, 9, f"{parcel.get('mass_g', 0)} g"),
    ]
    place = 340
    for title, end in (("FROM", "from"), ("TO", "to")):
        ops.append(_text(22, place, 8, title))
        size = 8 if end == "from" else 12
        for line in _address(parcel.get(end) or {}):
            place -= size + 4
            ops.append(_text(22, place, size, line))
        place -= 20
    ops += [_qr(tracking, 22, 40, 130), _text(165, 150, 9, "Tracking number"), _text(165, 134, 12, tracking)]
    return "\n".join(ops)


def _address(end: dict[str, Any]) -> list[str]:
    last = " ".join(str(end.get(k, "")) for k in ("postal_code", "city", "country_area") if end.get(k))
    lines = [end.get("name"), end.get("company_name"), *str(end.get("street_address", "")).split("\n"), last]
    return [str(line)[:40] for line in [*lines, end.get("country_code")] if line]


def _text(x: int, y: int, size: int, words: str) -> str:
    try:
        raw = words.encode("cp1252")
    except UnicodeEncodeError:
        raw = b"(written in another script: see the electronic data)"
        size = min(size, 8)
    return f"BT /F1 {size} Tf {x} {y} Td <{raw.hex()}> Tj ET"


def _qr(words: str, x: int, y: int, side: int) -> str:
    rows = segno.make(words, error="m", micro=False).matrix
    cell = side / len(rows)
    squares = [
        f"{x + c * cell:.2f} {y + (len(rows) - 1 - r) * cell:.2f} {cell:.2f} {cell:.2f} re"
        for r, row in enumerate(rows)
        for c, dark in enumerate(row)
        if dark
    ]
    return "\n".join([*squares, "f"])


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
