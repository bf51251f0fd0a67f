"""The Jinja2 environment of all pages: autoescaping, gettext, and the formats of `formats.py` as filters.

A page's context holds `cldr` (a Babel locale) and `zone` (an IANA time zone); the filters read both from it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from markupsafe import Markup

from entrepot.domains.parties.engine.address import postal_lines
from entrepot.interfaces.web import formats


def _by_locale(write: Callable[..., Any], bidi: bool = False) -> Callable[..., Any]:
    """Return a filter that hands the page's locale to a format."""

    @jinja2.pass_context
    def filtered(context: jinja2.runtime.Context, *args: Any, **kwargs: Any) -> Any:
        text = write(*args, locale=context.resolve("cldr") or formats.cldr("en"), **kwargs)
        return Markup("<bdi>{}</bdi>").format(text) if bidi else text

    return filtered


def _by_zone(write: Callable[..., Any], nameable: bool = False) -> Callable[..., Any]:
    """Return a filter that hands the page's time zone and locale to a format; `zone_named` pages name the zone too."""

    @jinja2.pass_context
    def filtered(context: jinja2.runtime.Context, value: Any) -> str:
        zone = context.resolve_or_missing("zone")
        zone = "UTC" if zone is jinja2.runtime.missing else zone
        more = {"named": True} if nameable and context.get("zone_named") else {}
        return write(value, zone, context.resolve("cldr") or formats.cldr("en"), **more)

    return filtered


def json_ld(data: Any) -> Markup:
    """Return data as JSON that cannot leave its <script> element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 escaped above


@functools.cache
def island(name: str) -> Markup:
    """Return the script tag of a built island by its entry's name; empty when the front end was not built."""
    path = settings.ROOT / "web" / "dist" / "manifest.json"
    if not path.exists():
        return Markup("")
    manifest = json.loads(path.read_text())
    for entry in manifest.values():
        if entry.get("isEntry") and entry.get("name") == name:
            return Markup('<script type="module" src="{}"></script>').format(static(entry["file"]))
    return Markup("")


def gettext(message: str) -> str:
    """Return a message in the active language; the empty message stays empty."""
    return translation.gettext(message) if message else ""


def environment(**options: Any) -> jinja2.Environment:
    """Return the environment Django asks for by name in the settings."""
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    env = jinja2.Environment(**options, extensions=["jinja2.ext.i18n"])  # noqa: S701 Django passes autoescape=True
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(static=static, island=island)
    env.filters.update(
        money=_by_locale(formats.money_html),
        money_text=_by_locale(formats.money),
        day=_by_locale(formats.day),
        days=_by_locale(formats.days),
        date_long=_by_locale(formats.date_long),
        date_medium=_by_locale(formats.date_medium),
        mass=_by_locale(formats.mass),
        size=_by_locale(formats.size),
        number=_by_locale(formats.number),
        percent=_by_locale(formats.percent),
        country=_by_locale(formats.country_name),
        sign=_by_locale(formats.sign),
        currency=_by_locale(formats.currency_name),
        clock_time=_by_zone(formats.clock_time, nameable=True),
        moment=_by_zone(formats.moment, nameable=True),
        moment_full=_by_zone(formats.moment_full),
        language=formats.language_name,
        json_ld=json_ld,
        postal_lines=postal_lines,
        say=gettext,
    )
    return env
