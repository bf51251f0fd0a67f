"""Take a signed message and answer at once: 200 when it is kept (or known), a clear sentence when it is not.

A message is small: what is larger than 64 KB is not read. No cookie counts here, only the signature.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from entrepot.domains.payments.errors import MessageTooLarge
from entrepot.flows.fulfil.record_tracking import receive_tracking
from entrepot.flows.pay.take_message import take_message
from entrepot.infra import clock
from entrepot.kernel.errors import EntrepotError

LIMIT_KB = 64


@csrf_exempt
@require_POST
def payments(request: HttpRequest, provider: str) -> JsonResponse:
    """Keep a payment provider's message; what it means is worked out later."""
    return _answer(
        request,
        lambda body: take_message(provider, request.headers, body, at=clock.now(), now=dt.datetime.now(dt.UTC)),
    )


@csrf_exempt
@require_POST
def carriers(request: HttpRequest, carrier: str) -> JsonResponse:
    """Record what a carrier says of a parcel."""
    return _answer(
        request,
        lambda body: receive_tracking(
            carrier=carrier, headers=request.headers, body=body, now=dt.datetime.now(dt.UTC), at=clock.now()
        ),
    )


def _answer(request: HttpRequest, take: Callable[[bytes], bool]) -> JsonResponse:
    try:
        fresh = take(_body(request))
    except EntrepotError as fault:
        return JsonResponse({"error": fault.message(), "code": fault.code}, status=fault.status)
    return JsonResponse({"received": True, "known": not fresh})


def _body(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > LIMIT_KB * 1024:
        raise MessageTooLarge(limit_kb=LIMIT_KB)
    body = request.read(LIMIT_KB * 1024 + 1)
    if len(body) > LIMIT_KB * 1024:
        raise MessageTooLarge(limit_kb=LIMIT_KB)
    return body
