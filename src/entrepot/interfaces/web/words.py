"""Errors said in words, in the language of the page: what happened, why, what now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from entrepot.infra import clock, events
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import EntrepotError

LANGUAGES = ("en", "de", "fr", "es", "pt-br", "ja", "ar", "zh-hans")
_CODES = {"zh": "zh-hans", "pt": "pt-br"}
_LONG = 200


def say(error: EntrepotError) -> str:
    """Return the sentence of an error in the active language, with its places filled; texts among them are translated too."""
    params = {name: _told(value) for name, value in error.params.items()}
    try:
        return translation.gettext(error.sentence) % params
    except (KeyError, TypeError, ValueError):
        return error.message()


def _told(value: Any) -> Any:
    if isinstance(value, str):
        text = translation.gettext(value) if value and len(value) < _LONG else value
        return text if len(text) <= _LONG else text[:_LONG] + "…"
    return value


def wants_json(request: HttpRequest) -> bool:
    """Say whether a caller asked for JSON rather than a page."""
    return "application/json" in request.headers.get("Accept", "")


def language_of(request: HttpRequest) -> str:
    """Return the language to answer in: the page's, the one in the address, else the first the browser names that we speak."""
    known = getattr(request, "language", "")
    if known:
        return known
    head = request.path_info.split("/", 2)[1] if "/" in request.path_info else ""
    wished = [head.partition("-")[0]] if len(head) == 5 and head[2] == "-" else []
    wished += [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())]
    for tag in wished:
        base = tag.partition("-")[0]
        language = _CODES.get(base, base)
        if language in LANGUAGES:
            return language
    return "en"


def answer(request: HttpRequest, error: EntrepotError) -> HttpResponse:
    """Return an error as a page or, where JSON was asked for, as {code, message, field, reference}."""
    with translation.override(language_of(request)):
        sentence = say(error)
        if wants_json(request):
            body = {
                "code": error.code,
                "message": sentence,
                "field": str(error.params.get("field", "")),
                "details": {name: str(value)[:_LONG] for name, value in error.params.items()},
                "reference": events.request_id.get(),
            }
            return JsonResponse(body, status=error.status)
        return page(request, error.status, sentence)


def page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Return a page that says one sentence, with a reference to quote and the way back."""
    language = language_of(request)
    context = {
        "sentence": sentence,
        "reference": events.request_id.get(),
        "lang": "zh-CN" if language == "zh-hans" else language,
        "dir": "rtl" if language in formats.RTL else "ltr",
        "cldr": formats.cldr(language),
        "zone": "UTC",
        "home": "/console/" if request.path_info.startswith("/console") else "/",
        "back": request.method == "POST",
        "demo_date": clock.demo_date(),
    }
    with translation.override(language):
        return HttpResponse(render_to_string("web/error.html", context, request), status=status)
