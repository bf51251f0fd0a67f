"""Answers for machines: is the process alive, is it ready to serve."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from entrepot.infra import db


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers and is migrated; 503 when not."""
    try:
        db.fetch("SELECT 1 FROM infra_outboxevent LIMIT 1")
    except DatabaseError as fault:
        return JsonResponse({"ready": False, "database": type(fault).__name__}, status=503)
    return JsonResponse({"ready": True, "database": "ok"})


def hello(request: HttpRequest) -> HttpResponse:
    """Answer with next to nothing: what the server and the middleware cost by themselves."""
    return HttpResponse("hello")
