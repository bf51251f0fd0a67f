"""Calls to the outside over kept connections: what is sent, what is kept, what is silence."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from entrepot.infra import http

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Outside:
    """A server that answers with given bytes, and remembers what it was asked on which connection."""

    def __init__(self, answer: Callable[[int], bytes | None]) -> None:
        self.answer, self.asked, self.lines = answer, [], []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self.door.accept()
                self.lines.append(line)
                threading.Thread(target=self._serve, args=(line, len(self.lines)), daemon=True).start()

    def _serve(self, line: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError):
            while request := self._request(line):
                self.asked.append((number, request))
                said = self.answer(len(self.asked))
                if said is None:
                    line.close()
                    return
                line.sendall(said)

    @staticmethod
    def _request(line: socket.socket) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got:
            more = line.recv(65536)
            if not more:
                return b""
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        length = next(
            (int(row.split(b":")[1]) for row in head.lower().split(b"\r\n") if row.startswith(b"content-length")), 0
        )
        while len(body) < length:
            body += line.recv(65536)
        return head + b"\r\n\r\n" + body


@pytest.fixture
def outside() -> Iterator[Callable[..., Outside]]:
    made: list[Outside] = []

    def make(answer: Callable[[int], bytes | None] = lambda _: OK) -> Outside:
        made.append(Outside(answer))
        return made[-1]

    yield make
    http.hang_up()
    for server in made:
        server.door.close()
        for line in server.lines:
            line.close()


def test_calls_share_a_connection_and_send_json(outside):
    server = outside()
    for number in range(3):
        answer = http.exchange("POST", f"{server.url}/pay?a=1", json={"n": number})
        assert (answer.status, answer.json()) == (200, {})
    assert [line for line, _ in server.asked] == [1, 1, 1]
    head, _, body = server.asked[2][1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /pay?a=1 HTTP/1.1") and json.loads(body) == {"n": 2}


def test_a_connection_closed_meanwhile_is_not_used_again(outside):
    server = outside()
    http.exchange("GET", server.url)
    server.lines[0].shutdown(socket.SHUT_RDWR)
    assert http.exchange("GET", server.url).status == 200
    assert [line for line, _ in server.asked] == [1, 2]


def test_words_nobody_asked_for_are_not_taken_for_the_next_answer(outside):
    server = outside(lambda n: OK + (b"HTTP/1.1 500 Stray\r\nContent-Length: 0\r\n\r\n" if n == 1 else b""))
    assert [http.exchange("GET", server.url).status for _ in range(2)] == [200, 200]


def test_a_server_that_closes_is_not_kept_and_another_status_is_an_answer(outside):
    server = outside(lambda _: b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert [http.exchange("GET", server.url).status for _ in range(2)] == [503, 503]
    assert [line for line, _ in server.asked] == [1, 2]


@pytest.mark.parametrize("said", [None, b"mail server here\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_no_answer_is_silence_and_nothing_is_sent_twice(outside, said, monkeypatch):
    monkeypatch.setattr(http, "ANSWER_S", 0.3)
    server = outside(lambda _: said)
    with pytest.raises(http.Silent):
        http.exchange("POST", server.url, json={})
    assert len(server.asked) == 1


def test_a_slow_answer_is_silence_and_its_connection_is_given_up(outside, monkeypatch):
    monkeypatch.setattr(http, "ANSWER_S", 0.2)
    server = outside(lambda n: b"" if n == 1 else OK)
    with pytest.raises(http.Silent):
        http.exchange("GET", server.url)
    assert http.exchange("GET", server.url).status == 200
    assert [line for line, _ in server.asked] == [1, 2]


def test_an_answer_without_end_is_cut(outside, monkeypatch):
    monkeypatch.setattr(http, "ANSWER_BYTES", 10)
    server = outside(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11)
    with pytest.raises(http.Silent):
        http.exchange("GET", server.url)


def test_nobody_there_is_silence():
    with pytest.raises(http.Silent):
        http.exchange("GET", "http://127.0.0.1:9/")


def test_redirects_are_not_followed_and_no_json_is_said(outside):
    server = outside(lambda _: b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 1\r\n\r\n<")
    answer = http.exchange("GET", server.url)
    assert answer.status == 302
    with pytest.raises(ValueError):
        answer.json()


def test_a_proxy_of_the_environment_is_used(outside, monkeypatch):
    server = outside()
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    http.client.cache_clear()
    http._by_proxy.cache_clear()
    try:
        assert http.exchange("GET", "http://shop.example/x").status == 200
    finally:
        http.client.cache_clear()
        http._by_proxy.cache_clear()
    assert server.asked[0][1].startswith(b"GET http://shop.example/x HTTP/1.1")


def test_an_answer_cut_short_is_silence_even_when_what_came_reads_well():
    door = socket.create_server(("127.0.0.1", 0))

    def half() -> None:
        line, _ = door.accept()
        line.recv(65536)
        line.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":1}')
        line.close()

    server = threading.Thread(target=half)
    server.start()
    with pytest.raises(http.Silent):
        http.exchange("GET", f"http://127.0.0.1:{door.getsockname()[1]}/")
    server.join()
    door.close()
