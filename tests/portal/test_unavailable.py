"""What is answered while the site waits for its database, before gunicorn runs."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator

import pytest

from portal.server import Unavailable, listening_socket, unavailable
from tests.portal.running import PATIENCE


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listening_socket("127.0.0.1", 0) as listener:
        yield listener


def ask(listener: socket.socket, method: str, path: str = "/tin-tuc/") -> tuple[int, str]:
    client = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=PATIENCE)
    client.request(method, path)
    answer = client.getresponse()
    text = answer.read().decode()
    client.close()
    return answer.status, text


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_every_method_gets_our_page(listener: socket.socket, method: str) -> None:
    with unavailable(listener):
        status, page = ask(listener, method)
    assert (status, "Cổng đang bảo trì" in page) == (503, True)


def test_what_cannot_be_read_gets_our_page(listener: socket.socket) -> None:
    with (
        unavailable(listener),
        socket.create_connection(listener.getsockname(), timeout=PATIENCE) as client,
    ):
        client.sendall(b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while data := client.recv(65536):
            answer += data
    assert answer.startswith(b"HTTP/1.0 503 ")
    assert "Cổng đang bảo trì" in answer.decode()


def test_slow_client_does_not_keep_the_site_from_starting(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Unavailable, "timeout", 2 * PATIENCE)
    with socket.create_connection(listener.getsockname()) as client:
        client.sendall(b"GET / HT")
        with unavailable(listener):
            ask(listener, "GET")  # its turn comes after that of the slow one
            ended_at = time.monotonic()
        assert time.monotonic() - ended_at < PATIENCE
