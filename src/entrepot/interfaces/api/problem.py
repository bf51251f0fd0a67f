"""Problems as RFC 9457 has them: our code, a sentence in the caller's language, the fields to correct, the request's id."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from entrepot.infra import events
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError

MEDIA = "application/problem+json"
REFERENCE = "/api/v1/reference"


class FieldFault(msgspec.Struct, frozen=True):
    """A field to correct: its path in what was sent, and what is wrong with it."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True):
    """The body of every answer from 400 on."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    fields: tuple[FieldFault, ...] = ()


def answer(
    request: HttpRequest, status: int, code: str, detail: str, fields: Iterable[FieldFault] = (), **headers: str
) -> HttpResponse:
    """Return a problem as an answer; `headers` are names with underscores for hyphens."""
    body = Problem(
        type=f"{REFERENCE}#{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.path,
        code=code,
        request_id=events.request_id.get(),
        fields=tuple(fields),
    )
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type=MEDIA)
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def of_error(request: HttpRequest, error: EntrepotError) -> HttpResponse:
    """Return an error of the house as a problem, with its field where it names one."""
    sentence = words.say(error)
    named = str(error.params.get("field", ""))
    fields = [FieldFault(named, sentence)] if named else []
    fields += [FieldFault(str(name), str(text)) for name, text in _pairs(error.params.get("faults"))]
    headers = {"Retry_After": str(error.params.get("wait_s", 60))} if error.status == 429 else {}
    return answer(request, error.status, error.code, sentence, fields, **headers)


def _pairs(faults: Any) -> list[tuple[Any, Any]]:
    return [(f[0], f[-1]) for f in faults] if isinstance(faults, list | tuple) and all(faults) else []


def of_validation(request: HttpRequest, errors: Iterable[dict[str, Any]]) -> HttpResponse:
    """Return what does not fit the schema as a problem that names every field."""
    fields = [FieldFault(_path(fault.get("loc", ())), str(fault.get("msg", ""))[:300]) for fault in list(errors)[:20]]
    return answer(
        request, 422, "DOES_NOT_FIT", _("What was sent does not fit the schema; the fields say where."), fields
    )


def _path(location: Iterable[Any]) -> str:
    parts = [str(part) for part in location]
    return ".".join(parts[2:] if parts[:1] == ["body"] and len(parts) > 2 else parts[1:] or parts)[:200]
