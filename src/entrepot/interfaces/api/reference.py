"""The document as JSON, and the same as a page to read: drawn here, from no other server and without a script."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils.translation import get_language

from entrepot.interfaces.api.document import Api
from entrepot.interfaces.web import formats


class Reference:
    """Serves the document of an API."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._document: dict[str, Any] = {}

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document."""
        if not self._document:
            self._document = dict(self.api.get_openapi_schema(path_prefix="/api/v1/"))
            self._document["servers"] = [{"url": "/"}]
        return self._document

    def openapi(self, request: HttpRequest) -> HttpResponse:
        """Answer with the document."""
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        return HttpResponse(msgspec.json.encode(self.document()), content_type="application/json")

    def page(self, request: HttpRequest) -> HttpResponse:
        """Answer with the page."""
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        language = (get_language() or "en").lower()
        context = {
            "lang": "zh-CN" if language.startswith("zh") else language,
            "dir": "rtl" if language[:2] in formats.RTL else "ltr",
            "cldr": formats.cldr(language),
            "zone": "UTC",
            "document": self.document(),
            "groups": self._groups(),
        }
        return HttpResponse(render_to_string("api/reference.html", context, request))

    def _groups(self) -> dict[str, list[dict[str, Any]]]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for path, methods in self.document()["paths"].items():
            for method, operation in methods.items():
                entry = {"path": path, "method": method.upper(), **operation}
                entry["body"] = _shape(operation.get("requestBody", {}).get("content", {}))
                entry["answer"] = next(
                    (_shape(a.get("content", {})) for s, a in operation["responses"].items() if s < "300"), ""
                )
                groups.setdefault(operation["tags"][0], []).append(entry)
        return groups


def _shape(content: dict[str, Any]) -> str:
    """Return the name of the schema a body has."""
    for media in content.values():
        return str(media["schema"].get("$ref", "")).rpartition("/")[2] or str(media["schema"].get("title", ""))
    return ""
