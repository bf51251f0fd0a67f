"""Write a copy of somebody's data as a zip: `data.json` for programs, `data.html` for people. Pure but for the translation."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from entrepot.kernel.errors import N_

_HEADINGS = {
    "account": N_("Account"), "passkeys": N_("Passkeys"), "sessions": N_("Where you are logged in"),
    "address_book": N_("Address book"), "consents": N_("What you agreed to"),
    "contact_from_orders": N_("Contact data from your orders"), "orders": N_("Orders"), "mails": N_("Mails to you"),
    "requests": N_("What you asked for about your data"),
}  # fmt: skip
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding-inline:1rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#445963}"
    "dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}section,article{border-block-start:1px solid #d9e1e3;padding-block:1rem}"
)


def write_copy(data: Mapping[str, Any], *, lang: str, rtl: bool) -> bytes:
    """Return the zip. The language active when called is that of the headings."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        archive.writestr("data.html", _page(data, lang, rtl))
    return into.getvalue()


def _page(data: Mapping[str, Any], lang: str, rtl: bool) -> str:
    title = escape(_("Your data"))
    parts = [
        f'<!doctype html><html lang="{escape(lang)}" dir="{"rtl" if rtl else "ltr"}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{escape(str(data.get('made_at', '')))}</p>"
    ]
    for name, heading in _HEADINGS.items():
        parts.append(f"<section><h2>{escape(_(heading))}</h2>{_shown(data.get(name))}</section>")
    return "".join([*parts, "</body></html>"])


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        if not value:
            return "<p>–</p>"
        return "<dl>" + "".join(f"<dt>{escape(str(k))}</dt><dd>{_shown(v)}</dd>" for k, v in value.items()) + "</dl>"
    if isinstance(value, list | tuple):
        return "".join(f"<article>{_shown(one)}</article>" for one in value) or "<p>–</p>"
    return escape("–" if value in (None, "") else str(value))
