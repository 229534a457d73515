"""The server as people run it: real processes, a real database, real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from portal.postgresql.embedded import EmbeddedPostgres
from tests.portal.running import PATIENCE, Site, lay_out_database, wait_for

pytestmark = pytest.mark.processes


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def site(data: Path) -> Iterator[Site]:
    lay_out_database(data)
    site = Site(data, "--no-demo")
    yield site
    site.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_the_site_and_leaves_no_process_behind(
    site: Site, number: signal.Signals
) -> None:
    site.wait_until_it_answers()
    assert site.get()[0] == 200
    assert site.postmaster() in site.processes()
    site.process.send_signal(number)
    site.process.wait(timeout=PATIENCE)
    wait_for(lambda: site.processes() == set())


def test_database_killed_under_the_site_comes_back_by_itself(site: Site) -> None:
    site.wait_until_it_answers()
    killed = site.postmaster()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: site.get()[0] == 200 and site.postmaster() not in {None, killed})


def test_taken_port_is_said_in_a_sentence(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "manage.py", "serve", "--no-demo", f"--port={port}"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PORTAL_DATA": str(data), "PORTAL_LOCAL": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert "PORT=8001 make run" in result.stderr
    assert "Traceback" not in result.stderr


def test_stopped_database_gives_our_own_page_and_needs_no_restart(data: Path) -> None:
    lay_out_database(data / "server")
    database = EmbeddedPostgres(data / "server")
    database.start()
    where = database.connection_parameters()
    url = "postgres://{user}@/{dbname}?host={host}&port={port}".format(**where)
    site = Site(data / "site", "--no-demo", DATABASE_URL=url)
    try:
        site.wait_until_it_answers()
        assert site.get()[0] == 200
        database.stop()
        status, page = wait_for(lambda: (answer := site.get())[0] != 200 and answer)
        assert status == 503
        assert "Cổng đang bảo trì" in page
        assert site.get("/healthz")[0] == 200
        assert site.get("/readyz")[0] == 503
        database.start()
        wait_for(lambda: site.get()[0] == 200)
    finally:
        site.end()
        database.stop()


def raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are and return everything that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while data := client.recv(65536):
            answer += data
        return answer


def test_what_the_server_cannot_read_is_refused_with_our_own_page(site: Site) -> None:
    site.wait_until_it_answers()
    for request, status in (
        (b"GET /?q=" + b"a" * 10_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"GET\x00 / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00 hello\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Header\x00: 1\r\n\r\n", 400),
    ):
        answer = raw(site.port, request).decode()
        assert answer.startswith(f"HTTP/1.1 {status} "), answer[:200]
        assert '<html lang="vi"' in answer
    assert site.get()[0] == 200


@pytest.mark.parametrize("megabytes", [1, 6, 60])
def test_form_that_is_refused_unread_is_taken_in_all_the_same(site: Site, megabytes: int) -> None:
    """Closing before it is read would reset the connection: a proxy says 502 in our place."""
    site.wait_until_it_answers()
    head = "POST /tin-tuc/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    size = megabytes * 1_000_000
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as client:
        client.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 405"  # answered by now
        client.sendall(b"a" * size)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_public_site_does_not_start_without_what_it_must_be_told(missing: str) -> None:
    environment = {
        k: v for k, v in os.environ.items() if k not in {"PORTAL_LOCAL", "DEBUG", "SECRET_KEY"}
    }
    environment |= {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "portal.example.gov.vn"}
    del environment[missing]
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert result.stderr.startswith(f"{missing} is not set. Set it to")
