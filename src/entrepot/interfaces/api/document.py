"""How operations are declared, and the OpenAPI 3.1 document that is made of them.

django-ninja reads the shapes; what every operation has in common (problems, headers, rate, the key and its scopes) is
written into the document here, once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.renderers import BaseRenderer

from entrepot.interfaces.api import problem
from entrepot.interfaces.api.caller import Caller
from entrepot.interfaces.api.deprecations import DEPRECATED
from entrepot.interfaces.api.shapes.common import Problem
from entrepot.kernel.errors import EntrepotError, PermissionDenied

ALWAYS = (400, 401, 403, 404, 422, 429, 500, 503)
WRITES = (409, 413)
MEDIA = "application/json"
WHAT = {
    304: "What is known already (If-None-Match) is still so",
    400: "The request cannot be read",
    401: "No API key that opens anything",
    403: "The key may not do this, or not from this origin",
    404: "There is no such thing",
    409: "The state of a thing forbids the step, or the first request with this idempotency key is not answered",
    410: "The price was fixed until a moment that has passed",
    413: "What was sent is too large",
    422: "What was sent does not fit, or breaks a rule; `fields` says where",
    429: "The key, or the buyer, asks too often",
    500: "A fault on our side; nothing was changed",
    503: "Something outside does not answer; nothing was lost",
}
_LANGUAGE = {
    "in": "header", "name": "Accept-Language", "required": False, "schema": {"type": "string", "maxLength": 100},
    "description": "The language of problems, e.g. `de`",
}  # fmt: skip
_IDEMPOTENCY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "The same key with the same request gets the same answer for a day, and nothing is done twice",
}  # fmt: skip
_KNOWN = {
    "in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string", "maxLength": 200},
    "description": "The ETag of the answer that is known already",
}  # fmt: skip
_WHOLE = {"schema": {"type": "integer", "minimum": 0}}
_RATE = {
    "RateLimit-Limit": {**_WHOLE, "description": "Calls a minute this key is heard"},
    "RateLimit-Remaining": {**_WHOLE, "description": "Calls left at once"},
    "RateLimit-Reset": {**_WHOLE, "description": "Seconds until all are back"},
}


class ApiKey:
    """Lets a caller in whose key has one of the scopes."""

    openapi_security_schema = {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key of the console: `ep_pk_…` (public) or `ep_sk_…` (server).",
    }

    def __init__(self, scopes: tuple[str, ...]) -> None:
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> Caller:
        who: Caller = request.caller  # type: ignore[attr-defined]
        if not any(who.actor.may(scope) for scope in self.scopes):
            raise PermissionDenied(permission=" / ".join(self.scopes))
        return who


class Renderer(BaseRenderer):
    """Writes JSON."""

    media_type = MEDIA

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return msgspec.json.encode(data)


class Api(NinjaAPI):
    """The API and its document."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        document = super().get_openapi_schema(*args, **kwargs)
        for path in document["paths"].values():
            for method, operation in path.items():
                _finish(method, operation)
        return document


def _finish(method: str, operation: dict[str, Any]) -> None:
    """Write into an operation of the document what all have in common."""
    answers = operation["responses"]
    scopes = operation.pop("x-scopes", [])
    operation["security"] = [{"ApiKey": [scope]} for scope in scopes]
    operation["parameters"] = [*operation.get("parameters", []), _LANGUAGE]
    if method == "post":
        operation["parameters"].append(_IDEMPOTENCY)
    if method == "get":
        operation["parameters"].append(_KNOWN)
        answers[304] = {"description": WHAT[304]}
    if operation["operationId"] in DEPRECATED:
        operation["deprecated"] = True
    for status, answer in answers.items():
        answer["headers"] = dict(_RATE)
        if status == 200 and method == "get":
            answer["headers"]["ETag"] = {"schema": {"type": "string"}}
        if status == 429:
            answer["headers"]["Retry-After"] = {**_WHOLE, "description": "Seconds to wait"}
        if status in WHAT:
            answer["description"] = WHAT[status]
        if status >= 400:
            answer["content"] = {problem.MEDIA: answer["content"][MEDIA]}
    operation["responses"] = {str(status): answers[status] for status in sorted(answers)}


View = Callable[..., Any]


def operation(
    router: Router,
    method: str,
    path: str,
    *scopes: str,
    answer: Any,
    status: int = 200,
    also: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Declare a view as an operation.

    Args:
        scopes: any of them opens it.
        answer: the shape of a good answer, None for an answer without a body.
        also: further problems than those that every operation may answer with.
    """
    problems = {*ALWAYS, *also, *(WRITES if method != "GET" else ())}
    return router.api_operation(
        [method],
        path,
        auth=ApiKey(scopes),
        response={status: answer, **dict.fromkeys(sorted(problems), Problem)},
        openapi_extra={"x-scopes": list(scopes)},
    )


def catch(api: Api) -> None:
    """Turn what an operation raises into problems."""

    @api.exception_handler(EntrepotError)
    def said(request: HttpRequest, fault: EntrepotError) -> HttpResponse:
        return problem.of_error(request, fault)

    @api.exception_handler(ValidationError)
    def does_not_fit(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        return problem.of_validation(request, fault.errors)

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
        return problem.answer(request, fault.status_code, "UNREADABLE", str(fault))

    @api.exception_handler(Exception)
    def unknown(request: HttpRequest, fault: Exception) -> HttpResponse:
        raise fault
