"""The one door of the API: language, key, rate, idempotency, conditional answers and headers around every operation.

What the operations are is built once, at the first call (`build`): pydantic and django-ninja stay unloaded until then.
"""

from __future__ import annotations

import datetime as dt
import hashlib

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from entrepot.infra import crypto, idempotency, lazy, tokens
from entrepot.infra.crash import crash_point
from entrepot.interfaces.api import caller, problem
from entrepot.interfaces.api.deprecations import DEPRECATED
from entrepot.interfaces.web import words
from entrepot.interfaces.web.caller import network
from entrepot.kernel.errors import EntrepotError

log = structlog.get_logger(__name__)

OPEN = frozenset({"openapi.json", "reference"})  # read without a key
# Made twice they do what they do once (the same quote gives the same order; a quote binds nothing): a request that broke
# off may be made again unseen. All others answer that their outcome is unknown.
RERUNNABLE = frozenset({"orders", "quotes"})
WHOLE_KEY = 20  # a public key as a whole is heard as often as so many of its visitors
KEY_LENGTH = 200
_NOT_KEPT = frozenset({401, 403, 429})
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
_ALLOWED = "Authorization, Content-Type, Accept-Language, Idempotency-Key, If-None-Match, X-Order-Token"
_EXPOSED = (
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, ETag, X-Request-Id, Deprecation, Sunset, Link"
    ", Idempotent-Replayed"
)
_built: list[URLResolver] = []


def _operations() -> URLResolver:
    if not _built:
        patterns = lazy.module("entrepot.interfaces.api.build").urlpatterns
        _built.append(URLResolver(RegexPattern(r"^"), patterns))
    return _built[0]


