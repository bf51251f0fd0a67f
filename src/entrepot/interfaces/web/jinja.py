"""The Jinja2 environment of all pages."""

from typing import Any

import jinja2
from django.utils import translation


def environment(**options: Any) -> jinja2.Environment:
    """Return the environment Django asks for by name in the settings."""
    env = jinja2.Environment(**options, extensions=["jinja2.ext.i18n"])  # noqa: S701 Django passes autoescape=True
    env.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return env
