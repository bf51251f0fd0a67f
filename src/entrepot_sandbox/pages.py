"""The sandbox's pages: plain HTML, no script, one style, any direction."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from html import escape
from typing import Any

from babel.dates import format_skeleton, format_time
from babel.numbers import format_currency, get_currency_precision

from entrepot_sandbox.mail import bodies
from entrepot_sandbox.payments import CARDS, CHALLENGE_CODE
from entrepot_sandbox.words import BABEL, HTML_LANG, LANGUAGES, RTL, word

OWN_NAMES = {
    "en": "English", "de": "Deutsch", "ar": "العربية", "zh": "简体中文", "fr": "Français", "es": "Español",
    "pt": "Português (Brasil)", "ja": "日本語",
}  # fmt: skip
STYLE = """
:root{color-scheme:light dark;--ground:light-dark(#fff,#0c161b);--quay:light-dark(#f3f6f6,#121f26);--ink:light-dark(#10212b,#e9f0f1);
--ink2:light-dark(#445963,#b0c0c6);--line:light-dark(#d9e1e3,#263841);--strong:light-dark(#7b8d95,#6b8089);
--harbour:light-dark(#0b5963,#5cc7c9);--on:light-dark(#fff,#05262b);--bad:light-dark(#b3261e,#ff9d92);--bt:light-dark(#fce7e4,#43191a);
--good:light-dark(#17703f,#6fd09b);--gt:light-dark(#e1f3e8,#143128)}
*{box-sizing:border-box}body{margin:0;background:var(--quay);color:var(--ink);font:1rem/1.55 system-ui,"Segoe UI","Noto Sans","Noto Sans Arabic","Noto Sans SC",sans-serif}
:lang(ar){line-height:1.75}:lang(zh-Hans),:lang(ja){line-height:1.7}:lang(ja){font-family:system-ui,"Segoe UI","Noto Sans","Noto Sans JP",sans-serif}
.sign{background:#ffc845;color:#2b2000;text-align:center;padding:.5rem 1rem;font-weight:600}
main{max-inline-size:34rem;margin:1.5rem auto;padding:0 1rem 3rem}main.wide{max-inline-size:64rem}
.box{background:var(--ground);border:1px solid var(--line);border-radius:16px;padding:1.25rem;margin-block-end:1rem}
h1{font-size:1.5rem;line-height:1.2;margin:0 0 1rem}h2{font-size:1.125rem;margin:0 0 .5rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:0 0 1rem}dt{color:var(--ink2)}dd{margin:0;text-align:end}
label{display:block;font-weight:600;margin-block-end:.25rem}.field{margin-block-end:1rem}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
input{inline-size:100%;min-block-size:48px;padding:.5rem .75rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--strong);border-radius:10px}
input[dir=ltr]{text-align:start}
button,.button{display:block;inline-size:100%;min-block-size:48px;padding:.6rem 1rem;font:inherit;font-weight:600;border-radius:10px;border:1px solid var(--harbour);
background:var(--harbour);color:var(--on);cursor:pointer;text-align:center;text-decoration:none;margin-block-end:.75rem}
button.quiet,.button.quiet{background:transparent;color:var(--harbour)}td button{margin:0;min-block-size:36px;padding:.25rem .75rem}
:focus-visible{outline:2px solid var(--ink);outline-offset:2px;box-shadow:0 0 0 6px #ffc845}
.error{color:var(--bad);background:var(--bt);padding:.5rem .75rem;border-radius:10px;margin-block-end:.75rem}
.state{padding:.75rem;border-radius:10px;background:var(--gt);color:var(--good);font-weight:600;margin-block-end:1rem}
.code{font-size:1.75rem;font-variant-numeric:tabular-nums;letter-spacing:.04em;font-weight:600;text-align:center;margin:1rem 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;inline-size:100%}th,td{text-align:start;padding:.5rem;border-block-end:1px solid var(--line);vertical-align:top}
th{font-size:.75rem;color:var(--ink2)}td.n{text-align:end;font-variant-numeric:tabular-nums}ul{padding-inline-start:1.25rem}li{margin-block-end:.25rem}
code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}nav{display:flex;flex-wrap:wrap;gap:1rem;margin-block-end:1rem}a{color:var(--harbour)}
iframe{inline-size:100%;block-size:60vh;border:1px solid var(--line);border-radius:10px;background:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere}
"""


def money(minor: int, currency: str, lang: str) -> str:
    """Return an amount as the language writes it."""
    return format_currency(minor / 10 ** get_currency_precision(currency), currency, locale=BABEL[lang])


def page(lang: str, title: str, body: str, *, wide: bool = False, path: str = "") -> str:
    """Return a whole page; every one says that it is a sandbox."""
    links = " ".join(
        f'<a href="{escape(path)}?lang={code}" lang="{HTML_LANG[code]}" hreflang="{HTML_LANG[code]}">{OWN_NAMES[code]}</a>'
        for code in LANGUAGES
        if code != lang
    )
    return (
        f'<!doctype html><html lang="{HTML_LANG[lang]}" dir="{"rtl" if lang in RTL else "ltr"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)} · {word('sign', lang)}</title><style>{STYLE}</style></head><body>"
        f'<header class="sign">{word("sign", lang)}</header>'
        f'<main{" class=wide" if wide else ""}><h1>{escape(title)}</h1>{body}<nav aria-label="{word("languages", lang)}">{links}</nav></main></body></html>'
    )


def pay_page(row: sqlite3.Row, lang: str, *, step: str = "", said: str = "") -> str:
    """Return what a payment's page shows: card form, challenge, code, or how it ended."""
    amount = money(row["amount_minor"], row["currency"], lang)
    head = (
        f"<dl><dt>{word('amount', lang)}</dt><dd><bdi>{escape(amount)}</bdi></dd>"
        f"<dt>{word('for', lang)}</dt><dd><bdi>{escape(row['description'] or '–')}</bdi></dd>"
        f"<dt>{word('reference', lang)}</dt><dd><code><bdi>{escape(row['reference'])}</bdi></code></dd></dl>"
    )
    path = f"/pay/{row['reference']}"
    if row["status"] in ("captured", "failed", "cancelled", "accepted") or (
        row["status"] == "pending" and row["method"] == "card"
    ):
        title = word(f"state_{row['status']}", lang)
        inner = f"{head}{_back(row, lang)}"
    elif row["method"] == "code":
        title, inner = word("code_title", lang), head + _code_form(row, lang, path)
    elif row["method"] not in ("card", "cash_on_delivery"):
        title, inner = word("bank_title", lang), head + _bank_form(lang, path, amount)
    elif step == "challenge":
        title, inner = word("challenge_title", lang), head + _challenge_form(lang, path, said)
    else:
        title, inner = word("card_title", lang), head + _card_form(lang, path, amount, said)
    return page(lang, title, f'<div class="box">{inner}</div>', path=path)


def _form(path: str, lang: str, step: str, inner: str, verb: str, *, quiet: bool = False) -> str:
    kind = ' class="quiet"' if quiet else ""
    return (
        f'<form method="post" action="{escape(path)}?lang={lang}"><input type="hidden" name="step" value="{step}">'
        f"{inner}<button{kind}>{escape(verb)}</button></form>"
    )


def _card_form(lang: str, path: str, amount: str, said: str) -> str:
    error = f'<p class="error" role="alert" id="said">{word(said, lang)}</p>' if said else ""
    described = ' aria-describedby="said" aria-invalid="true"' if said else ""
    fields = (
        f'{error}<div class="field"><label for="number">{word("card_number", lang)}</label><input id="number" name="number" dir="ltr"'
        f' inputmode="numeric" autocomplete="off" required value="4242 4242 4242 4242"{described}></div><div class="pair"><div class="field">'
        f'<label for="until">{word("card_until", lang)}</label><input id="until" name="until" dir="ltr" autocomplete="off" value="12/30"></div>'
        f'<div class="field"><label for="check">{word("card_check", lang)}</label><input id="check" name="check" dir="ltr" inputmode="numeric"'
        f' autocomplete="off" value="123"></div></div>'
    )
    rows = "".join(
        f'<li><code dir="ltr">{" ".join(number[i : i + 4] for i in range(0, 16, 4))}</code> {word(_fate(fate), lang)}</li>'
        for number, fate in CARDS.items()
    )
    return (
        _form(path, lang, "card", fields, word("pay", lang, amount=amount))
        + _form(path, lang, "stop", "", word("stop", lang), quiet=True)
        + f"<h2>{word('cards', lang)}</h2><ul>{rows}</ul>"
    )


def _fate(fate: str) -> str:
    return {"challenge": "card_ok", "timeout": "card_timeout"}.get(fate, fate)


def _challenge_form(lang: str, path: str, said: str) -> str:
    error = f'<p class="error" role="alert" id="said">{word(said, lang)}</p>' if said else ""
    field = (
        f'<p>{word("challenge_hint", lang, code=CHALLENGE_CODE)}</p>{error}<div class="field"><label for="answer">{word("challenge_code", lang)}</label>'
        f'<input id="answer" name="answer" dir="ltr" inputmode="numeric" autocomplete="one-time-code" required autofocus></div>'
    )
    return _form(path, lang, "challenge", field, word("confirm", lang)) + _form(
        path, lang, "stop", "", word("stop", lang), quiet=True
    )


def _code_form(row: sqlite3.Row, lang: str, path: str) -> str:
    until = when(row["expires_at"], lang)
    return (
        f'<p class="code" dir="ltr">{escape(row["code"])}</p><p>{word("code_until", lang)}: {escape(until)}</p><p>{word("code_hint", lang)}</p>'
        + _form(path, lang, "now", "", word("code_now", lang))
        + _form(path, lang, "late", "", word("code_late", lang), quiet=True)
        + _form(path, lang, "lapse", "", word("code_lapse", lang), quiet=True)
    )


def _bank_form(lang: str, path: str, amount: str) -> str:
    return (
        f"<p>{word('bank_hint', lang)}</p>"
        + _form(path, lang, "now", "", word("bank_approve", lang, amount=amount))
        + _form(path, lang, "decline", "", word("bank_decline", lang), quiet=True)
        + _form(path, lang, "late", "", word("bank_late", lang), quiet=True)
        + _form(path, lang, "stop", "", word("stop", lang), quiet=True)
    )


def _back(row: sqlite3.Row, lang: str) -> str:
    url = row["return_url"]
    if not url.startswith(("http://", "https://")):
        return ""
    return f'<a class="button" href="{escape(url)}">{word("back", lang)}</a>'


def when(moment: str, lang: str) -> str:
    """Return an ISO moment as the language writes it, in UTC."""
    try:
        at = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
        day, hour = format_skeleton("MMMEd", at, locale=BABEL[lang]), format_time(at, "HH:mm", locale=BABEL[lang])
        return f"{day} {hour} UTC"
    except ValueError:
        return moment


def home_page(lang: str) -> str:
    """Return the list of what there is."""
    rows = "".join(
        f'<li><a href="/{path}?lang={lang}">{word(key, lang)}</a></li>'
        for path, key in (("payments", "payments"), ("ship", "parcels"), ("mail", "mail"))
    )
    return page(
        lang, word("home", lang), f'<div class="box"><p>{word("home_words", lang)}</p><ul>{rows}</ul></div>', path="/"
    )


def _table(lang: str, heads: list[str], rows: list[str], none: str) -> str:
    if not rows:
        return f'<div class="box"><p>{word(none, lang)}</p></div>'
    cells = "".join(f"<th>{word(h, lang)}</th>" for h in heads)
    return (
        f'<div class="box scroll" tabindex="0" role="region" aria-label="{word("table", lang)}"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def payments_page(rows: list[sqlite3.Row], lang: str) -> str:
    """Return the newest payments."""
    lines = [
        f'<tr><td><a href="/pay/{escape(r["reference"])}?lang={lang}"><code>{escape(r["reference"])}</code></a></td><td>{escape(r["description"])}</td>'
        f'<td class="n"><bdi>{escape(money(r["amount_minor"], r["currency"], lang))}</bdi></td><td><code>{escape(r["status"])}</code></td></tr>'
        for r in rows
    ]
    table = _table(lang, ["reference", "for", "amount", "state"], lines, "payments_none")
    return page(lang, word("payments", lang), table, wide=True, path="/payments")


def ship_page(rows: list[tuple[sqlite3.Row, list[dict[str, Any]]]], lang: str) -> str:
    """Return the newest parcels, each with a button that moves it on."""
    lines = []
    for row, steps in rows:
        to = json.loads(row["body"]).get("to") or {}
        last = steps[-1] if steps else None
        state = f"{escape(last['words'])} · {escape(last['place'])}" if last else word("booked", lang)
        delivered = bool(last and last["code"] in ("delivered", "returned"))
        button = (
            ""
            if delivered
            else _form(f"/ship/{row['tracking_number']}", lang, "advance", "", word("advance", lang), quiet=True)
        )
        if last and last["code"] == "out_for_delivery":
            button += _form(f"/ship/{row['tracking_number']}", lang, "refuse", "", word("refuse", lang), quiet=True)
        lines.append(
            f"<tr><td><code>{escape(row['tracking_number'])}</code></td><td><bdi>{escape(str(to.get('name', '')))}</bdi>,"
            f" {escape(str(to.get('city', '')))} {escape(str(to.get('country_code', '')))}</td><td><bdi>{state}</bdi></td><td>{button}</td></tr>"
        )
    table = _table(lang, ["tracking", "to", "where", "step"], lines, "parcels_none")
    return page(lang, word("parcels", lang), table, wide=True, path="/ship")


def mails_page(rows: list[sqlite3.Row], lang: str) -> str:
    """Return the newest mails."""
    lines = [
        f"<tr><td>{escape(when(r['at'], lang))}</td><td><bdi>{escape(', '.join(json.loads(r['recipients'])))}</bdi></td>"
        f'<td><a href="/mail/{r["id"]}?lang={lang}"><bdi>{escape(r["subject"] or "–")}</bdi></a></td></tr>'
        for r in rows
    ]
    table = _table(lang, ["at", "to", "subject"], lines, "mail_none")
    return page(lang, word("mail", lang), table, wide=True, path="/mail")


def mail_page(row: sqlite3.Row, lang: str) -> str:
    """Return one mail: its HTML in a frame that runs nothing, and its plain text."""
    both = bodies(row["raw"])
    frame = f'<iframe sandbox title="HTML" srcdoc="{escape(both["html"])}"></iframe>' if both["html"] else ""
    inner = (
        f"<dl><dt>{word('to', lang)}</dt><dd><bdi>{escape(', '.join(json.loads(row['recipients'])))}</bdi></dd>"
        f"<dt>{word('at', lang)}</dt><dd>{escape(when(row['at'], lang))}</dd><dt>Message-ID</dt><dd><code>{escape(row['message_id'])}</code></dd></dl>"
        f'{frame}<details{"" if frame else " open"}><summary>{word("text", lang)}</summary><pre dir="auto">{escape(both["text"])}</pre></details>'
    )
    return page(lang, row["subject"] or "–", f'<div class="box">{inner}</div>', wide=True, path=f"/mail/{row['id']}")
