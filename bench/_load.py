"""Load for measurements: plain calls from threads, and many HTTP/1.1 connections from one quick loop."""

from __future__ import annotations

import itertools
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec


def load(send: Callable[[int], Any], *, clients: int, seconds: float) -> tuple[int, float, list[float]]:
    """Call `send(client)` from `clients` threads for some seconds; return calls, seconds and the latencies in ms."""
    stop = time.perf_counter() + seconds
    latencies: list[list[float]] = [[] for _ in range(clients)]

    def work(client: int) -> None:
        while time.perf_counter() < stop:
            began = time.perf_counter()
            send(client)
            latencies[client].append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flat = sorted(latency for rows in latencies for latency in rows)
    return len(flat), time.perf_counter() - began, flat


def percentile(ordered: list[float], share: float) -> float:
    """Return a percentile of ordered numbers."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Answers(msgspec.Struct):
    """What came back: how many, in how many seconds, the latencies in ms (ordered), statuses, and bytes of the last body."""

    count: int
    seconds: float
    latencies: list[float]
    statuses: dict[int, int]
    body_bytes: int

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.count / self.seconds


class _Line:
    """One kept-alive connection with at most one request under way."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.began = 0.0

    def ask(self, request: bytes) -> None:
        self.buffer, self.began = b"", time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> tuple[int, int] | None:
        """Read what is there; return (status, length of the body) once the answer is whole."""
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise ConnectionError("the server closed a connection under way")
        self.buffer += chunk
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.buffer[:end].lower()
        mark = head.find(b"content-length:")
        if mark < 0:
            raise ConnectionError("an answer without a length: this loop reads only answers with one")
        length = int(head[mark + 15 :].split(b"\r\n", 1)[0])
        return (int(head[9:12]), length) if len(self.buffer) >= end + 4 + length else None


def http(address: str, paths: Iterable[str], *, clients: int = 16, seconds: float = 5.0, cookies: str = "") -> Answers:
    """GET the paths in turn over `clients` kept-alive connections for some seconds, from one thread."""
    host = urlsplit(address).netloc
    extra = f"Cookie: {cookies}\r\n" if cookies else ""
    asked = [f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n{extra}\r\n".encode() for path in paths]
    return raw(address, asked, clients=clients, seconds=seconds)


def raw(address: str, asked: Iterable[bytes], *, clients: int = 16, seconds: float = 5.0) -> Answers:
    """Send whole requests in turn, as `http` does."""
    parts = urlsplit(address)
    requests: Iterator[bytes] = itertools.cycle(asked)
    lines = [_Line(parts.hostname or "127.0.0.1", parts.port or 80) for _ in range(clients)]
    answers = Answers(0, 0.0, [], {}, 0)
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.ask(next(requests))
        busy = len(lines)
        while busy:
            for key, _ in selector.select(10):
                got = key.data.answer()
                if got is None:
                    continue
                now = time.perf_counter()
                answers.latencies.append((now - key.data.began) * 1000)
                answers.statuses[got[0]] = answers.statuses.get(got[0], 0) + 1
                answers.body_bytes = got[1]
                if now - began < seconds:
                    key.data.ask(next(requests))
                else:
                    selector.unregister(key.fileobj)
                    busy -= 1
        answers.seconds = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    answers.count = len(answers.latencies)
    answers.latencies.sort()
    return answers