@csrf_exempt
def serve(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a call: JSON, or a problem that says what was wrong."""
    with translation.override(words.language_of(request)):
        if request.method == "OPTIONS":
            return _preflight(request)
        verdict: tokens.Verdict | None = None
        try:
            if rest not in OPEN:
                request.caller = caller.caller_of(request)  # type: ignore[attr-defined]
                verdict = _heard(request, request.caller)  # type: ignore[attr-defined]
            response = _once(request, rest)
        except EntrepotError as fault:
            response = problem.of_error(request, fault)
        return _dressed(request, response, verdict)


def _heard(request: HttpRequest, who: caller.Caller) -> tokens.Verdict:
    """Count the call: a server key's by the key; a public one's by the visitor, so that none silences the others."""
    if not who.public:
        return _taken("api", who.key.id, who.key.per_minute)
    verdict = _taken("api.visitor", f"{who.key.id} {network(request)}", who.key.per_minute)
    _taken("api", who.key.id, who.key.per_minute * WHOLE_KEY)
    return verdict


def _taken(door: str, subject: str, per_minute: int) -> tokens.Verdict:
    verdict = tokens.take(door, subject, per_minute=per_minute)
    if verdict.wait_s:
        raise caller.TooFast(wait_s=verdict.wait_s, per_minute=per_minute)
    return verdict


def _asker(request: HttpRequest, who: caller.Caller) -> str:
    """Return whose idempotency keys these are: everybody shows the same public key, so there the visitor counts too."""
    if not who.public:
        return who.key.id
    told = f"{who.key.id} {request.headers.get('Origin', '').lower()} {network(request)}"
    return crypto.blind_index(told, "api.asker")[:64]


def _once(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer, and the same request with the same idempotency key again with the same answer."""
    key = request.headers.get("Idempotency-Key", "")
    if request.method != "POST" or not key or rest in OPEN:
        return _answer(request, rest)
    if len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable():
        fault = problem.FieldFault("Idempotency-Key", _("A key has at most 200 printable ASCII characters."))
        return problem.answer(request, 422, "DOES_NOT_FIT", fault.detail, [fault])
    try:
        body = request.body
    except RequestDataTooBig:
        return _too_large(request)
    what = [request.method, request.get_full_path(), hashlib.sha256(body).hexdigest()]
    token = request.headers.get("X-Order-Token", "")
    asked = idempotency.input_hash([*what, hashlib.sha256(token.encode()).hexdigest()] if token else what)
    claim = idempotency.begin(
        caller=_asker(request, request.caller),  # type: ignore[attr-defined]
        key=key,
        asked=asked,
        rerunnable=rest in RERUNNABLE,
    )
    if isinstance(claim, idempotency.Answer):
        return _replayed(claim)
    response = _answer(request, rest)
    crash_point("api.done")
    if response.status_code >= 500 or response.status_code in _NOT_KEPT:
        idempotency.give_up(claim)
    else:
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        idempotency.finish(claim, idempotency.Answer(response.status_code, headers, response.content))
    return response


def _replayed(kept: idempotency.Answer) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response


def _answer(request: HttpRequest, rest: str) -> HttpResponse:
    try:
        match = _operations().resolve(rest)
        request.operation = match.url_name or ""  # type: ignore[attr-defined]
        return match.func(request, *match.args, **match.kwargs)
    except (Resolver404, Http404):
        return problem.answer(request, 404, "NO_SUCH_ADDRESS", _("The API has nothing at this address."))
    except RequestDataTooBig:
        return _too_large(request)
    except EntrepotError as fault:
        return problem.of_error(request, fault)
    except (BadRequest, SuspiciousOperation):
        return problem.answer(request, 400, "UNREADABLE", _("This request cannot be read."))
    except Exception:
        log.exception("api_fault", path=request.path_info)
        return problem.answer(request, 500, "ERROR", _("Something went wrong on our side. Nothing was changed."))


def _too_large(request: HttpRequest) -> HttpResponse:
    return problem.answer(request, 413, "TOO_LARGE", _("What was sent is too large. Send it in smaller parts."))


def _dressed(request: HttpRequest, response: HttpResponse, verdict: tokens.Verdict | None) -> HttpResponse:
    """Put on what every answer carries: rate, caching, origin, and that an operation is on its way out."""
    if response.status_code == 405:
        allow = response.get("Allow", "")
        response = problem.answer(
            request, 405, "OTHER_METHOD", _("This address takes other methods: %(methods)s.") % {"methods": allow}
        )
        response["Allow"] = allow
    if verdict is not None:
        response["RateLimit-Limit"] = str(verdict.limit)
        response["RateLimit-Remaining"] = str(verdict.left)
        response["RateLimit-Reset"] = str(verdict.reset_s)
    response.headers.setdefault("Cache-Control", "private, no-store" if verdict else "public, max-age=60")
    response.headers.setdefault("Vary", "Authorization, Accept-Language, Origin")
    origin = request.headers.get("Origin", "")
    if origin and caller.origin_known(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = _EXPOSED
    leaving = DEPRECATED.get(getattr(request, "operation", ""))
    if leaving is not None:
        for name, value in leaving.headers().items():
            response[name] = value
    return _unless_known(request, response)


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answer 304 to who has this very answer already."""
    if request.method != "GET" or response.status_code != 200 or response.streaming:
        return response
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if "no-store" in response["Cache-Control"]:
        response["Cache-Control"] = "private, no-cache"
    response["ETag"] = tag
    known = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if tag not in known and "*" not in known:
        return response
    bare = HttpResponse(status=304)
    for name, value in response.headers.items():
        if name.lower() not in ("content-type", "content-length"):
            bare[name] = value
    del bare["Content-Type"]
    return bare


def _preflight(request: HttpRequest) -> HttpResponse:
    """Tell a browser whether a page may call: by its origin, for the key is not shown yet."""
    origin = request.headers.get("Origin", "")
    response = HttpResponse(status=204)
    del response["Content-Type"]
    response["Vary"] = "Origin"
    if origin and caller.origin_known(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
        response["Access-Control-Allow-Headers"] = _ALLOWED
        response["Access-Control-Max-Age"] = str(int(dt.timedelta(hours=1).total_seconds()))
    return response
