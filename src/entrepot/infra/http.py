"""HTTP to the outside: one pooled client per process, with limits on time, and no redirects followed.

`client()` is httpx, for whoever needs what it can. `exchange()` is for the calls every order makes: the same limits over
connections kept by `http.client`, at a third of the price. Where a proxy is set for the address, it goes through httpx too.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import os
import select
import socket
import ssl
import threading
import time
import urllib.request
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx
import msgspec

CONNECT_S, ANSWER_S = 2.0, 10.0
KEPT_S = 5.0  # what lay idle longer may be closed at the other end: most servers wait at least this long
KEPT_MOST = 50
ANSWER_BYTES = 10_000_000


class Silent(Exception):
    """Nobody answered in time, or not in HTTP; whether the call was heard is not known."""


class Answer(msgspec.Struct, frozen=True):
    """What came back: the HTTP status and the whole body."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; raise ValueError when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as fault:
            raise ValueError(str(fault)) from fault


@functools.cache
def client() -> httpx.Client:
    """Return the process's client (connect 2 s, answer 10 s)."""
    return httpx.Client(timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), limits=httpx.Limits(max_connections=50))


def exchange(verb: str, url: str, *, json: Any = None) -> Answer:
    """Send a call, with a body as JSON if there is one, and return the answer whatever its status; follow nowhere.

    Nothing is sent twice: a kept connection that was closed meanwhile is seen before anything is sent on it, and a call
    that fails once it is under way is not tried again here, for the caller knows whether it may be.

    Raises:
        Silent: no connection within 2 s, no bytes for 10 s, an answer that is not HTTP, cut short or longer
            than 10 MB.
    """
    parts = urlsplit(url)
    body = None if json is None else msgspec.json.encode(json)
    headers = {"Accept": "application/json", "User-Agent": "entrepot"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if _by_proxy(parts.scheme, parts.netloc):
        return _through_httpx(verb, url, body, headers)
    line = _kept_line(parts) or _new_line(parts)
    try:
        line.request(verb, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
        came = line.getresponse()
        found = came.read(ANSWER_BYTES + 1)
        if len(found) > ANSWER_BYTES:
            raise Silent("the answer has no end")
        if came.length:  # `read(n)` does not say that the line broke before all of it had come
            raise Silent("the answer was cut short")
    except (OSError, http.client.HTTPException) as fault:
        line.close()
        raise Silent(f"{type(fault).__name__}: {fault}") from fault
    except BaseException:
        line.close()
        raise
    if came.will_close or not came.isclosed():
        line.close()
    else:
        _keep(parts, line)
    return Answer(came.status, found)


_lines: dict[tuple[str, str], list[tuple[float, http.client.HTTPConnection]]] = {}
_lock = threading.Lock()


def _kept_line(parts: SplitResult) -> http.client.HTTPConnection | None:
    """Take a connection that lies idle and is still open, the last used first; close those that are not."""
    while True:
        with _lock:
            kept = _lines.get((parts.scheme, parts.netloc))
            if not kept:
                return None
            since, line = kept.pop()
        if time.monotonic() - since <= KEPT_S and line.sock is not None and not _readable(line.sock):
            return line
        line.close()


def _readable(line: socket.socket) -> bool:
    """Say whether something came on an idle connection: its end, or words that nobody asked for."""
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return bool(poll.poll(0))


def _new_line(parts: SplitResult) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        line = http.client.HTTPSConnection(host, port, timeout=CONNECT_S, context=_tls())
    else:
        line = http.client.HTTPConnection(host, port, timeout=CONNECT_S)
    try:
        line.connect()  # with TCP_NODELAY, as http.client does
    except OSError as fault:
        line.close()
        raise Silent(f"{type(fault).__name__}: {fault}") from fault
    line.sock.settimeout(ANSWER_S)
    return line


def _keep(parts: SplitResult, line: http.client.HTTPConnection) -> None:
    with _lock:
        kept = _lines.setdefault((parts.scheme, parts.netloc), [])
        if len(kept) < KEPT_MOST:
            kept.append((time.monotonic(), line))
            return
    line.close()


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@functools.cache
def _by_proxy(scheme: str, netloc: str) -> bool:
    """Say whether the environment names a proxy for an address (read once, as httpx does)."""
    proxies = urllib.request.getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not urllib.request.proxy_bypass(netloc)


def _through_httpx(verb: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    try:
        came = client().request(verb, url, content=body, headers=headers)
    except httpx.HTTPError as fault:
        raise Silent(f"{type(fault).__name__}: {fault}") from fault
    return Answer(came.status_code, came.content)


def hang_up() -> None:
    """Close all kept connections (before a process forks, and between tests)."""
    with _lock:
        lines = [line for kept in _lines.values() for _, line in kept]
        _lines.clear()
    for line in lines:
        with contextlib.suppress(OSError):
            line.close()


os.register_at_fork(before=hang_up)  # two processes on one connection would read each other's answers
